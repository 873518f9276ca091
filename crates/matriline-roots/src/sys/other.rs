//! Systems without `openat2`: every path is walked, and descriptors have no paths.

use crate::{Beneath, FdTarget, Follow};
use std::io;
use std::path::Path;

/// Proof that a folder was there; nothing is kept open.
#[derive(Debug)]
pub(crate) struct Folder;

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        std::fs::read_dir(path).map(|_| Self)
    }

    pub(crate) fn beneath(&self, _: &Path, _: Follow) -> Beneath {
        Beneath::Unknown
    }
}

pub(crate) fn fd_target(_: i32) -> io::Result<FdTarget> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn is_magic_folder(_: &Path) -> bool {
    false
}

pub(crate) fn is_not_a_link(error: &io::Error) -> bool {
    const NOT_A_REPARSE_POINT: i32 = 4390;
    error.kind() == io::ErrorKind::InvalidInput
        || cfg!(windows) && error.raw_os_error() == Some(NOT_A_REPARSE_POINT)
}

/// Folders can be flushed on Unix only; elsewhere the file system keeps its own journal.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
