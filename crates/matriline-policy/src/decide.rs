//! The decision about one act: allowed, refused, or a question for the user.

use crate::rules::is_inside;
use crate::{Category, Denied, Grants, Mode, Need, PlaceRules, Reach, Use};
use std::path::Path;

/// Whose act it is, and what counts for that plugin at the moment.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// How strict the policy is with it.
    pub mode: Mode,
    /// Its roots, the protected places, the application's secrets.
    pub rules: &'a PlaceRules,
    /// Canonical folders that may be read and written for the length of the present call.
    pub scoped: &'a [&'a Path],
    /// Canonical folders that may be read, whatever their names: its own code, its packages, the standard library.
    pub readable: &'a [&'a Path],
    /// What the user has allowed it.
    pub grants: &'a Grants,
}

/// What is acted on.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// A canonical path.
    Path(&'a Path, Use),
    /// An open descriptor of something without a path: a pipe, a socket, a terminal, a file that was removed.
    Nameless(Use),
    /// A host, a program, a name; canonical.
    Text(&'a str),
}

/// An act, as the policy sees it.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// What kind of act it is. For an opening that only reads it is [`Category::FsRead`].
    pub category: Category,
    /// What the event needs.
    pub need: Need,
    /// All that it is done to. Empty if the event does not tell.
    pub targets: &'a [Target<'a>],
}

/// Which rule allowed an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A root.
    Root,
    /// The folder of the present call.
    ScopedRoot,
    /// Its own folder, its packages, the standard library.
    OwnPlace,
    /// A device that does nothing or gives numbers, and what a system tells everybody: time zones, certificates.
    Public,
    /// A grant.
    Grant,
    /// The mode lets it pass.
    Mode,
    /// The user's answer.
    Answer,
    /// It is a part of an act that was allowed.
    SameAct,
    /// The standard library does it while it is imported.
    Import,
    /// It reaches nobody.
    Harmless,
}

impl Rule {
    /// Its name in the activity log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::ScopedRoot => "scoped root",
            Self::OwnPlace => "own folder",
            Self::Public => "public place",
            Self::Grant => "grant",
            Self::Mode => "mode",
            Self::Answer => "answer",
            Self::SameAct => "same act",
            Self::Import => "import",
            Self::Harmless => "harmless",
        }
    }
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allow(Rule),
    /// It may not.
    Deny(Denied),
    /// The user is to be asked about the targets at these positions; all of none if the act has none.
    Ask(Vec<usize>),
}

/// What every program reads: devices that do nothing or give numbers, and what the standard library looks up by itself.
const PUBLIC: [&str; 11] = [
    "/dev/null",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
    "/etc/mime.types",
    "/etc/os-release",
    "/etc/ssl/certs",
    "/usr/lib/os-release",
    "/usr/share/ca-certificates",
    "/usr/share/zoneinfo",
    "/etc/localtime",
];

/// Environment variables that have a say in what programs run, and with which code.
const TELLING_VARIABLES: [&str; 4] = ["LD_", "DYLD_", "PYTHON", "PATH"];

impl Subject<'_> {
    /// Decides about an act. Each of its targets must be allowed.
    pub fn decide(&self, act: &Act<'_>) -> Decision {
        if act.targets.is_empty() {
            return match self.target(act, None) {
                Ok(rule) => Decision::Allow(rule),
                Err(denied) if self.may_ask(denied) => Decision::Ask(Vec::new()),
                Err(denied) => Decision::Deny(denied),
            };
        }
        let mut allowed = Rule::OwnPlace;
        let mut open = Vec::new();
        for (index, target) in act.targets.iter().enumerate() {
            match self.target(act, Some(target)) {
                Ok(rule) => allowed = rule,
                Err(denied) if self.may_ask(denied) => open.push(index),
                Err(denied) => return Decision::Deny(denied),
            }
        }
        if open.is_empty() { Decision::Allow(allowed) } else { Decision::Ask(open) }
    }

    fn may_ask(&self, denied: Denied) -> bool {
        self.mode == Mode::Ask && !denied.is_final()
    }

    fn target(&self, act: &Act<'_>, target: Option<&Target<'_>>) -> Result<Rule, Denied> {
        match (act.need, target) {
            (Need::Never, _) => Err(Denied::Never),
            (Need::Nothing, _) => Ok(Rule::Harmless),
            (_, Some(Target::Path(path, Use::Reads))) => self.read(path),
            (_, Some(Target::Path(path, Use::Writes(reach)))) => self.write(act.category, *reach, path),
            (_, Some(Target::Nameless(Use::Reads))) => Ok(Rule::Harmless),
            (_, Some(Target::Nameless(Use::Writes(reach)))) => {
                crate::decide_nameless(*reach).map(|()| Rule::Harmless)
            }
            (Need::Variable, Some(Target::Text(name))) if !is_telling(name) => Ok(Rule::Harmless),
            (_, target) => {
                let target = target.and_then(|target| match target {
                    Target::Text(text) => Some(*text),
                    Target::Path(..) | Target::Nameless(_) => None,
                });
                self.plain(act.category, target)
            }
        }
    }

    /// Whether something that is no file act is granted.
    fn plain(&self, category: Category, target: Option<&str>) -> Result<Rule, Denied> {
        let granted = |target| category.grants().is_some_and(|kind| self.grants.covers(kind, target));
        match target {
            Some(target) if granted(target) => Ok(Rule::Grant),
            _ if self.mode == Mode::Loading => Ok(Rule::Mode),
            _ => Err(Denied::NotGranted),
        }
    }

    fn read(&self, path: &Path) -> Result<Rule, Denied> {
        if self.rules.is_secret(path) {
            return Err(Denied::Filename);
        }
        if let Some(rule) = self.may_read(path) {
            return Ok(rule);
        }
        match path.to_str() {
            Some(text) if self.grants.covers(crate::GrantKind::FsRead, text) => Ok(Rule::Grant),
            _ if self.mode == Mode::Loading => Ok(Rule::Mode),
            _ => Err(Denied::Outside),
        }
    }

    /// The rule by which a canonical path can be read in every mode and without a grant.
    fn may_read(&self, path: &Path) -> Option<Rule> {
        if self.readable.iter().any(|folder| is_inside(path, folder)) {
            return Some(Rule::OwnPlace);
        }
        if self.scoped.iter().any(|folder| is_inside(path, folder)) {
            return Some(Rule::ScopedRoot);
        }
        if self.rules.reads(path) {
            return Some(Rule::Root);
        }
        PUBLIC.iter().any(|place| is_inside(path, Path::new(place))).then_some(Rule::Public)
    }

    fn write(&self, category: Category, reach: Reach, path: &Path) -> Result<Rule, Denied> {
        let denied = match self.rules.decide(path, reach, self.scoped) {
            Ok(()) if self.scoped.iter().any(|folder| is_inside(path, folder)) => {
                return Ok(Rule::ScopedRoot);
            }
            Ok(()) => return Ok(Rule::Root),
            Err(denied) => denied,
        };
        match denied {
            Denied::Outside if self.may_write_by_grant(category, path) => match reach {
                Reach::Tree => self.rules.decide_tree(path, self.scoped).map(|()| Rule::Grant),
                Reach::Contents | Reach::Entry => Ok(Rule::Grant),
            },
            Denied::Device if self.grants_device(path) => Ok(Rule::Grant),
            denied => Err(denied),
        }
    }

    /// What is made or removed must lie in a folder that is granted as a whole.
    fn may_write_by_grant(&self, category: Category, path: &Path) -> bool {
        let by_name = || {
            let kind = category.grants().unwrap_or(crate::GrantKind::FsReadWrite);
            path.to_str().is_some_and(|text| self.grants.covers(kind, text))
        };
        match category {
            Category::FsCreate | Category::FsDelete => self.grants.covers_folder_of(path),
            _ => by_name(),
        }
    }

    /// A device is granted by its own name only.
    fn grants_device(&self, path: &Path) -> bool {
        let names = |grant: &crate::Grant| {
            grant.kind() == crate::GrantKind::FsReadWrite
                && grant.folder().is_none()
                && Path::new(grant.pattern()) == path
        };
        path.starts_with("/dev") && self.grants.iter().any(names)
    }
}

fn is_telling(variable: &str) -> bool {
    TELLING_VARIABLES.iter().any(|head| variable.to_ascii_uppercase().starts_with(head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grant, GrantKind};

    fn grants(texts: &[(GrantKind, &str)]) -> Grants {
        texts.iter().map(|(kind, text)| Grant::parse(*kind, text).unwrap()).collect()
    }

    fn check(mode: Mode, granted: &[(GrantKind, &str)], act: Act<'_>, expected: Decision) {
        let rules = PlaceRules::for_plugin(Path::new("/data"), Path::new("/data/orca_plugins/stamp"));
        let rules = rules.with_readable("/resources".into()).with_secrets(["Orca.conf"]);
        let grants = grants(granted);
        let readable = [Path::new("/lib/python3"), Path::new("/data/python/env")];
        let subject = Subject {
            mode,
            rules: &rules,
            scoped: &[Path::new("/tmp/job")],
            readable: &readable,
            grants: &grants,
        };
        assert_eq!(subject.decide(&act), expected, "{mode} {act:?}");
    }

    fn read(path: &str, mode: Mode, expected: Decision) {
        let targets = [Target::Path(Path::new(path), Use::Reads)];
        check(mode, &[], Act { category: Category::FsRead, need: Need::Place, targets: &targets }, expected);
    }

    fn write(category: Category, path: &str, granted: &[(GrantKind, &str)], mode: Mode, expected: Decision) {
        let reach = if category == Category::FsReadWrite { Reach::Contents } else { Reach::Entry };
        let targets = [Target::Path(Path::new(path), Use::Writes(reach))];
        check(mode, granted, Act { category, need: Need::Place, targets: &targets }, expected);
    }

    fn plain(
        category: Category,
        target: &str,
        granted: &[(GrantKind, &str)],
        mode: Mode,
        expected: Decision,
    ) {
        let targets = [Target::Text(target)];
        check(mode, granted, Act { category, need: Need::Grant, targets: &targets }, expected);
    }

    const ALLOW_BY_MODE: Decision = Decision::Allow(Rule::Mode);
    const OUTSIDE: Decision = Decision::Deny(Denied::Outside);

    fn ask() -> Decision {
        Decision::Ask(vec![0])
    }

    #[test]
    fn reads_by_mode() {
        read("/home/u/x", Mode::Loading, ALLOW_BY_MODE);
        read("/home/u/x", Mode::Enforcing, OUTSIDE);
        read("/home/u/x", Mode::Ask, ask());
    }

    #[test]
    fn own_places_are_read_without_a_question() {
        for mode in Mode::ALL {
            read("/lib/python3/secret_certs.conf", mode, Decision::Allow(Rule::OwnPlace));
            read("/data/python/env/numpy/config.json", mode, Decision::Allow(Rule::OwnPlace));
            read("/data/orca_plugins/stamp/x", mode, Decision::Allow(Rule::Root));
            read("/resources/profiles/vendor.json", mode, Decision::Allow(Rule::Root));
            read("/tmp/job/a.gcode", mode, Decision::Allow(Rule::ScopedRoot));
            read("/dev/urandom", mode, Decision::Allow(Rule::Public));
        }
    }

    #[test]
    fn what_is_others_is_outside_for_reading() {
        read("/data/orca_plugins/other/key.txt", Mode::Enforcing, OUTSIDE);
        read("/data/log/a.log", Mode::Ask, ask());
    }

    #[test]
    fn a_secret_is_never_read() {
        for mode in Mode::ALL {
            read("/data/orca_plugins/stamp/orca.CONF.bak", mode, Decision::Deny(Denied::Filename));
        }
    }

    #[test]
    fn writes_by_mode() {
        let path = "/home/u/x";
        write(Category::FsReadWrite, path, &[], Mode::Loading, OUTSIDE);
        write(Category::FsReadWrite, path, &[], Mode::Enforcing, OUTSIDE);
        write(Category::FsReadWrite, path, &[], Mode::Ask, ask());
        let granted = [(GrantKind::FsReadWrite, path)];
        for mode in Mode::ALL {
            write(Category::FsReadWrite, path, &granted, mode, Decision::Allow(Rule::Grant));
        }
    }

    #[test]
    fn a_read_only_root_is_not_written() {
        write(Category::FsReadWrite, "/resources/profiles/vendor.json", &[], Mode::Loading, OUTSIDE);
        write(Category::FsCreate, "/resources/new", &[], Mode::Enforcing, OUTSIDE);
    }

    #[test]
    fn making_and_removing_needs_a_folder() {
        for category in [Category::FsCreate, Category::FsDelete] {
            let file = [(GrantKind::FsReadWrite, "/home/u/x")];
            write(category, "/home/u/x", &file, Mode::Enforcing, OUTSIDE);
            let folder = [(GrantKind::FsReadWrite, "/home/u/**")];
            write(category, "/home/u/x", &folder, Mode::Enforcing, Decision::Allow(Rule::Grant));
            write(category, "/home/u", &folder, Mode::Enforcing, OUTSIDE);
        }
    }

    #[test]
    fn no_grant_lifts_what_is_protected() {
        let all = [(GrantKind::FsReadWrite, "/**")];
        for (path, mode) in
            [("/data/orca_plugins/stamp/.install_state.json", Mode::Ask), ("/data/log/x", Mode::Loading)]
        {
            let rules = PlaceRules::for_plugin(Path::new("/data"), Path::new("/data/orca_plugins/stamp"));
            let grants = grants(&all);
            let subject = Subject { mode, rules: &rules, scoped: &[], readable: &[], grants: &grants };
            let targets = [Target::Path(Path::new(path), Use::Writes(Reach::Contents))];
            let act = Act { category: Category::FsReadWrite, need: Need::Place, targets: &targets };
            assert!(matches!(subject.decide(&act), Decision::Deny(Denied::Protected { .. })), "{path}");
        }
    }

    #[test]
    fn devices_are_written_by_their_own_grant_only() {
        let device = "/dev/ttyUSB0";
        write(Category::FsReadWrite, device, &[], Mode::Ask, Decision::Deny(Denied::Device));
        let all = [(GrantKind::FsReadWrite, "/**")];
        write(Category::FsReadWrite, device, &all, Mode::Loading, Decision::Deny(Denied::Device));
        let own = [(GrantKind::FsReadWrite, device)];
        write(Category::FsReadWrite, device, &own, Mode::Enforcing, Decision::Allow(Rule::Grant));
        let memory = [(GrantKind::FsReadWrite, "/proc/self/mem")];
        write(Category::FsReadWrite, "/proc/self/mem", &memory, Mode::Ask, Decision::Deny(Denied::Device));
    }

    #[test]
    fn network_processes_and_native_code_by_mode() {
        for (category, target) in [
            (Category::Http, "example.com:443"),
            (Category::Socket, "10.0.0.7:80"),
            (Category::Process, "/usr/bin/ffmpeg"),
            (Category::Native, "libc.so.6"),
        ] {
            plain(category, target, &[], Mode::Loading, ALLOW_BY_MODE);
            plain(category, target, &[], Mode::Enforcing, Decision::Deny(Denied::NotGranted));
            plain(category, target, &[], Mode::Ask, ask());
        }
    }

    #[test]
    fn grants_of_hosts_and_programs() {
        let granted = [(GrantKind::NetworkHttp, "*.example.com"), (GrantKind::Process, "/usr/bin/ffmpeg")];
        let allow = Decision::Allow(Rule::Grant);
        plain(Category::Http, "api.example.com:443", &granted, Mode::Enforcing, allow.clone());
        plain(Category::Socket, "api.example.com:443", &granted, Mode::Ask, ask());
        plain(Category::Process, "/usr/bin/ffmpeg", &granted, Mode::Enforcing, allow);
    }

    #[test]
    fn an_act_without_a_target_is_always_asked() {
        let act = Act { category: Category::Process, need: Need::Grant, targets: &[] };
        check(Mode::Ask, &[(GrantKind::Process, "/bin/sh")], act, Decision::Ask(Vec::new()));
        check(Mode::Enforcing, &[], act, Decision::Deny(Denied::NotGranted));
        check(Mode::Loading, &[], act, ALLOW_BY_MODE);
    }

    #[test]
    fn starting_a_thread_is_never_asked_and_a_hook_never_let_in() {
        for mode in Mode::ALL {
            let thread = Act { category: Category::Thread, need: Need::Nothing, targets: &[] };
            check(mode, &[], thread, Decision::Allow(Rule::Harmless));
            let hook = Act { category: Category::AuditHook, need: Need::Never, targets: &[] };
            check(mode, &[], hook, Decision::Deny(Denied::Never));
        }
    }

    #[test]
    fn variables_that_choose_code_need_a_grant() {
        let variable = |name| {
            let targets = [Target::Text(name)];
            let act = Act { category: Category::Environment, need: Need::Variable, targets: &targets };
            let rules = PlaceRules::nothing();
            let grants = Grants::default();
            let subject =
                Subject { mode: Mode::Enforcing, rules: &rules, scoped: &[], readable: &[], grants: &grants };
            subject.decide(&act)
        };
        for name in ["LD_PRELOAD", "PATH", "PYTHONPATH", "path"] {
            assert_eq!(variable(name), Decision::Deny(Denied::NotGranted), "{name}");
        }
        assert_eq!(variable("OMP_NUM_THREADS"), Decision::Allow(Rule::Harmless));
    }

    #[test]
    fn only_what_nothing_grants_is_asked() {
        let inside = Target::Path(Path::new("/data/a"), Use::Writes(Reach::Tree));
        let outside = Target::Path(Path::new("/home/u/a"), Use::Writes(Reach::Tree));
        let act = Act { category: Category::FsReadWrite, need: Need::Place, targets: &[inside, outside] };
        check(Mode::Ask, &[], act, Decision::Ask(vec![1]));
        check(Mode::Loading, &[], act, OUTSIDE);
    }
}
