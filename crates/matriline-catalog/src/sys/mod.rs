//! What differs between systems: folders that are opened, listed and asked about the files beneath them.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::Folder;

// on Linux it is built for its tests alone
#[cfg(any(test, not(target_os = "linux")))]
mod other;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::Folder;

use crate::stamp::Stamp;
use std::mem::MaybeUninit;

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Folder,
    File,
    /// A symbolic link, to whatever.
    Link,
    Other,
}

/// What the file system says about a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) kind: Kind,
    pub(crate) stamp: Stamp,
}

/// Memory that listing a folder needs; one for each thread, used again for every folder.
pub(crate) struct ListBuffer(Box<[MaybeUninit<u8>]>);

impl ListBuffer {
    /// Room for a few hundred names at a time.
    const BYTES: usize = 32 << 10;

    pub(crate) fn new() -> Self {
        Self(Box::new_uninit_slice(Self::BYTES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::{OsStr, OsString};
    use std::fs;
    use std::io::{self, ErrorKind};
    use std::path::Path;

    fn tree() -> tempfile::TempDir {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join("folder/inner")).unwrap();
        fs::write(tree.path().join("folder/file"), "text").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("gone", tree.path().join("folder/dangling")).unwrap();
            std::os::unix::fs::symlink("file", tree.path().join("folder/link")).unwrap();
        }
        tree
    }

    macro_rules! the_same_for {
        ($($system:ident),*) => {$(
            mod $system {
                use super::*;
                use super::super::$system::{Folder, status_of};

                fn names(folder: &Folder) -> Vec<(OsString, Kind)> {
                    let mut names = Vec::new();
                    let mut add = |name: &OsStr, kind| names.push((name.to_owned(), kind));
                    folder.list(&mut ListBuffer::new(), &mut add).unwrap();
                    names.sort_by(|a, b| a.0.cmp(&b.0));
                    names
                }

                fn kind_of_error<T>(result: io::Result<T>) -> Option<ErrorKind> {
                    result.err().map(|error| error.kind())
                }

                #[test]
                fn a_folder_and_what_is_in_it() {
                    let tree = tree();
                    let folder = Folder::open(tree.path()).unwrap();
                    assert_eq!(names(&folder), [("folder".into(), Kind::Folder)]);
                    let inner = folder.open_folder(OsStr::new("folder")).unwrap();
                    let names = names(&inner);
                    assert!(names.contains(&("file".into(), Kind::File)));
                    assert!(names.contains(&("inner".into(), Kind::Folder)));
                    assert_eq!(inner.stamp().unwrap(), folder.status(Path::new("folder")).unwrap().stamp);
                    let (file, status) = inner.open_file(OsStr::new("file")).unwrap();
                    assert_eq!((status.kind, status.stamp.size), (Kind::File, 4));
                    assert_eq!(status_of(&file).unwrap(), folder.status(Path::new("folder/file")).unwrap());
                }

                #[test]
                fn what_is_not_there() {
                    let tree = tree();
                    let folder = Folder::open(tree.path()).unwrap();
                    assert_eq!(kind_of_error(Folder::open(&tree.path().join("x"))), Some(ErrorKind::NotFound));
                    assert_eq!(kind_of_error(folder.open_folder(OsStr::new("x"))), Some(ErrorKind::NotFound));
                    assert_eq!(kind_of_error(folder.open_file(OsStr::new("x"))), Some(ErrorKind::NotFound));
                    assert_eq!(kind_of_error(folder.status(Path::new("x/y"))), Some(ErrorKind::NotFound));
                    let file = OsStr::new("file");
                    let inner = folder.open_folder(OsStr::new("folder")).unwrap();
                    assert_eq!(kind_of_error(inner.open_folder(file)), Some(ErrorKind::NotADirectory));
                }

                #[cfg(unix)]
                #[test]
                fn links_are_followed_when_asked_about_only() {
                    let tree = tree();
                    let folder = Folder::open(&tree.path().join("folder")).unwrap();
                    let names = names(&folder);
                    assert!(names.contains(&("link".into(), Kind::Link)));
                    assert!(names.contains(&("dangling".into(), Kind::Link)));
                    assert_eq!(folder.status(Path::new("link")).unwrap().kind, Kind::File);
                    assert_eq!(kind_of_error(folder.status(Path::new("dangling"))), Some(ErrorKind::NotFound));
                }
            }
        )*};
    }

    the_same_for!(other);
    #[cfg(target_os = "linux")]
    the_same_for!(linux);
}
