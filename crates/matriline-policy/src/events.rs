//! Which audit events write, and which of their arguments name what they write to.
//!
//! The argument positions are those of CPython 3.10 to 3.13. Acts of `shutil`, `tempfile` and `pathlib` need no
//! rows: each raises the low-level event as well, and that one has the path it really touches.

/// How much an act changes at its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What is inside a file: opening for writing, truncating.
    Contents,
    /// The entry itself: making, removing, its mode and owner.
    Entry,
    /// The entry with everything below it: moving or removing a folder. Refused for a folder that holds a root or
    /// a protected place, too.
    Tree,
}

/// Which file an act touches when the last name of its path is a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastName {
    /// The file that the link points at.
    Followed,
    /// The link itself.
    Kept,
    /// One or the other by a keyword (`follow_symlinks`) that the event doesn't show: both must be allowed.
    Either,
}

/// An argument of an event that names a path, or is an open descriptor in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathArgument {
    /// Position among the event's arguments.
    pub index: usize,
    /// Position of the folder descriptor that a relative path starts from; -1 there means the current folder.
    pub dir_fd: Option<usize>,
    /// What a symbolic link at the end means.
    pub last: LastName,
}

/// What the arguments of an event look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `(path, mode, flags)`: writes only if [`crate::open_writes`] says so. A mode of `None` means `os.open`,
    /// which hides its `dir_fd`: a relative path can't be told then.
    Open,
    /// Always writes to its paths.
    Path,
    /// A SQLite database name, to be read by [`crate::database_path`]. From CPython 3.11 on the argument can be a
    /// path-like object instead of text.
    Database,
}

/// An audit event that can write.
#[derive(Debug, PartialEq, Eq)]
pub struct EventRule {
    /// The event's name.
    pub event: &'static str,
    /// What its arguments look like.
    pub form: Form,
    /// The arguments that name what is written; each must be allowed.
    pub paths: &'static [PathArgument],
    /// How much is changed there.
    pub reach: Reach,
}

/// The rule of an audit event that can write, or `None` for every other event.
///
/// Called for each event that CPython raises, so it looks at the first byte before anything else.
#[inline]
pub fn classify(event: &str) -> Option<&'static EventRule> {
    match event.as_bytes().first() {
        Some(b'o') => {}
        Some(b's') if event == SQLITE_CONNECT.event => return Some(&SQLITE_CONNECT),
        _ => return None,
    }
    if event == OPEN.event {
        return Some(&OPEN);
    }
    let rule = match event.strip_prefix("os.")? {
        "rename" => &RENAME,
        "link" => &LINK,
        "symlink" => &SYMLINK,
        "remove" => &REMOVE,
        "rmdir" => &RMDIR,
        "mkdir" => &MKDIR,
        "truncate" => &TRUNCATE,
        "chmod" => &CHMOD,
        "chown" => &CHOWN,
        "utime" => &UTIME,
        "setxattr" => &SETXATTR,
        "removexattr" => &REMOVEXATTR,
        "chflags" => &CHFLAGS,
        _ => return None,
    };
    Some(rule)
}

static OPEN: EventRule = EventRule {
    event: "open",
    form: Form::Open,
    paths: &[argument(0, None, LastName::Followed)],
    reach: Reach::Contents,
};
static SQLITE_CONNECT: EventRule = EventRule {
    event: "sqlite3.connect",
    form: Form::Database,
    paths: &[argument(0, None, LastName::Followed)],
    reach: Reach::Contents,
};
static RENAME: EventRule = path_rule(
    "os.rename",
    &[argument(0, Some(2), LastName::Kept), argument(1, Some(3), LastName::Kept)],
    Reach::Tree,
);
// Both ends: a second name for a file outside would be a way to write to it. `os.link` links a symbolic link or
// what it points at, by the keyword and by the platform.
static LINK: EventRule = path_rule(
    "os.link",
    &[argument(0, Some(2), LastName::Either), argument(1, Some(3), LastName::Kept)],
    Reach::Entry,
);
// Only the link counts: a write through it is decided when it happens, by where it leads.
static SYMLINK: EventRule = path_rule("os.symlink", &[argument(1, Some(2), LastName::Kept)], Reach::Entry);
static REMOVE: EventRule = path_rule("os.remove", &[argument(0, Some(1), LastName::Kept)], Reach::Entry);
static RMDIR: EventRule = path_rule("os.rmdir", &[argument(0, Some(1), LastName::Kept)], Reach::Tree);
static MKDIR: EventRule = path_rule("os.mkdir", &[argument(0, Some(2), LastName::Kept)], Reach::Entry);
static TRUNCATE: EventRule =
    path_rule("os.truncate", &[argument(0, None, LastName::Followed)], Reach::Contents);
static CHMOD: EventRule = path_rule("os.chmod", &[argument(0, Some(2), LastName::Either)], Reach::Entry);
static CHOWN: EventRule = path_rule("os.chown", &[argument(0, Some(3), LastName::Either)], Reach::Entry);
static UTIME: EventRule = path_rule("os.utime", &[argument(0, Some(3), LastName::Either)], Reach::Entry);
static SETXATTR: EventRule = path_rule("os.setxattr", &[argument(0, None, LastName::Either)], Reach::Entry);
static REMOVEXATTR: EventRule =
    path_rule("os.removexattr", &[argument(0, None, LastName::Either)], Reach::Entry);
static CHFLAGS: EventRule = path_rule("os.chflags", &[argument(0, None, LastName::Either)], Reach::Entry);

const fn path_rule(event: &'static str, paths: &'static [PathArgument], reach: Reach) -> EventRule {
    EventRule { event, form: Form::Path, paths, reach }
}

const fn argument(index: usize, dir_fd: Option<usize>, last: LastName) -> PathArgument {
    PathArgument { index, dir_fd, last }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(event: &str, reach: Reach, paths: &[PathArgument]) {
        let rule = classify(event).unwrap_or_else(|| panic!("`{event}` writes"));
        assert_eq!((rule.event, rule.reach, rule.paths), (event, reach, paths), "{event}");
    }

    fn check_uninteresting(event: &str) {
        assert_eq!(classify(event), None, "{event}");
    }

    #[test]
    fn every_row_is_found_under_its_own_name() {
        for event in "rename link symlink remove rmdir mkdir truncate chmod chown utime setxattr \
                      removexattr chflags"
            .split_whitespace()
        {
            let event = format!("os.{event}");
            assert_eq!(classify(&event).map(|rule| rule.event), Some(event.as_str()));
        }
    }

    #[test]
    fn open_follows_its_path() {
        check("open", Reach::Contents, &[argument(0, None, LastName::Followed)]);
        assert_eq!(OPEN.form, Form::Open);
    }

    #[test]
    fn rename_takes_trees_at_both_ends() {
        let ends = [argument(0, Some(2), LastName::Kept), argument(1, Some(3), LastName::Kept)];
        check("os.rename", Reach::Tree, &ends);
    }

    #[test]
    fn link_counts_its_source_too() {
        let ends = [argument(0, Some(2), LastName::Either), argument(1, Some(3), LastName::Kept)];
        check("os.link", Reach::Entry, &ends);
    }

    #[test]
    fn symlink_counts_the_link_only() {
        check("os.symlink", Reach::Entry, &[argument(1, Some(2), LastName::Kept)]);
    }

    #[test]
    fn rmdir_takes_a_tree() {
        check("os.rmdir", Reach::Tree, &[argument(0, Some(1), LastName::Kept)]);
    }

    #[test]
    fn metadata_acts_may_or_may_not_follow() {
        check("os.chown", Reach::Entry, &[argument(0, Some(3), LastName::Either)]);
    }

    #[test]
    fn a_database_is_not_a_path() {
        check("sqlite3.connect", Reach::Contents, &[argument(0, None, LastName::Followed)]);
        assert_eq!(SQLITE_CONNECT.form, Form::Database);
    }

    #[test]
    fn other_events_are_passed_over() {
        for event in [
            "",
            "o",
            "os",
            "os.",
            "os.listdir",
            "os.scandir",
            "os.renames",
            "opens",
            "import",
            "compile",
            "sqlite3.connect/handle",
            "socket.connect",
            "object.__getattr__",
            "s",
        ] {
            check_uninteresting(event);
        }
    }
}
