//! Reading, locking and setting aside.

use super::StateError;
use crate::PLUGINS_FOLDER;
use matriline_roots::{FileLock, LOCK_WAIT, open_regular, prepare, remove_leftovers};
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file in the folder of all plugins that is locked by whoever changes something there.
pub const LOCK_FILE: &str = ".lock";

/// Keeps every other program, and every other thread of this one, from changing the plugins of a data folder and
/// what is remembered about them, until the value is dropped. Makes the folder of all plugins if it is missing.
///
/// Waits at most [`LOCK_WAIT`]. A thread that has the lock already waits for itself, in vain: the functions of this
/// crate that write take it on their own.
///
/// # Errors
/// [`StateError::Folder`], and [`StateError::Root`] if another holder doesn't let go.
pub fn lock_data_folder(data_dir: &Path) -> Result<FileLock, StateError> {
    let folder = data_dir.join(PLUGINS_FOLDER);
    match fs::create_dir_all(&folder) {
        Ok(()) => Ok(FileLock::acquire(&folder.join(LOCK_FILE), LOCK_WAIT)?),
        Err(source) => Err(StateError::Folder { path: folder, source }),
    }
}

/// The bytes of a file; `None` if there is none.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, StateError> {
    match read_file(path, limit) {
        Ok(bytes) if bytes.len() > limit => Err(StateError::Oversized { path: path.to_owned(), limit }),
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StateError::Read { path: path.to_owned(), source }),
    }
}

fn read_file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What would help where a file can't be read.
pub(crate) fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::PermissionDenied => "check its permissions",
        ErrorKind::InvalidInput => "put a regular file in its place",
        ErrorKind::NotFound => "if it is a link, point it to a file",
        _ => "check the disk and the file",
    }
}

/// What happens to the file that a new one replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Old {
    /// The new file holds all that is worth keeping of it.
    Replace,
    /// It can't be understood, and gets another name.
    SetAside,
}

/// Replaces a file by one that a reader will take; the answer is where the old one lies if it was set aside. The
/// caller holds the lock.
///
/// The new file is whole and on the disk before the old one is touched, so a failure leaves that under one of its names.
pub(crate) fn write(path: &Path, text: &str, limit: usize, old: Old) -> Result<Option<PathBuf>, StateError> {
    if text.len() > limit {
        return Err(StateError::TooLarge { path: path.to_owned(), limit });
    }
    remove_leftovers(path, LEFTOVER_AGE);
    let prepared = prepare(path, text.as_bytes())?;
    if old == Old::Replace {
        prepared.commit()?;
        return Ok(None);
    }
    let aside = set_aside(path)?;
    prepared.commit().inspect_err(|_| put_back(&aside, path))?;
    Ok(Some(aside))
}

/// How old a file must be that a broken-off replacement has left, to be sure that none is at work.
const LEFTOVER_AGE: Duration = Duration::from_secs(60);

/// Gives a file the name `<file>.broken`, or with a number behind it if that is taken.
fn set_aside(path: &Path) -> Result<PathBuf, StateError> {
    let mut base = OsString::from(path);
    base.push(".broken");
    let mut aside = PathBuf::from(&base);
    let mut number = 1;
    while fs::symlink_metadata(&aside).is_ok() {
        let mut name = base.clone();
        name.push(format!(".{number}"));
        aside = name.into();
        number += 1;
    }
    match fs::rename(path, &aside) {
        Ok(()) => Ok(aside),
        Err(source) => Err(StateError::SetAside { path: path.to_owned(), source }),
    }
}

/// Unless the new file is in place and only its flush has failed.
fn put_back(aside: &Path, path: &Path) {
    if fs::symlink_metadata(path).is_err() {
        // otherwise it stays where it was set aside, beside its place
        let _ = fs::rename(aside, path);
    }
}
