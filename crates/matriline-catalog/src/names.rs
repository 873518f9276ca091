//! Which names in a plugin folder are looked at.

use std::ffi::OsStr;

/// Holds the folders of cloud plugins, one level further down.
const SUBSCRIBED: &[u8] = b"_subscribed";
/// What an install puts between the name of a plugin's folder and the mark of its backup.
const BACKUP: &[u8] = b".backup-";

/// True for a folder that is no plugin: hidden, internal, or a backup that an install has left behind.
pub(crate) fn is_ignored_folder(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    is_ignored_file(name) || bytes == SUBSCRIBED || bytes.windows(BACKUP.len()).any(|part| part == BACKUP)
}

/// True for a file that is no entry file, whatever its extension: `__init__.py`, `._stamp.py`.
pub(crate) fn is_ignored_file(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    bytes.is_empty() || bytes.starts_with(b".") || bytes.starts_with(b"__")
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
}
