//! What a user has allowed a plugin beyond its roots: paths, hosts and programs, one by one or as a whole.

use crate::GrantKind;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// One thing that is granted.
///
/// | list | forms |
/// |---|---|
/// | `fs_read`, `fs_readwrite` | `/folder/file`, or `/folder/**` for a folder with everything below |
/// | `network_http`, `network_socket` | `example.com`, `example.com:443`, `*.example.com`, `[::1]:8080`, `unix:/run/x` |
/// | `process` | `/usr/bin/ffmpeg` with any arguments, a whole line for the shell (`/usr/bin/dash -c ls`), or `fork` for copies of the application |
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grant {
    kind: GrantKind,
    pattern: String,
}

/// Why a text is no grant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The grant `{text}` of `{kind}` is not understood: {why}")]
pub struct GrantError {
    /// The list it stands in.
    pub kind: GrantKind,
    /// The text.
    pub text: String,
    /// What is wrong, and the form that works.
    pub why: &'static str,
}

/// What the folder form ends in.
const EVERYTHING_BELOW: &str = "/**";

impl Grant {
    /// Reads a grant and makes it canonical.
    ///
    /// # Errors
    /// [`GrantError`] for a relative path or one with `..`, and for an empty text.
    pub fn parse(kind: GrantKind, text: &str) -> Result<Self, GrantError> {
        let error = |why| GrantError { kind, text: text.to_owned(), why };
        let pattern = match kind {
            _ if text.trim().is_empty() => return Err(error("it is empty")),
            GrantKind::FsRead | GrantKind::FsReadWrite => canonical_path(text)
                .ok_or(error("give an absolute path without `..`, or a folder as `/folder/**`"))?,
            GrantKind::NetworkHttp | GrantKind::NetworkSocket => canonical_host(text),
            GrantKind::Process => text.trim().to_owned(),
        };
        Ok(Self { kind, pattern })
    }

    /// The list it stands in.
    pub fn kind(&self) -> GrantKind {
        self.kind
    }

    /// Its canonical text.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The folder, if it grants one with everything below.
    pub fn folder(&self) -> Option<&Path> {
        let is_path = matches!(self.kind, GrantKind::FsRead | GrantKind::FsReadWrite);
        let folder = self.pattern.strip_suffix(EVERYTHING_BELOW).filter(|_| is_path)?;
        Some(Path::new(if folder.is_empty() { "/" } else { folder }))
    }

    /// Whether it covers a canonical target.
    pub fn covers(&self, target: &str) -> bool {
        match self.kind {
            GrantKind::FsRead | GrantKind::FsReadWrite => match self.folder() {
                Some(folder) => Path::new(target).starts_with(folder),
                None => self.pattern == target,
            },
            GrantKind::NetworkHttp | GrantKind::NetworkSocket => covers_host(&self.pattern, target),
            GrantKind::Process => self.pattern == target,
        }
    }
}

/// All that a user has allowed a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants {
    grants: BTreeSet<Grant>,
}

impl Grants {
    /// Reads the lists of a sidecar. What is not understood grants nothing; [`Grant::parse`] says why.
    pub fn from_lists<'t>(lists: impl IntoIterator<Item = (GrantKind, &'t [String])>) -> Self {
        let read = |(kind, list): (GrantKind, &'t [String])| {
            list.iter().filter_map(move |text| Grant::parse(kind, text).ok())
        };
        lists.into_iter().flat_map(read).collect()
    }

    /// The texts of one list, sorted.
    pub fn list(&self, kind: GrantKind) -> Vec<String> {
        self.of(kind).map(|grant| grant.pattern.clone()).collect()
    }

    /// Whether a canonical target is granted. What may be written may be read, and who may ask a host by HTTP may open
    /// sockets to it only with a grant of its own.
    pub fn covers(&self, kind: GrantKind, target: &str) -> bool {
        self.of(kind).any(|grant| grant.covers(target))
            || kind == GrantKind::FsRead && self.covers(GrantKind::FsReadWrite, target)
    }

    /// Whether a path lies below a folder that may be written as a whole: then files in it may be made and removed, too.
    pub fn covers_folder_of(&self, target: &Path) -> bool {
        let below = |folder: &Path| target != folder && target.starts_with(folder);
        self.of(GrantKind::FsReadWrite).filter_map(Grant::folder).any(below)
    }

    /// All of them, sorted by list and text.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter()
    }

    /// Adds one. Answers whether it is new.
    pub fn insert(&mut self, grant: Grant) -> bool {
        self.grants.insert(grant)
    }

    /// Takes one away. Answers whether it was there.
    pub fn remove(&mut self, grant: &Grant) -> bool {
        self.grants.remove(grant)
    }

    /// Whether nothing is granted.
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty()
    }

    fn of(&self, kind: GrantKind) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.kind == kind)
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        Self { grants: grants.into_iter().collect() }
    }
}

/// Without `.`, doubled and trailing separators; `None` for what is relative or has `..`.
fn canonical_path(text: &str) -> Option<String> {
    let (path, end) = match text.strip_suffix(EVERYTHING_BELOW) {
        Some(folder) => (Path::new(if folder.is_empty() { "/" } else { folder }), EVERYTHING_BELOW),
        None => (Path::new(text), ""),
    };
    let climbs = path.components().any(|part| part == Component::ParentDir);
    if !path.is_absolute() || climbs {
        return None;
    }
    let tidy = path.components().collect::<PathBuf>();
    let tidy = tidy.to_str()?;
    Some(format!("{}{end}", if tidy == "/" && !end.is_empty() { "" } else { tidy }))
}

/// `host` or `host:port` in small letters, from the same, a URL, or an address as Python writes it (`('host', 80)`),
/// which is how OrcaSlicer kept it.
pub fn canonical_host(text: &str) -> String {
    let text = text.trim();
    if text.starts_with("unix:") {
        return text.to_owned();
    }
    if let Some((host, port)) = python_address(text) {
        return host_and_port(host, Some(port));
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let authority = match scheme {
        "" => rest,
        _ => rest.split(['/', '?', '#', '\\']).next().unwrap_or_default(),
    };
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let default_port = match scheme.to_ascii_lowercase().as_str() {
        "http" | "ws" => Some("80"),
        "https" | "wss" => Some("443"),
        "ftp" => Some("21"),
        _ => None,
    };
    let (host, port) = split_port(authority);
    host_and_port(host, port.or(default_port))
}

/// A host and a port as one target.
pub fn host_and_port(host: &str, port: Option<&str>) -> String {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    match port {
        Some(port) if !port.is_empty() => format!("{host}:{port}"),
        _ => host,
    }
}

/// The parts of `('host', 80)`.
fn python_address(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut parts = inside.split(',').map(str::trim);
    let host = parts.next()?.trim_matches(['\'', '"']);
    Some((host, parts.next()?))
}

/// The host and the port of an authority. An address of IPv6 without brackets has no port.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match authority.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        Some(_) | None => (authority, None),
    }
}

/// Whether `pattern` covers a host. A pattern without a port covers every port; a target without one (a look-up of the
/// name) is covered by any.
fn covers_host(pattern: &str, target: &str) -> bool {
    if pattern.starts_with("unix:") || target.starts_with("unix:") {
        return pattern == target;
    }
    let ((pattern, pattern_port), (host, port)) = (split_port(pattern), split_port(target));
    let same_port = pattern_port.is_none() || port.is_none() || pattern_port == port;
    let same_host = match pattern.strip_prefix('*') {
        Some(domain) => domain.starts_with('.') && host.len() > domain.len() && host.ends_with(domain),
        None => pattern == host,
    };
    same_port && same_host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: GrantKind, grant: &str, target: &str, expected: bool) {
        let grants: Grants = [Grant::parse(kind, grant).unwrap()].into_iter().collect();
        assert_eq!(grants.covers(kind, target), expected, "{grant} {target}");
    }

    fn check_host(text: &str, expected: &str) {
        assert_eq!(canonical_host(text), expected);
    }

    #[test]
    fn a_path_covers_itself() {
        check(GrantKind::FsRead, "/home/u/a.txt", "/home/u/a.txt", true);
        check(GrantKind::FsRead, "/home/u/a", "/home/u/a/b", false);
        check(GrantKind::FsRead, "/home//u/./a/", "/home/u/a", true);
    }

    #[test]
    fn a_folder_covers_everything_below() {
        for (target, expected) in [("/d", true), ("/d/x/y", true), ("/dx", false), ("/", false)] {
            check(GrantKind::FsRead, "/d/**", target, expected);
        }
        check(GrantKind::FsRead, "/**", "/etc/passwd", true);
    }

    #[test]
    fn stars_elsewhere_are_plain_letters() {
        check(GrantKind::FsRead, "/d/*.txt", "/d/a.txt", false);
    }

    #[test]
    fn what_may_be_written_may_be_read() {
        let grants: Grants = [Grant::parse(GrantKind::FsReadWrite, "/d/**").unwrap()].into_iter().collect();
        assert!(grants.covers(GrantKind::FsRead, "/d/a"));
        let grants: Grants = [Grant::parse(GrantKind::FsRead, "/d/**").unwrap()].into_iter().collect();
        assert!(!grants.covers(GrantKind::FsReadWrite, "/d/a"));
    }

    #[test]
    fn a_folder_as_a_whole_lets_files_be_removed_but_not_the_folder() {
        let grants: Grants = [Grant::parse(GrantKind::FsReadWrite, "/d/**").unwrap()].into_iter().collect();
        assert!(grants.covers_folder_of(Path::new("/d/a")));
        assert!(!grants.covers_folder_of(Path::new("/d")));
        let grants: Grants = [Grant::parse(GrantKind::FsReadWrite, "/d/a").unwrap()].into_iter().collect();
        assert!(!grants.covers_folder_of(Path::new("/d/a")));
    }

    #[test]
    fn relative_and_climbing_paths_are_no_grants() {
        for text in ["a/b", "/a/../b", "", " ", "**", "/a/../**"] {
            assert!(Grant::parse(GrantKind::FsRead, text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_host_covers_its_ports() {
        check(GrantKind::NetworkHttp, "example.com", "example.com:443", true);
        check(GrantKind::NetworkHttp, "Example.COM.", "example.com", true);
        check(GrantKind::NetworkHttp, "example.com", "www.example.com", false);
        check(GrantKind::NetworkHttp, "example.com:443", "example.com:80", false);
        check(GrantKind::NetworkHttp, "example.com:443", "example.com", true);
    }

    #[test]
    fn a_domain_covers_what_is_below_it() {
        check(GrantKind::NetworkSocket, "*.example.com", "a.b.example.com:1", true);
        check(GrantKind::NetworkSocket, "*.example.com", "example.com", false);
        check(GrantKind::NetworkSocket, "*.example.com", "evilexample.com", false);
        check(GrantKind::NetworkSocket, "*", "example.com", false);
    }

    #[test]
    fn a_program_is_granted_with_any_arguments_and_a_line_as_it_is() {
        check(GrantKind::Process, "/usr/bin/ffmpeg", "/usr/bin/ffmpeg", true);
        check(GrantKind::Process, "/bin/sh -c 'ls'", "/bin/sh -c 'ls'", true);
        check(GrantKind::Process, "/bin/sh", "/bin/sh -c 'rm x'", false);
    }

    #[test]
    fn hosts_are_told_from_many_forms() {
        check_host("https://Example.com/x?y", "example.com:443");
        check_host("http://user:secret@example.com:8080/", "example.com:8080");
        check_host("('192.168.0.7', 80)", "192.168.0.7:80");
        check_host("http://[::1]:8080/x", "[::1]:8080");
        check_host("::1", "[::1]");
        check_host("('::1', 80, 0, 0)", "[::1]:80");
        check_host("unix:/run/x.sock", "unix:/run/x.sock");
    }

    #[test]
    fn lists_are_read_sorted_and_without_what_is_not_understood() {
        let texts = ["/b".to_owned(), "a".to_owned(), "/a/".to_owned(), "/a".to_owned()];
        let grants = Grants::from_lists([(GrantKind::FsRead, &texts[..])]);
        assert_eq!(grants.list(GrantKind::FsRead), ["/a", "/b"]);
        assert!(grants.list(GrantKind::Process).is_empty());
    }

    #[test]
    fn what_is_granted_can_be_taken_back() {
        let grant = Grant::parse(GrantKind::Process, "/bin/true").unwrap();
        let mut grants = Grants::default();
        assert!(grants.insert(grant.clone()) && !grants.insert(grant.clone()));
        assert!(grants.remove(&grant) && grants.is_empty());
    }
}
