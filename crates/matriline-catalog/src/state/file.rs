//! Reading, locking and setting aside.

use super::StateError;
use crate::PLUGINS_FOLDER;
use matriline_roots::{FileLock, LOCK_WAIT, replace};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

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

/// The bytes of a file; `None` if there is none. Only what may be a file of ours is opened: opening a pipe blocks.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, StateError> {
    match read_file(path, limit) {
        Ok(bytes) if bytes.len() > limit => {
            let reason = format!("it is larger than {limit} bytes");
            Err(StateError::Broken { path: path.to_owned(), reason })
        }
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StateError::Read { path: path.to_owned(), source }),
    }
}

fn read_file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces a file by one that a reader will take.
pub(crate) fn write(path: &Path, text: &str, limit: usize) -> Result<(), StateError> {
    if text.len() > limit {
        return Err(StateError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(replace(path, text.as_bytes())?)
}

/// Gives a file the name `<file>.broken`, or with a number behind it if that is taken. The caller holds the lock.
pub(crate) fn set_aside(path: &Path) -> Result<PathBuf, StateError> {
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
