//! Systems other than Linux: the standard library, by path.

use super::{Kind, ListBuffer, Status};
use crate::stamp::Stamp;
use std::ffi::OsStr;
use std::fs::{self, File, FileType, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A folder, by its path.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        match fs::metadata(path)?.is_dir() {
            true => Ok(Self(path.to_owned())),
            false => Err(ErrorKind::NotADirectory.into()),
        }
    }

    /// Follows a link, as do all that take a name.
    pub(crate) fn open_folder(&self, name: &OsStr) -> io::Result<Self> {
        Self::open(&self.0.join(name))
    }

    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<(File, Status)> {
        let file = File::open(self.0.join(name))?;
        let status = status_of(&file)?;
        Ok((file, status))
    }

    /// Each name of the folder, in no order.
    pub(crate) fn list(&self, _: &mut ListBuffer, each: &mut dyn FnMut(&OsStr, Kind)) -> io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if let Ok(found) = entry.file_type() {
                each(&entry.file_name(), kind(found));
            }
        }
        Ok(())
    }

    /// What is at a relative path.
    pub(crate) fn status(&self, path: &Path) -> io::Result<Status> {
        Ok(status(&fs::metadata(self.0.join(path))?))
    }

    pub(crate) fn stamp(&self) -> io::Result<Stamp> {
        Ok(status(&fs::metadata(&self.0)?).stamp)
    }
}

pub(crate) fn status_of(file: &File) -> io::Result<Status> {
    Ok(status(&file.metadata()?))
}

fn kind(kind: FileType) -> Kind {
    match () {
        () if kind.is_dir() => Kind::Folder,
        () if kind.is_file() => Kind::File,
        () if kind.is_symlink() => Kind::Link,
        () => Kind::Other,
    }
}

#[cfg(unix)]
fn status(found: &Metadata) -> Status {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |seconds: i64, part: i64| seconds.wrapping_mul(1_000_000_000).wrapping_add(part);
    let stamp = Stamp {
        device: found.dev(),
        inode: found.ino(),
        size: found.size(),
        modified: nanoseconds(found.mtime(), found.mtime_nsec()),
        changed: nanoseconds(found.ctime(), found.ctime_nsec()),
    };
    Status { kind: kind(found.file_type()), stamp }
}

/// Without a number of the file and without the time of its last change of any kind, an edit is missed if it keeps
/// the size and puts the time of writing back.
#[cfg(not(unix))]
fn status(found: &Metadata) -> Status {
    use crate::stamp::nanoseconds;
    let modified = found.modified().map(nanoseconds).unwrap_or(i64::MAX);
    let changed = found.created().map(nanoseconds).unwrap_or_default();
    let stamp = Stamp { device: 0, inode: 0, size: found.len(), modified, changed };
    Status { kind: kind(found.file_type()), stamp }
}
