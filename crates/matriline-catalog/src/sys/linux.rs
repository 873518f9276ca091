//! Linux: everything beneath a folder is asked of its descriptor, so that no path is walked from its beginning.

use super::{Kind, ListBuffer, Status};
use crate::stamp::Stamp;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, Stat, fstat, openat, statat};
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// An opened folder.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// Without `NONBLOCK` a pipe that somebody puts in the place of a file would stop the scan.
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(openat(CWD, path, FOLDER, Mode::empty())?))
    }

    /// Follows a link, as do all that take a name.
    pub(crate) fn open_folder(&self, name: &OsStr) -> io::Result<Self> {
        Ok(Self(openat(&self.0, name, FOLDER, Mode::empty())?))
    }

    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<(File, Status)> {
        let file = File::from(openat(&self.0, name, FILE, Mode::empty())?);
        let status = status_of(&file)?;
        Ok((file, status))
    }

    /// Each name of the folder, in no order. Call it once: the descriptor remembers how far it was read.
    pub(crate) fn list(&self, buffer: &mut ListBuffer, each: &mut dyn FnMut(&OsStr, Kind)) -> io::Result<()> {
        let mut names = RawDir::new(&self.0, &mut buffer.0);
        while let Some(entry) = names.next() {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                // some file systems do not tell
                FileType::Unknown => match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
                    Ok(found) => kind(FileType::from_raw_mode(found.st_mode)),
                    Err(_) => continue,
                },
                known => kind(known),
            };
            each(name, kind);
        }
        Ok(())
    }

    /// What is at a relative path.
    pub(crate) fn status(&self, path: &Path) -> io::Result<Status> {
        Ok(status(&statat(&self.0, path, AtFlags::empty())?))
    }

    pub(crate) fn stamp(&self) -> io::Result<Stamp> {
        Ok(status(&fstat(&self.0)?).stamp)
    }
}

pub(crate) fn status_of(file: &File) -> io::Result<Status> {
    Ok(status(&fstat(file)?))
}

fn kind(kind: FileType) -> Kind {
    match kind {
        FileType::Directory => Kind::Folder,
        FileType::RegularFile => Kind::File,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

#[allow(clippy::unnecessary_cast, reason = "the types of these fields differ between machines")]
fn status(found: &Stat) -> Status {
    let nanoseconds = |seconds: i64, part: i64| seconds.wrapping_mul(1_000_000_000).wrapping_add(part);
    let stamp = Stamp {
        device: found.st_dev as u64,
        inode: found.st_ino as u64,
        size: found.st_size as u64,
        modified: nanoseconds(found.st_mtime as i64, found.st_mtime_nsec as i64),
        changed: nanoseconds(found.st_ctime as i64, found.st_ctime_nsec as i64),
    };
    Status { kind: kind(FileType::from_raw_mode(found.st_mode)), stamp }
}
