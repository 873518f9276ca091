//! Which names are looked at, and the paths they make.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Holds the folders of cloud plugins, one level further down.
pub const SUBSCRIBED_FOLDER: &str = "_subscribed";
/// The file by which an install marks the backups that it makes. A backup without it is never removed.
pub const BACKUP_MARKER: &str = ".matriline_backup";
/// What an install puts between the name of a plugin's folder and the mark of its backup.
const BACKUP: &[u8] = b".backup-";
/// Three groups of four hexadecimal digits.
const MARK_BYTES: usize = 14;

/// True for a folder that is no plugin: hidden, internal, or named as the backup of an install.
pub(crate) fn is_ignored_folder(name: &OsStr) -> bool {
    is_ignored_file(name) || name == SUBSCRIBED_FOLDER || backed_up_len(name).is_some()
}

/// True for a file that is no entry file, whatever its extension: `__init__.py`, `._stamp.py`.
pub(crate) fn is_ignored_file(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    bytes.is_empty() || bytes.starts_with(b".") || bytes.starts_with(b"__")
}

/// How long the part of a backup's name is that names the plugin's folder; `None` for names that an install does
/// not give: `<folder>.backup-01ab-23cd-45ef`.
pub(crate) fn backed_up_len(name: &OsStr) -> Option<usize> {
    let bytes = name.as_encoded_bytes();
    let (head, mark) = bytes.split_at_checked(bytes.len().checked_sub(MARK_BYTES)?)?;
    let folder = head.strip_suffix(BACKUP)?;
    let is_mark = mark.iter().enumerate().all(|(at, byte)| match at {
        4 | 9 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    (is_mark && !folder.is_empty()).then_some(folder.len())
}

/// True for a name that is one folder below another on every system: no separator, no drive, nothing hidden.
pub fn is_safe_folder_name(name: &str) -> bool {
    let is_safe = |letter: char| !letter.is_control() && !"/\\:*?\"<>|".contains(letter);
    !name.is_empty()
        && name.len() <= 255
        && name.chars().all(is_safe)
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
}

/// Without room to spare: a catalog holds many paths.
pub(crate) fn joined(folder: &Path, name: &OsStr) -> PathBuf {
    let mut path = PathBuf::with_capacity(folder.as_os_str().len() + 1 + name.len());
    path.push(folder);
    path.push(name);
    path
}

pub(crate) fn all_joined(folder: &Path, names: Vec<OsString>) -> Vec<PathBuf> {
    names.iter().map(|name| joined(folder, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, folder: bool, file: bool) {
        assert_eq!(is_ignored_folder(OsStr::new(name)), folder, "folder {name}");
        assert_eq!(is_ignored_file(OsStr::new(name)), file, "file {name}");
    }

    #[test]
    fn plugins() {
        check("stamp", false, false);
        check("_stamp", false, false);
        check("stamp.py", false, false);
        check("_subscribed_too", false, false);
        check("backup-tool", false, false);
    }

    #[test]
    fn hidden_and_internal_names() {
        check(".git", true, true);
        check("__pycache__", true, true);
        check("__init__.py", true, true);
    }

    #[test]
    fn folders_alone() {
        check("_subscribed", true, false);
        check("stamp.backup-01ab-23cd-45ef", true, false);
    }

    #[test]
    fn a_name_that_only_resembles_a_backups_is_a_plugins() {
        check("stamp.backup-monday", false, false);
        check("stamp.backup-01ab-23cd-45ef-2", false, false);
    }

    fn check_backup(name: &str, folder: Option<&str>) {
        assert_eq!(backed_up_len(OsStr::new(name)), folder.map(str::len), "{name}");
    }

    #[test]
    fn backups_are_those_with_the_mark_of_an_install() {
        check_backup("stamp.py.backup-01ab-23CD-45ef", Some("stamp.py"));
        check_backup(
            "stamp.backup-01ab-23cd-45ef.backup-0000-0000-0000",
            Some("stamp.backup-01ab-23cd-45ef"),
        );
        check_backup("stamp.backup-monday", None);
        check_backup("stamp.backup-01ab-23cd-45eg", None);
        check_backup("stamp.backup-01ab-23cd-45ef-2", None);
        check_backup(".backup-01ab-23cd-45ef", None);
        check_backup("é", None);
    }

    fn check_user(name: &str, expected: bool) {
        assert_eq!(is_safe_folder_name(name), expected, "{name:?}");
    }

    #[test]
    fn users_that_are_one_folder() {
        check_user("4f0c-user", true);
        check_user("jörg@example.org", true);
        check_user("a b", true);
    }

    #[test]
    fn users_that_are_none() {
        for name in ["", ".", "..", "a/b", "a\\b", "C:", ".hidden", "a\0", "a\n", "a.", "a "] {
            check_user(name, false);
        }
        check_user(&"a".repeat(256), false);
    }
}
