//! One question for one act: what an act that was allowed consists of.
//!
//! A library does one thing in several steps, each with an event: a request by HTTP looks up a host, opens a socket and
//! connects it. Whoever allowed the request has allowed these.

use crate::{Category, EventRule, Need, Use};
use std::path::Path;

/// An act that was decided, as it counts for later ones.
#[derive(Debug, Clone, Copy)]
pub struct Done<'a> {
    /// Its event.
    pub rule: &'a EventRule,
    /// What kind of act it was.
    pub category: Category,
    /// Its targets, canonical.
    pub targets: &'a [String],
    /// What is done to the targets of a file act; the same for all of them or the stricter.
    pub used: Use,
}

/// How far an allowed act carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// For the rest of the plugin's call: it is the same thing once more.
    Call,
    /// While the library function runs that did it: it is a step of it.
    Function,
}

impl Done<'_> {
    /// Whether this allowed act covers a later one of the same plugin, and how far.
    pub fn covers(&self, later: &Done<'_>) -> Option<Cover> {
        let same_targets =
            !later.targets.is_empty() && later.targets.iter().all(|target| self.targets.contains(target));
        let same_kind = self.category == later.category
            || (self.category, later.category) == (Category::FsReadWrite, Category::FsRead);
        if same_kind && (same_targets || self.has_none(later)) && self.used_as(later) {
            return Some(Cover::Call);
        }
        match (self.category, later.category) {
            // What it made itself is its own.
            (Category::FsCreate, category) if category.is_file_act() => {
                self.holds(later).then_some(Cover::Call)
            }
            // Folders below the one that is walked through.
            (Category::FsRead, Category::FsRead) if self.rule.need == Need::Steps => match later.rule.event {
                "os.scandir" | "os.listdir" => self.holds(later).then_some(Cover::Call),
                _ => None,
            },
            (kind, category) if kind.is_file_act() && category.is_file_act() => {
                (self.rule.need == Need::Steps && self.holds(later)).then_some(Cover::Function)
            }
            (Category::Http, Category::Socket) => Some(Cover::Function),
            // A name that is looked up becomes an address: the same port of it.
            (Category::Socket, Category::Socket) if self.rule.level == 2 => {
                (self.is_above(later) && self.same_port(later)).then_some(Cover::Function)
            }
            (Category::Native, Category::Native) => self.is_above(later).then_some(Cover::Call),
            // What `subprocess` says that it starts, and what it starts by another search path, may be two programs.
            (Category::Process, Category::Process) if self.rule.event == "subprocess.Popen" => None,
            (kind, category) if kind == category => self.is_above(later).then_some(Cover::Function),
            _ => None,
        }
    }

    fn is_above(&self, later: &Done<'_>) -> bool {
        later.rule.level != 0 && self.rule.level > later.rule.level
    }

    /// Whether neither names a target, and both are the same event.
    fn has_none(&self, later: &Done<'_>) -> bool {
        self.targets.is_empty() && later.targets.is_empty() && self.rule.event == later.rule.event
    }

    /// Whether a file act reaches no further than this one did.
    fn used_as(&self, later: &Done<'_>) -> bool {
        match (self.used, later.used) {
            (_, Use::Reads) => true,
            (Use::Reads, Use::Writes(_)) => false,
            (Use::Writes(allowed), Use::Writes(wanted)) => allowed as u8 >= wanted as u8,
        }
    }

    /// Whether all later targets are among these or below them.
    fn holds(&self, later: &Done<'_>) -> bool {
        let held = |target: &String| self.targets.iter().any(|held| Path::new(target).starts_with(held));
        !later.targets.is_empty() && later.targets.iter().all(held)
    }

    fn same_port(&self, later: &Done<'_>) -> bool {
        let port = |target: &String| target.rsplit_once(':').map(|(_, port)| port.to_owned());
        let ports: Vec<_> = self.targets.iter().map(port).collect();
        !later.targets.is_empty()
            && later.targets.iter().all(|target| ports.contains(&port(target)) || ports.contains(&None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Known, Reach, Targets, classify};

    fn check(allowed: (&str, &str), later: (&str, &str), expected: Option<Cover>) {
        let done = |event: &str| match classify(event.trim_end_matches(" r").as_bytes()) {
            Known::Rule(rule) => rule,
            other => panic!("{event}: {other:?}"),
        };
        let (first, second) = (done(allowed.0), done(later.0));
        let used = |rule: &EventRule, event: &str| match rule.targets {
            _ if event.ends_with(" r") || rule.category == Category::FsRead => Use::Reads,
            Targets::Paths(paths) => paths.last().map_or(Use::Reads, |path| path.used),
            Targets::Open => Use::Writes(Reach::Contents),
            _ => Use::Reads,
        };
        let category = |rule: &EventRule, event: &str| {
            if event.ends_with(" r") { Category::FsRead } else { rule.category }
        };
        let split = |targets: &str| targets.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (of_first, of_second) = (split(allowed.1), split(later.1));
        let first = Done {
            rule: first,
            category: category(first, allowed.0),
            targets: &of_first,
            used: used(first, allowed.0),
        };
        let second = Done {
            rule: second,
            category: category(second, later.0),
            targets: &of_second,
            used: used(second, later.0),
        };
        assert_eq!(first.covers(&second), expected, "{allowed:?} {later:?}");
    }

    const CALL: Option<Cover> = Some(Cover::Call);
    const FUNCTION: Option<Cover> = Some(Cover::Function);

    #[test]
    fn the_same_thing_once_more() {
        check(("open r", "/a"), ("open r", "/a"), CALL);
        check(("open r", "/a"), ("open r", "/b"), None);
        check(("open r", "/a"), ("open", "/a"), None);
        check(("open", "/a"), ("open r", "/a"), CALL);
        check(("os.remove", "/a"), ("open r", "/a"), None);
        check(("os.remove", "/a"), ("os.remove", "/a"), CALL);
        check(("os.remove", "/a"), ("os.rmdir", "/a"), None);
        check(("urllib.Request", "h:80"), ("http.client.connect", "h:80"), CALL);
    }

    #[test]
    fn a_request_is_made_of_sockets() {
        check(("urllib.Request", "h:80"), ("socket.getaddrinfo", "proxy:3128"), FUNCTION);
        check(("http.client.connect", "h:80"), ("socket.connect", "10.0.0.1:80"), FUNCTION);
        check(("urllib.Request", "h:80"), ("http.client.connect", "proxy:3128"), FUNCTION);
        check(("http.client.connect", "h:80"), ("urllib.Request", "i:80"), None);
        check(("urllib.Request", "h:80"), ("urllib.Request", "i:80"), None);
        check(("socket.connect", "h:80"), ("urllib.Request", "h:80"), None);
    }

    #[test]
    fn a_name_becomes_an_address() {
        check(("socket.getaddrinfo", "h:80"), ("socket.connect", "10.0.0.1:80"), FUNCTION);
        check(("socket.getaddrinfo", "h:80"), ("socket.connect", "10.0.0.1:22"), None);
        check(("socket.connect", "10.0.0.1:80"), ("socket.connect", "10.0.0.2:80"), None);
        check(("smtplib.connect", "h:25"), ("socket.connect", "10.0.0.1:25"), FUNCTION);
    }

    #[test]
    fn a_process_is_made_of_lower_steps() {
        check(("subprocess.Popen", "/bin/ls"), ("_posixsubprocess.fork_exec", "/bin/ls"), CALL);
        check(("webbrowser.open", "http://h"), ("subprocess.Popen", "/bin/xdg-open"), FUNCTION);
        check(("subprocess.Popen", "/bin/ls"), ("_posixsubprocess.fork_exec", "/evil/ls"), None);
        check(("subprocess.Popen", "/bin/ls"), ("subprocess.Popen", "/bin/rm"), None);
        check(("os.spawn", "/bin/ls"), ("os.fork", "fork"), FUNCTION);
        check(("os.exec", "/bin/ls"), ("os.fork", "fork"), None);
    }

    #[test]
    fn a_tree_is_copied_file_by_file() {
        let copy = ("shutil.copytree", "/from /to");
        check(copy, ("os.scandir", "/from/a"), FUNCTION);
        check(copy, ("open r", "/from/a/x"), FUNCTION);
        check(copy, ("os.mkdir", "/to/a"), FUNCTION);
        check(copy, ("open", "/to/a/x"), FUNCTION);
        check(copy, ("open", "/tofu"), None);
    }

    #[test]
    fn what_it_made_is_its_own() {
        check(("tempfile.mkstemp", "/tmp/a"), ("open", "/tmp/a"), CALL);
        check(("os.mkdir", "/tmp/d"), ("os.remove", "/tmp/d/x"), CALL);
        check(("os.mkdir", "/tmp/d"), ("os.remove", "/tmp/e"), None);
    }

    #[test]
    fn a_walk_lists_and_opens_nothing() {
        check(("os.walk", "/home/u"), ("os.scandir", "/home/u/a"), CALL);
        check(("os.walk", "/home/u"), ("open r", "/home/u/a"), None);
    }

    #[test]
    fn a_library_has_functions() {
        check(("ctypes.dlopen", "libc.so.6"), ("ctypes.dlsym", ""), CALL);
        check(("ctypes.dlopen", "libc.so.6"), ("ctypes.dlopen", "libx.so"), None);
        check(("ctypes.dlsym", ""), ("ctypes.dlopen", "libc.so.6"), None);
    }

    #[test]
    fn kinds_do_not_cover_each_other() {
        check(("subprocess.Popen", "/bin/ls"), ("socket.connect", "h:80"), None);
        check(("open r", "/a"), ("socket.connect", "h:80"), None);
        check(("os.kill", "1"), ("os.kill", "2"), None);
    }
}
