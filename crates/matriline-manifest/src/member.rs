//! The names inside an archive: which of them can be unpacked safely, on any system.

use crate::ArchiveError;
use std::collections::HashMap;
use std::str;

/// The longest name of a member that is accepted: what every system can store below a plugin's folder.
pub const MAX_NAME_BYTES: usize = 512;

/// A file or folder in an archive whose name has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The path below the archive's root: parts joined by `/`, without an empty part, `.` or `..`, and without a
    /// `/` at either end.
    pub path: String,
    /// The size once unpacked, as the archive's directory says.
    pub size: u64,
    /// True for a folder; it has no content.
    pub is_folder: bool,
}

/// Why the name of a member is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// The name is no UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// The name is longer than [`MAX_NAME_BYTES`].
    #[error("it is longer than {MAX_NAME_BYTES} bytes")]
    TooLong,
    /// The name begins with `/`.
    #[error("it is an absolute path")]
    Absolute,
    /// The name has an empty part, `.` or `..`.
    #[error("a part of it is empty, `.` or `..`")]
    Relative,
    /// The name holds `\`, which separates folders on one system and not on another.
    #[error("it holds a `\\`")]
    Backslash,
    /// The name holds `:`: a drive, or a hidden stream of a file.
    #[error("it holds a `:`")]
    Colon,
    /// The name holds a control character.
    #[error("it holds a control character")]
    Control,
}

/// The checked path of a member, without the `/` that ends the name of a folder.
pub(crate) fn checked_path(raw: &[u8]) -> Result<&str, NameFault> {
    if raw.len() > MAX_NAME_BYTES {
        return Err(NameFault::TooLong);
    }
    let name = str::from_utf8(raw).map_err(|_| NameFault::NotUtf8)?;
    if name.chars().any(char::is_control) {
        return Err(NameFault::Control);
    }
    if name.contains('\\') {
        return Err(NameFault::Backslash);
    }
    if name.contains(':') {
        return Err(NameFault::Colon);
    }
    if name.starts_with('/') {
        return Err(NameFault::Absolute);
    }
    let path = name.strip_suffix('/').unwrap_or(name);
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(NameFault::Relative);
    }
    Ok(path)
}

/// The paths of an archive so far, compared as a file system that ignores case does.
#[derive(Default)]
pub(crate) struct Paths {
    by_folded: HashMap<String, Spelling>,
}

struct Spelling {
    path: String,
    is_folder: bool,
}

impl Paths {
    /// Adds a path and the folders above it, unless one of them is in the way of another.
    pub(crate) fn insert(&mut self, path: &str, is_folder: bool) -> Result<(), ArchiveError> {
        let folded: String = path.chars().flat_map(char::to_lowercase).collect();
        for ((end, _), (folded_end, _)) in path.match_indices('/').zip(folded.match_indices('/')) {
            self.insert_one(&path[..end], &folded[..folded_end], true)?;
        }
        self.insert_one(path, &folded, is_folder)
    }

    fn insert_one(&mut self, path: &str, folded: &str, is_folder: bool) -> Result<(), ArchiveError> {
        let Some(known) = self.by_folded.get(folded) else {
            self.by_folded.insert(folded.to_owned(), Spelling { path: path.to_owned(), is_folder });
            return Ok(());
        };
        if known.path == path && known.is_folder && is_folder {
            return Ok(());
        }
        Err(ArchiveError::Twins { first: known.path.clone(), second: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    fn check(name: impl AsRef<[u8]>, expected: Result<&str, NameFault>) {
        assert_eq!(checked_path(name.as_ref()), expected);
    }

    fn check_paths(names: &[&str], expected: Option<(&str, &str)>) {
        let mut paths = Paths::default();
        let mut insert = |name: &&str| paths.insert(name.trim_end_matches('/'), name.ends_with('/'));
        let found = names.iter().map(&mut insert).find_map(Result::err);
        match (found, expected) {
            (None, None) => {}
            (Some(ArchiveError::Twins { first, second }), Some(expected)) => {
                assert_eq!((first.as_str(), second.as_str()), expected);
            }
            (found, expected) => panic!("{names:?}: {found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn ordinary_names() {
        check("a/b.py", Ok("a/b.py"));
        check("a/b/", Ok("a/b"));
        check("größe.py", Ok("größe.py"));
        check("..a/b..", Ok("..a/b.."));
    }

    #[test]
    fn names_that_leave_the_folder() {
        check("/etc/passwd", Err(NameFault::Absolute));
        check("../a", Err(NameFault::Relative));
        check("a/../b", Err(NameFault::Relative));
        check("./a", Err(NameFault::Relative));
        check("a//b", Err(NameFault::Relative));
        check("", Err(NameFault::Relative));
        check("/", Err(NameFault::Absolute));
    }

    #[test]
    fn names_that_mean_more_on_another_system() {
        check("C:/a", Err(NameFault::Colon));
        check("a.py:stream", Err(NameFault::Colon));
        check("a\\..\\b", Err(NameFault::Backslash));
        check("a\0.py", Err(NameFault::Control));
        check(b"\xff", Err(NameFault::NotUtf8));
        check("a".repeat(MAX_NAME_BYTES + 1), Err(NameFault::TooLong));
    }

    #[test]
    fn folders_may_be_named_often() {
        check_paths(&["a/", "a/b", "a/c", "a/"], None);
    }

    #[test]
    fn duplicates() {
        check_paths(&["a", "b", "a"], Some(("a", "a")));
    }

    #[test]
    fn twins_that_differ_in_case() {
        check_paths(&["a/B.py", "a/b.py"], Some(("a/B.py", "a/b.py")));
        check_paths(&["A/x", "a/y"], Some(("A", "a")));
        check_paths(&["ΑΣ", "ας"], None);
    }

    #[test]
    fn a_file_is_no_folder() {
        check_paths(&["a", "a/b"], Some(("a", "a")));
        check_paths(&["a/b", "a"], Some(("a", "a")));
    }

    proptest! {
        #[test]
        fn an_accepted_path_stays_below(name in "[a./\\\\:]{0,12}") {
            if let Ok(path) = checked_path(name.as_bytes()) {
                prop_assert!(Path::new(path).components().all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
