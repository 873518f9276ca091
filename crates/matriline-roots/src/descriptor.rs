//! Where descriptors point, and relative paths that start from one.

use crate::{RootError, sys};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// What an open descriptor points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FdTarget {
    /// A file, folder or block device, by its present canonical path.
    File(PathBuf),
    /// Something without a path that could be judged: a pipe, a socket, a terminal or other character device, an
    /// object of the kernel, or a file that was removed (its other hard links, if any, are unknown).
    Nameless,
}

/// What descriptor number `fd` of this process points at.
///
/// # Errors
/// [`RootError::Descriptor`] if it isn't open, or the system can't tell (only Linux, with `/proc`, can).
pub fn fd_path(fd: i32) -> Result<FdTarget, RootError> {
    sys::fd_target(fd).map_err(|source| RootError::Descriptor { fd, source })
}

/// Where a relative path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The process's current folder.
    CurrentFolder,
    /// The folder behind a descriptor (`dir_fd`).
    Descriptor(i32),
}

/// The path from the root of the file system on; `..`, links and the like are left for [`crate::resolve`]. An
/// absolute path comes back as it is.
///
/// # Errors
/// [`RootError::Resolve`] if the current folder was removed, [`RootError::Descriptor`] and [`RootError::NotAFolder`]
/// if the descriptor is no folder with a path.
pub fn absolute(path: &Path, start: Start) -> Result<Cow<'_, Path>, RootError> {
    if path.is_absolute() {
        return Ok(Cow::Borrowed(path));
    }
    let mut folder = match start {
        Start::CurrentFolder => {
            std::env::current_dir().map_err(|source| RootError::Resolve { path: path.to_owned(), source })?
        }
        Start::Descriptor(fd) => match fd_path(fd)? {
            FdTarget::File(folder) => folder,
            FdTarget::Nameless => return Err(RootError::NotAFolder { fd }),
        },
    };
    folder.push(path);
    Ok(Cow::Owned(folder))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::os::fd::AsRawFd;

    fn target_of(open: &impl AsRawFd) -> FdTarget {
        fd_path(open.as_raw_fd()).unwrap()
    }

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        (folder, path)
    }

    #[test]
    fn a_file_and_a_folder_have_paths() {
        let (_keep, path) = folder();
        let file = File::create(path.join("a")).unwrap();
        assert_eq!(target_of(&file), FdTarget::File(path.join("a")));
        let opened = File::open(&path).unwrap();
        assert_eq!(target_of(&opened), FdTarget::File(path));
    }

    #[test]
    fn a_renamed_file_has_its_new_path() {
        let (_keep, path) = folder();
        let file = File::create(path.join("a")).unwrap();
        fs::rename(path.join("a"), path.join("b")).unwrap();
        assert_eq!(target_of(&file), FdTarget::File(path.join("b")));
    }

    #[test]
    fn a_removed_file_has_none() {
        let (_keep, path) = folder();
        let file = File::create(path.join("a")).unwrap();
        fs::remove_file(path.join("a")).unwrap();
        assert_eq!(target_of(&file), FdTarget::Nameless);
        fs::write(path.join("a (deleted)"), "another").unwrap();
        assert_eq!(target_of(&file), FdTarget::Nameless);
    }

    #[test]
    fn pipes_and_devices_have_none() {
        let (reader, _writer) = std::io::pipe().unwrap();
        assert_eq!(target_of(&reader), FdTarget::Nameless);
        assert_eq!(target_of(&File::open("/dev/null").unwrap()), FdTarget::Nameless);
    }

    #[test]
    fn a_number_that_is_not_open_is_an_error() {
        for fd in [-1, i32::MAX] {
            assert!(matches!(fd_path(fd), Err(RootError::Descriptor { .. })));
        }
    }

    #[test]
    fn relative_paths_start_where_they_are_told() {
        let (_keep, path) = folder();
        let opened = File::open(&path).unwrap();
        let start = Start::Descriptor(opened.as_raw_fd());
        assert_eq!(absolute(Path::new("a/../b"), start).unwrap(), path.join("a/../b"));
        let here = std::env::current_dir().unwrap();
        assert_eq!(absolute(Path::new("x"), Start::CurrentFolder).unwrap(), here.join("x"));
    }

    #[test]
    fn absolute_paths_have_no_start() {
        let found = absolute(Path::new("/a/../b"), Start::Descriptor(-1)).unwrap();
        assert!(matches!(found, Cow::Borrowed(path) if path == Path::new("/a/../b")));
    }

    #[test]
    fn relative_paths_do_not_start_at_a_pipe() {
        let (reader, _writer) = std::io::pipe().unwrap();
        let found = absolute(Path::new("x"), Start::Descriptor(reader.as_raw_fd()));
        assert!(matches!(found, Err(RootError::NotAFolder { .. })));
    }
}
