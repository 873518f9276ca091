//! The standard library: where it lies, and whether a frame is its.

use std::path::{Path, PathBuf};

use once_cell::sync::OnceCell;

use crate::identity::is_written_below;

/// Its folder, as Python was given it and as it canonically is.
static FOLDERS: OnceCell<[PathBuf; 2]> = OnceCell::new();

/// Says where the standard library is: `<home>/lib/python3.X`.
pub(crate) fn set_standard_library(folder: PathBuf) {
    let canonical = folder.canonicalize().unwrap_or_else(|_| folder.clone());
    // Python is started once.
    let _ = FOLDERS.set([folder, canonical]);
}

/// Its canonical folder.
pub(super) fn folder() -> Option<&'static Path> {
    FOLDERS.get().map(|[_, canonical]| canonical.as_path())
}

/// Whether a file is the standard library's.
pub(super) fn holds(file: &Path) -> bool {
    FOLDERS.get().is_some_and(|folders| folders.iter().any(|folder| file.starts_with(folder)))
}

/// The same of a path's bytes, as it is written.
#[inline]
pub(crate) fn is_standard_library(path: &[u8]) -> bool {
    FOLDERS.get().is_some_and(|folders| folders.iter().any(|folder| is_written_below(path, folder)))
}

/// Whether a code object's file is the standard library's; modules that are frozen into the interpreter have no file.
pub(super) fn is_standard(file: &[u8]) -> bool {
    is_frozen(file) || holds(&crate::sys::path_of(file))
}

/// Whether it is one of the modules that import others.
pub(super) fn is_importer(file: &[u8]) -> bool {
    file.starts_with(b"<frozen importlib")
}

/// Whether a module is frozen into the interpreter.
pub(super) fn is_frozen(file: &[u8]) -> bool {
    file.starts_with(b"<frozen ")
}
