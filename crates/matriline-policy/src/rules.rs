//! Where a plugin may read and write: rules about folders, the most specific one wins.

use crate::{Denied, Reach};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// What a rule says about a folder and everything below it that has no rule of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads and writes are allowed.
    Write,
    /// Reads are allowed, whatever the mode; writes are refused.
    Read,
    /// Writes are refused; the text says what the place holds and whose it is.
    Deny(&'static str),
}

/// The places a plugin may and may not read and write.
///
/// All paths, in the rules and in the questions, are absolute and canonical: no `.`, `..`, doubled separator or
/// symbolic link. Allowed places are compared exactly, protected ones without regard to the case of ASCII letters,
/// so no spelling of a protected name gets by on a file system that ignores case.
///
/// Two rules hold everywhere. `/dev/null` can be opened for writing, because `subprocess.DEVNULL` does. A file whose
/// name begins with `.install_state` (a plugin's sidecar, its lock and its temporary file) can't be written, because
/// grants live in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRules {
    /// Names that no file may have that a plugin opens, in small letters.
    secrets: Vec<String>,
    /// The longest path first: the first match is the most specific.
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    path: PathBuf,
    access: Access,
}

const NULL_DEVICE: &str = "/dev/null";
const SIDECAR: &str = ".install_state";

impl PlaceRules {
    /// The rules of a plugin whose files are in `plugin_folder`: the application's data folder less what would let a
    /// plugin rule itself or others. Both paths are canonical.
    pub fn for_plugin(data_dir: &Path, plugin_folder: &Path) -> Self {
        let protected = [
            ("orca_plugins", "other plugins and their settings"),
            ("log", "the application's logs"),
            ("cache", "the application's caches"),
            ("python", "the Python environments that plugins share"),
            ("running", "the marks of what runs"),
            ("state", "the application's own state"),
        ];
        let protected = protected.map(|(name, why)| (data_dir.join(name), Access::Deny(why)));
        let allowed = [data_dir, plugin_folder].map(|path| (path.to_owned(), Access::Write));
        Self::new(protected.into_iter().chain(allowed))
    }

    /// The same, and one more folder that may be read and written.
    pub fn with_writable(self, folder: PathBuf) -> Self {
        self.with(folder, Access::Write)
    }

    /// The same, and one more folder that may be read.
    pub fn with_readable(self, folder: PathBuf) -> Self {
        self.with(folder, Access::Read)
    }

    fn with(self, folder: PathBuf, access: Access) -> Self {
        let rules = self.rules.into_iter().map(|rule| (rule.path, rule.access));
        Self { secrets: self.secrets, ..Self::new(rules.chain([(folder, access)])) }
    }

    /// The same, and files whose name begins with one of these, whatever the case and the folder, are neither read nor
    /// written: what the application keeps its secrets in, with all backups and temporary files beside.
    pub fn with_secrets<S: AsRef<str>>(self, names: impl IntoIterator<Item = S>) -> Self {
        let names = names.into_iter().map(|name| name.as_ref().to_lowercase());
        let secrets = self.secrets.iter().cloned().chain(names).filter(|name| !name.is_empty()).collect();
        Self { secrets, ..self }
    }

    /// Whether the last name of a path is that of a secret.
    #[inline]
    pub fn is_secret(&self, path: &Path) -> bool {
        !self.secrets.is_empty() && self.names_secret(bytes_of(path))
    }

    fn names_secret(&self, path: &[u8]) -> bool {
        let name = path.rsplit(|&byte| is_separator(byte)).next().unwrap_or_default();
        let begins = |secret: &String| {
            name.get(..secret.len()).is_some_and(|head| head.eq_ignore_ascii_case(secret.as_bytes()))
        };
        self.secrets.iter().any(begins)
    }

    /// The rules of code that no plugin answers for: it writes nowhere.
    pub fn nothing() -> Self {
        Self { secrets: Vec::new(), rules: Vec::new() }
    }

    /// Rules for any set of canonical folders. Where two name the same folder, the refusal counts.
    pub fn new(rules: impl IntoIterator<Item = (PathBuf, Access)>) -> Self {
        let tidy = |path: PathBuf| path.components().collect::<PathBuf>();
        let mut rules: Vec<Rule> =
            rules.into_iter().map(|(path, access)| Rule { path: tidy(path), access }).collect();
        rules.sort_by_key(|rule| (std::cmp::Reverse(rule.len()), rule.access == Access::Write));
        Self { secrets: Vec::new(), rules }
    }

    /// The folders below which something may be written, for whoever keeps them opened.
    pub fn roots(&self) -> impl Iterator<Item = &Path> {
        let writable = |rule: &&Rule| rule.access == Access::Write;
        self.rules.iter().filter(writable).map(|rule| rule.path.as_path())
    }

    /// Whether a write of this reach is allowed at `path`. `scoped` are canonical folders, without a trailing
    /// separator, that are writable for the length of the present call; a protected place inside one stays protected.
    ///
    /// `path` must be canonical (see [`PlaceRules`]); what is relative, or has `.`, `..` or a doubled
    /// separator left in it, is refused. Allowing
    /// allocates nothing.
    ///
    /// # Errors
    /// The reason for a refusal.
    pub fn decide(&self, path: &Path, reach: Reach, scoped: &[&Path]) -> Result<(), Denied> {
        let bytes = path.as_os_str().as_encoded_bytes();
        if reach == Reach::Contents && bytes == NULL_DEVICE.as_bytes() {
            return Ok(());
        }
        if !path.is_absolute() || !is_tidy(bytes) {
            return Err(Denied::NotUnderstood {
                why: "the path isn't canonical; give an absolute path without `.`, `..` and doubled separators",
            });
        }
        if self.is_secret(path) {
            return Err(Denied::Filename);
        }
        if is_sidecar(bytes) {
            return Err(Denied::Protected { why: "a plugin's installation record" });
        }
        if is_device(bytes) {
            return Err(Denied::Device);
        }
        let rule = self.rules.iter().find(|rule| rule.covers(bytes));
        let scope = scoped
            .iter()
            .filter(|root| is_within(bytes, bytes_of(root), Case::Kept))
            .map(|root| bytes_of(root).len())
            .max();
        match (rule, scope) {
            (Some(rule), scope) if scope.is_none_or(|len| len <= rule.len()) => match rule.access {
                Access::Write => {}
                Access::Read => return Err(Denied::Outside),
                Access::Deny(why) => return Err(Denied::Protected { why }),
            },
            (_, Some(_)) => {}
            (_, None) => return Err(Denied::Outside),
        }
        match reach {
            Reach::Tree => self.decide_tree(path, scoped),
            Reach::Contents | Reach::Entry => Ok(()),
        }
    }

    /// Whether a tree can be moved or removed that may be written.
    pub(crate) fn decide_tree(&self, path: &Path, scoped: &[&Path]) -> Result<(), Denied> {
        match self.holds_ruled_place(bytes_of(path), scoped) {
            true => Err(Denied::HoldsRuledPlace),
            false => Ok(()),
        }
    }

    /// Whether a canonical path can be read in every mode, and without a grant. What belongs to others cannot.
    pub fn reads(&self, path: &Path) -> bool {
        let bytes = bytes_of(path);
        let rule = self.rules.iter().find(|rule| rule.covers(bytes));
        rule.is_some_and(|rule| matches!(rule.access, Access::Write | Access::Read))
            && path.is_absolute()
            && is_tidy(bytes)
            && !self.is_secret(path)
    }

    /// Whether a root or a protected place is at `path` or below it.
    fn holds_ruled_place(&self, path: &[u8], scoped: &[&Path]) -> bool {
        let ruled = self.rules.iter().map(|rule| rule.path.as_path());
        ruled.chain(scoped.iter().copied()).any(|place| is_within(bytes_of(place), path, Case::Ignored))
    }
}

/// Whether a write of this reach is allowed to an open descriptor that has no path: a pipe, a socket, a terminal, a
/// file that was removed. Its contents are the business of whoever opened it, which was decided then; mode, owner
/// and times are not.
///
/// # Errors
/// [`Denied::NotUnderstood`] for anything but contents.
pub fn decide_nameless(reach: Reach) -> Result<(), Denied> {
    match reach {
        Reach::Contents => Ok(()),
        Reach::Entry | Reach::Tree => Err(Denied::NotUnderstood {
            why: "the descriptor isn't that of a file with a path; only its contents can be written",
        }),
    }
}

impl Rule {
    fn len(&self) -> usize {
        bytes_of(&self.path).len()
    }

    fn covers(&self, path: &[u8]) -> bool {
        let case = match self.access {
            Access::Write | Access::Read => Case::Kept,
            Access::Deny(_) => Case::Ignored,
        };
        is_within(path, bytes_of(&self.path), case)
    }
}

#[derive(Clone, Copy)]
enum Case {
    Kept,
    Ignored,
}

/// Whether `path` is `folder` or below it, by component. On canonical paths a prefix that ends at a separator is the
/// same thing, and many times faster than taking paths apart.
fn is_within(path: &[u8], folder: &[u8], case: Case) -> bool {
    let Some((head, tail)) = path.split_at_checked(folder.len()) else {
        return false;
    };
    let at_a_boundary = tail.first().is_none_or(|&byte| is_separator(byte))
        || folder.last().is_some_and(|&byte| is_separator(byte));
    at_a_boundary
        && match case {
            Case::Kept => head == folder,
            Case::Ignored => head.eq_ignore_ascii_case(folder),
        }
}

/// Whether a canonical path is a canonical folder or below it.
pub(crate) fn is_inside(path: &Path, folder: &Path) -> bool {
    is_within(bytes_of(path), bytes_of(folder), Case::Kept)
}

/// Whether a write there is no write to a file: devices, views of processes and of the kernel.
fn is_device(path: &[u8]) -> bool {
    let below = |folder: &str| is_within(path, folder.as_bytes(), Case::Kept);
    below("/proc") || below("/sys") || below("/dev") && !below("/dev/shm")
}

fn is_sidecar(path: &[u8]) -> bool {
    let name_start = path.iter().rposition(|&byte| is_separator(byte)).map_or(0, |at| at + 1);
    path[name_start..].get(..SIDECAR.len()).is_some_and(|head| head.eq_ignore_ascii_case(SIDECAR.as_bytes()))
}

/// Whether an absolute path has no empty name, `.` or `..` between its separators.
fn is_tidy(path: &[u8]) -> bool {
    let odd = |pair: &[u8]| is_separator(pair[0]) && (is_separator(pair[1]) || pair[1] == b'.');
    !path.windows(2).any(odd)
        || path[1..].split(|&byte| is_separator(byte)).all(|name| !matches!(name, b"" | b"." | b".."))
}

fn is_separator(byte: u8) -> bool {
    byte == MAIN_SEPARATOR as u8
}

fn bytes_of(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Component;

    const OWN: &str = "/data/orca_plugins/stamp";

    fn rules() -> PlaceRules {
        PlaceRules::for_plugin(Path::new("/data"), Path::new(OWN))
    }

    fn check(path: &str, reach: Reach, expected: Result<(), &str>) {
        check_scoped(path, reach, &[], expected);
    }

    fn check_scoped(path: &str, reach: Reach, scoped: &[&str], expected: Result<(), &str>) {
        let scoped: Vec<&Path> = scoped.iter().map(Path::new).collect();
        let found = rules().decide(Path::new(path), reach, &scoped);
        let found = found.map_err(|denied| denied.to_string());
        assert_eq!(found, expected.map_err(str::to_owned), "{path} {reach:?}");
    }

    const OUTSIDE: Result<(), &str> = Err("outside allowed root");
    const DEVICE: Result<(), &str> = Err("device file or part of `/proc`");
    const SHARED: Result<(), &str> = Err("protected place: other plugins and their settings");
    const RECORD: Result<(), &str> = Err("protected place: a plugin's installation record");
    const WHOLE: Result<(), &str> =
        Err("it would move or remove an allowed root or a protected place as a whole");

    #[test]
    fn the_data_folder_is_writable() {
        check("/data/plugin_data.txt", Reach::Contents, Ok(()));
        check("/data/a/b/c.txt", Reach::Entry, Ok(()));
    }

    #[test]
    fn a_plugin_cannot_blame_another_for_a_crash() {
        let refusal = Err("protected place: the marks of what runs");
        check("/data/running/1-a.marker", Reach::Contents, refusal);
        check("/data/running", Reach::Entry, refusal);
        check("/data/running.txt", Reach::Contents, Ok(()));
    }

    #[test]
    fn a_candidate_equal_to_the_root_is_inside() {
        check("/data", Reach::Entry, Ok(()));
    }

    #[test]
    fn everything_else_is_outside() {
        for path in ["/", "/etc/passwd", "/dat", "/outside.txt", "/data.txt"] {
            check(path, Reach::Contents, OUTSIDE);
        }
    }

    #[test]
    fn a_name_that_begins_like_the_root_is_outside() {
        check("/database/x", Reach::Contents, OUTSIDE);
    }

    #[test]
    fn the_case_of_an_allowed_folder_matters() {
        check("/DATA/x", Reach::Contents, OUTSIDE);
    }

    #[test]
    fn a_path_that_is_not_canonical_is_refused() {
        let refusal = Err(
            "target not understood: the path isn't canonical; give an absolute path without `.`, `..` and doubled separators",
        );
        check("/data/../outside.txt", Reach::Contents, refusal);
        check("data/x", Reach::Contents, refusal);
        check("/data/a..b", Reach::Contents, Ok(()));
    }

    #[test]
    fn the_own_folder_is_writable() {
        check("/data/orca_plugins/stamp/state.json", Reach::Contents, Ok(()));
    }

    #[test]
    fn other_plugins_are_not() {
        for path in [
            "/data/orca_plugins",
            "/data/orca_plugins/config.json",
            "/data/orca_plugins/other/x.py",
            "/data/orca_plugins/stamp2/x.py",
            "/data/orca_plugins/_subscribed/u/p/x.py",
        ] {
            check(path, Reach::Contents, SHARED);
        }
    }

    #[test]
    fn the_installation_record_is_protected() {
        for name in [".install_state.json", ".install_state.json.lock", ".install_state.tmp"] {
            check(&format!("{OWN}/{name}"), Reach::Entry, RECORD);
        }
        check(&format!("{OWN}/install_state.json"), Reach::Entry, Ok(()));
    }

    #[test]
    fn the_host_keeps_its_places() {
        for (place, why) in [
            ("log", "the application's logs"),
            ("cache", "the application's caches"),
            ("python", "the Python environments that plugins share"),
            ("running", "the marks of what runs"),
            ("state", "the application's own state"),
        ] {
            let reason = format!("protected place: {why}");
            check(&format!("/data/{place}"), Reach::Entry, Err(&reason));
            check(&format!("/data/{place}/x"), Reach::Contents, Err(&reason));
            check(&format!("/data/{place}book"), Reach::Contents, Ok(()));
        }
    }

    #[test]
    fn the_case_of_a_protected_name_does_not_matter() {
        check("/data/ORCA_plugins/config.json", Reach::Contents, SHARED);
        check("/data/orca_plugins/stamp/.Install_State.json", Reach::Contents, RECORD);
    }

    #[test]
    fn a_tree_with_a_ruled_place_stays() {
        check("/data", Reach::Tree, WHOLE);
        check(OWN, Reach::Tree, WHOLE);
        check("/data/orca_plugins", Reach::Tree, SHARED);
        check("/", Reach::Tree, OUTSIDE);
    }

    #[test]
    fn other_trees_move() {
        check("/data/orca_plugins/stamp/old", Reach::Tree, Ok(()));
        check("/data/jobs", Reach::Tree, Ok(()));
    }

    #[test]
    fn a_tree_around_the_folder_of_a_call_stays() {
        check_scoped("/data/jobs", Reach::Tree, &["/data/jobs/1"], WHOLE);
        check_scoped("/tmp/job", Reach::Tree, &["/tmp/job"], WHOLE);
        check_scoped("/tmp/job/parts", Reach::Tree, &["/tmp/job"], Ok(()));
    }

    #[test]
    fn the_folder_of_a_call_is_writable_in_the_call_only() {
        check_scoped("/tmp/job/out.gcode", Reach::Contents, &["/tmp/job"], Ok(()));
        check("/tmp/job/out.gcode", Reach::Contents, OUTSIDE);
        check_scoped("/tmp/jobs", Reach::Contents, &["/tmp/job"], OUTSIDE);
    }

    #[test]
    fn a_protected_place_in_the_folder_of_a_call_stays_protected() {
        check_scoped("/data/orca_plugins/other/x", Reach::Contents, &["/data"], SHARED);
        check_scoped("/data/orca_plugins/x", Reach::Contents, &["/data/orca_plugins"], SHARED);
        check_scoped("/tmp/job/.install_state", Reach::Entry, &["/tmp"], RECORD);
    }

    #[test]
    fn the_folder_of_a_call_may_lie_in_a_protected_place() {
        check_scoped("/data/cache/1/x", Reach::Contents, &["/data/cache/1"], Ok(()));
    }

    #[test]
    fn the_null_device_can_be_opened_and_nothing_more() {
        check("/dev/null", Reach::Contents, Ok(()));
        check("/dev/null", Reach::Entry, DEVICE);
        check("/dev/nullx", Reach::Contents, DEVICE);
        check("/dev/shm/x", Reach::Contents, OUTSIDE);
        check("/proc/self/mem", Reach::Contents, DEVICE);
        check("/sys/power/state", Reach::Contents, DEVICE);
        check("/device", Reach::Contents, OUTSIDE);
    }

    #[test]
    fn code_without_a_plugin_writes_nowhere() {
        let rules = PlaceRules::nothing();
        let decide = |path| rules.decide(Path::new(path), Reach::Contents, &[]);
        assert_eq!(decide("/data/x"), Err(Denied::Outside));
        assert_eq!(decide("/dev/null"), Ok(()));
    }

    #[test]
    fn a_root_may_be_written_with_a_trailing_separator() {
        let rules = PlaceRules::new([(PathBuf::from("/data/"), Access::Write)]);
        assert_eq!(rules.decide(Path::new("/data/x"), Reach::Contents, &[]), Ok(()));
        assert_eq!(rules.roots().collect::<Vec<_>>(), [Path::new("/data")]);
    }

    #[test]
    fn the_whole_file_system_can_be_a_root() {
        let rules = PlaceRules::new([
            (PathBuf::from("/"), Access::Write),
            (PathBuf::from("/a"), Access::Deny("closed")),
        ]);
        let decide = |path| rules.decide(Path::new(path), Reach::Contents, &[]);
        assert_eq!(decide("/x"), Ok(()));
        assert_eq!(decide("/a/x"), Err(Denied::Protected { why: "closed" }));
    }

    #[test]
    fn a_refusal_wins_over_a_permission_for_the_same_folder() {
        let rules = PlaceRules::new([
            (PathBuf::from("/a"), Access::Write),
            (PathBuf::from("/a"), Access::Deny("closed")),
        ]);
        let denied = rules.decide(Path::new("/a/x"), Reach::Contents, &[]);
        assert_eq!(denied, Err(Denied::Protected { why: "closed" }));
    }

    #[test]
    fn nameless_descriptors_take_contents_only() {
        assert_eq!(decide_nameless(Reach::Contents), Ok(()));
        assert!(decide_nameless(Reach::Entry).is_err());
    }

    proptest! {
        /// The fast comparison says what the standard library says about components.
        #[test]
        fn within_agrees_with_components(
            path in "(/[abAB.]{1,3}){0,4}", folder in "(/[abAB.]{1,3}){0,3}",
        ) {
            let tidy = |text: &str| {
                let whole = format!("/{text}");
                Path::new(&whole).components().collect::<PathBuf>()
            };
            let (path, folder) = (tidy(&path), tidy(&folder));
            prop_assert_eq!(
                is_within(bytes_of(&path), bytes_of(&folder), Case::Kept),
                path.starts_with(&folder)
            );
        }

        /// Nothing allowed has left the data folder or entered another plugin's.
        #[test]
        fn what_is_allowed_lies_inside(path in "(/(data|orca_plugins|stamp|other|log|\\.\\.|x)){1,6}") {
            if rules().decide(Path::new(&path), Reach::Contents, &[]).is_ok() {
                let path = Path::new(&path);
                prop_assert!(path.starts_with("/data") && !path.starts_with("/data/log"));
                prop_assert!(!path.starts_with("/data/orca_plugins") || path.starts_with(OWN));
                prop_assert!(!path.components().any(|part| part == Component::ParentDir));
            }
        }
    }
}
