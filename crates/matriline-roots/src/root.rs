//! Folders that are opened once and asked about many times.

use crate::{RootError, sys};
use once_cell::sync::OnceCell;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// What a symbolic link at the end of a path means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// The file that it points at.
    Yes,
    /// The link itself.
    No,
}

/// What the kernel says about a relative path beneath a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beneath {
    /// It exists, and no symbolic link was met on the way.
    Existing,
    /// It, or a folder on the way, doesn't exist; no symbolic link was met up to there.
    Missing,
    /// A symbolic link was met.
    MeetsLink,
    /// It leads out of the folder.
    Leaves,
    /// The kernel can't say (older than 5.6, forbidden, busy, no permission): the path must be walked.
    Unknown,
}

/// An opened folder. It stays the same folder when its path is given to another one meanwhile.
///
/// Threads: any, at the same time.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    folder: sys::Folder,
}

impl Root {
    /// Opens a folder.
    ///
    /// # Errors
    /// [`RootError::Open`] if it doesn't exist or isn't a folder.
    pub fn open(path: &Path) -> Result<Self, RootError> {
        let opened = path.canonicalize().and_then(|path| {
            let folder = sys::Folder::open(&path)?;
            Ok(Self { path, folder })
        });
        opened.map_err(|source| RootError::Open { path: path.to_owned(), source })
    }

    /// The folder's canonical path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Asks the kernel about a path beneath this folder, with one `openat2` that opens nothing but the name.
    ///
    /// [`Beneath::Existing`], and [`Beneath::Missing`] for a path without `..`, mean that `relative` below
    /// [`Root::path`] is canonical once `.`, `..` and doubled separators are removed. Short paths (below 256 bytes)
    /// allocate nothing.
    pub fn beneath(&self, relative: &Path, follow: Follow) -> Beneath {
        self.folder.beneath(relative, follow)
    }

    /// What follows this folder's canonical path in `path`, if it begins with that.
    pub(crate) fn relative<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        path.strip_prefix(&self.path).ok()
    }
}

/// The folder of a file, opened when it is first needed: most calls of a plugin never write, and pay nothing.
///
/// Threads: any, at the same time; the folder is opened once. A failure isn't kept, the next use tries again.
#[derive(Debug)]
pub struct LazyRoot<'a> {
    file: Cow<'a, Path>,
    root: OnceCell<Root>,
}

impl<'a> LazyRoot<'a> {
    /// The folder that `file` lies in, yet to be opened. The file itself need not exist. A relative path starts from
    /// the process's folder of this moment, wherever that is when the folder is opened.
    #[inline]
    pub fn of_file(file: &'a Path) -> Self {
        // Every call of a plugin comes by here: a leading separator is quicker to see than `is_absolute`.
        let rooted = cfg!(unix) && file.as_os_str().as_encoded_bytes().first() == Some(&b'/');
        let file = match rooted || file.is_absolute() {
            true => Cow::Borrowed(file),
            false => std::path::absolute(file).map_or(Cow::Borrowed(file), Cow::Owned),
        };
        Self { file, root: OnceCell::new() }
    }

    /// The opened folder.
    ///
    /// # Errors
    /// [`RootError::Open`], as [`Root::open`].
    pub fn get(&self) -> Result<&Root, RootError> {
        self.root.get_or_try_init(|| Root::open(self.file.parent().unwrap_or(Path::new(""))))
    }
}
