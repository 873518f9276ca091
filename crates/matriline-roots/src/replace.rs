//! Files that are replaced whole.

use crate::{RootError, sys};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
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
    prepare(path, bytes)?.commit()
}

/// The first half of [`replace()`]: the new file is whole and on the disk, beside the old one, which is still in place.
/// What takes the room or the permission of the new file fails here, before anything is done to the old one.
///
/// # Errors
/// [`RootError::Replace`]; nothing is left beside the old file.
pub fn prepare(path: &Path, bytes: &[u8]) -> Result<Prepared, RootError> {
    match write_beside(path, bytes) {
        Ok(beside) => Ok(Prepared { beside, path: path.to_owned() }),
        Err(source) => Err(RootError::Replace { path: path.to_owned(), source }),
    }
}

/// A file that is written and not in its place yet; dropped, it is removed.
#[derive(Debug)]
pub struct Prepared {
    beside: NamedTempFile,
    path: PathBuf,
}

impl Prepared {
    /// Puts the new file in its place, whether or not the old one is still there.
    ///
    /// # Errors
    /// [`RootError::Replace`]; nothing is then in the place that wasn't there, unless only the last flush failed.
    pub fn commit(self) -> Result<(), RootError> {
        let Self { beside, path } = self;
        let renamed = beside.persist(&path).map_err(|error| error.error);
        let flushed = renamed.and_then(|_| match sys::sync_folder(folder_of(&path)) {
            Err(error) if is_unsupported(&error) => Ok(()),
            flushed => flushed,
        });
        flushed.map_err(|source| RootError::Replace { path, source })
    }
}

/// Removes what a [`replace()`] of this file has left beside it when its process was killed: files of its form that
/// are older than `age`. The caller holds a lock that keeps others from replacing the file.
pub fn remove_leftovers(path: &Path, age: Duration) {
    let (Ok(entries), Some(name)) = (fs::read_dir(folder_of(path)), path.file_name()) else { return };
    let is_leftover = |entry: &fs::DirEntry| {
        let file = entry.file_name();
        let middle = file.as_encoded_bytes().strip_prefix(name.as_encoded_bytes());
        let middle = middle.and_then(|rest| rest.strip_prefix(b".")?.strip_suffix(END.as_bytes()));
        middle.is_some_and(|random| random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric))
            && is_old_file(entry, age)
    };
    for entry in entries.flatten().filter(is_leftover) {
        // one that can't be removed is in nobody's way
        let _ = fs::remove_file(entry.path());
    }
}

/// What follows the name of a file and the letters that make the name of its successor unique.
const END: &str = ".tmp";
/// How many of these letters there are.
const RANDOM: usize = 6;

fn is_old_file(entry: &fs::DirEntry, age: Duration) -> bool {
    let Ok(found) = entry.metadata() else { return false };
    let old = found.modified().is_ok_and(|time| time.elapsed().is_ok_and(|passed| passed >= age));
    found.is_file() && old
}

/// Some file systems, shared and stacked ones above all, have no flush of a folder.
fn is_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let Some(name) = path.file_name() else { return Err(io::ErrorKind::InvalidInput.into()) };
    let mut beside = create_beside(folder_of(path), name)?;
    beside.write_all(bytes)?;
    if let Ok(old) = fs::symlink_metadata(path)
        && old.is_file()
    {
        beside.as_file().set_permissions(old.permissions())?;
    }
    beside.as_file().sync_all()?;
    Ok(beside)
}

fn create_beside(folder: &Path, name: &OsStr) -> io::Result<NamedTempFile> {
    let mut prefix = OsString::from(name);
    prefix.push(".");
    let mut beside = tempfile::Builder::new();
    beside.prefix(&prefix).rand_bytes(RANDOM).suffix(END);
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

    #[test]
    fn what_is_prepared_changes_nothing_until_it_is_committed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        fs::write(&path, "old").unwrap();
        drop(prepare(&path, b"new").unwrap());
        assert_eq!(names(folder.path()), ["state.json"]);
        let prepared = prepare(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        fs::rename(&path, folder.path().join("aside")).unwrap();
        prepared.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["aside", "state.json"]);
    }

    #[test]
    fn leftovers_are_files_of_the_form() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let beside = prepare(&path, b"").unwrap();
        let (_, left) = beside.beside.keep().unwrap();
        let others = ["other.aB3dE6.tmp", "state.json", "state.json.aB3d.6.tmp", "state.json.aB3dE.tmp"];
        others.iter().for_each(|name| fs::write(folder.path().join(name), "").unwrap());
        remove_leftovers(&path, Duration::from_secs(60));
        assert!(left.exists(), "it is young");
        remove_leftovers(&path, Duration::ZERO);
        assert_eq!(names(folder.path()), others);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_cannot_be_flushed_is_no_failure() {
        use rustix::io::Errno;
        for errno in [Errno::INVAL, Errno::NOTSUP, Errno::OPNOTSUPP] {
            assert!(is_unsupported(&errno.into()), "{errno}");
        }
        assert!(!is_unsupported(&Errno::IO.into()));
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
