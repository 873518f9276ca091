//! Files that are replaced whole.

use crate::{RootError, sys};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Puts `bytes` where `path` is, so that a reader, a crash or a power cut finds the old file or the new one and
/// never a part: written beside, flushed, renamed, the folder flushed.
///
/// A file that is there keeps its permissions; a symbolic link that is there is replaced, not written through. The
/// file beside begins with the name of the file, so rules about that name hold for it too.
///
/// # Errors
/// [`RootError::Replace`]; the old file is then untouched and nothing is left beside it, unless only the last flush
/// failed.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), RootError> {
    write_beside(path, bytes).map_err(|source| RootError::Replace { path: path.to_owned(), source })
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let mut beside = create_beside(folder, name)?;
    beside.write_all(bytes)?;
    if let Ok(old) = fs::symlink_metadata(path)
        && old.is_file()
    {
        beside.as_file().set_permissions(old.permissions())?;
    }
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    sys::sync_folder(folder)
}

fn create_beside(folder: &Path, name: &OsStr) -> io::Result<NamedTempFile> {
    let mut prefix = OsString::from(name);
    prefix.push(".");
    let mut beside = tempfile::Builder::new();
    beside.prefix(&prefix).suffix(".tmp");
    // Temporary files are private unless told otherwise; this one becomes an ordinary file (less the umask).
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    beside.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_is_written_and_nothing_left_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        replace(&path, b"{}").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{}");
        assert_eq!(names(folder.path()), ["state.json"]);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let failed = replace(&folder.path().join("none/state.json"), b"{}");
        assert!(matches!(failed, Err(RootError::Replace { .. })));
    }

    #[test]
    fn a_failed_replacement_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        fs::create_dir(&path).unwrap();
        assert!(replace(&path, b"{}").is_err());
        assert_eq!(names(folder.path()), ["state"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        for mode in [0o600, 0o666] {
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            replace(&path, b"new").unwrap();
            let found = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!((found, fs::read(&path).unwrap()), (mode, b"new".to_vec()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let (outside, path) = (folder.path().join("outside"), folder.path().join("state"));
        fs::write(&outside, "kept").unwrap();
        std::os::unix::fs::symlink(&outside, &path).unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&outside).unwrap(), b"kept");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }
}
