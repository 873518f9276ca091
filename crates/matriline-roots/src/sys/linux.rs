//! Linux: `openat2` (5.6) answers for a whole path at once; `/proc/self/fd` knows the paths of descriptors.

use crate::{Beneath, FdTarget, Follow};
use rustix::fs::{
    FileType, Mode, OFlags, PROC_SUPER_MAGIC, ResolveFlags, lstat, open, openat2, stat, statfs,
};
use rustix::io::Errno;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

/// A folder opened for its name only.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self(open(path, flags, Mode::empty())?))
    }

    pub(crate) fn beneath(&self, relative: &Path, follow: Follow) -> Beneath {
        let flags = match follow {
            Follow::Yes => OFlags::PATH | OFlags::CLOEXEC,
            Follow::No => OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW,
        };
        let walk = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match openat2(&self.0, relative, flags, Mode::empty(), walk) {
            Ok(_) => Beneath::Existing,
            // A file where a folder should be: nothing can exist below it.
            Err(Errno::NOENT | Errno::NOTDIR) => Beneath::Missing,
            Err(Errno::LOOP) => Beneath::MeetsLink,
            Err(Errno::XDEV) => Beneath::Leaves,
            Err(_) => Beneath::Unknown,
        }
    }
}

/// `/proc/self/fd/N` is looked at by path, so a number that isn't a descriptor is an error and no more.
pub(crate) fn fd_target(fd: i32) -> io::Result<FdTarget> {
    let link = format!("/proc/self/fd/{fd}");
    let object = stat(&link)?;
    match FileType::from_raw_mode(object.st_mode) {
        FileType::Fifo | FileType::Socket | FileType::CharacterDevice => {
            return Ok(FdTarget::Nameless);
        }
        _ => {}
    }
    let path = std::fs::read_link(&link)?;
    // A removed file shows its old path with ` (deleted)` behind it, which may be the name of another file; kernel
    // objects show a word. Only the same file under that path proves the path.
    let same = path.is_absolute()
        && lstat(&path).is_ok_and(|named| (named.st_dev, named.st_ino) == (object.st_dev, object.st_ino));
    Ok(if same { FdTarget::File(path) } else { FdTarget::Nameless })
}

/// Whether links in this folder stand for objects of the kernel: it belongs to procfs. An unreadable folder counts.
pub(crate) fn is_magic_folder(folder: &Path) -> bool {
    statfs(folder).map_or(true, |system| system.f_type == PROC_SUPER_MAGIC)
}

pub(crate) fn is_not_a_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::INVAL.raw_os_error())
}

/// Makes a rename in this folder survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
