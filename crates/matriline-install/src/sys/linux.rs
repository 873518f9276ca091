//! Linux: `renameat2` (3.15) lets two names change places, on most file systems of a disk.

use cap_std::fs::{Dir, MetadataExt};
use rustix::fs::{RenameFlags, renameat_with};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::io;

/// Lets two names change places; false if the file system can't do that.
pub(crate) fn exchange(a: (&Dir, &OsStr), b: (&Dir, &OsStr)) -> io::Result<bool> {
    match renameat_with(a.0, a.1, b.0, b.1, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP | Errno::XDEV) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Device and number of an opened folder, which stay when it is renamed.
pub(crate) fn identity(folder: &Dir) -> Option<(u64, u64)> {
    folder.dir_metadata().ok().map(|found| (found.dev(), found.ino()))
}
