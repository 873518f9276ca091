//! Where the standard library is that belongs to the loaded libpython.

use std::ffi::c_void;
use std::path::{Path, PathBuf};

use pyo3::ffi;

use crate::sys;

/// The first folder above the loaded libpython that holds its standard library.
pub(crate) fn find() -> Option<PathBuf> {
    let library = sys::library_path(ffi::Py_InitializeFromConfig as *const c_void)?;
    library.ancestors().skip(1).find(|folder| holds_standard_library(folder)).map(Path::to_path_buf)
}

/// Whether `<home>/lib/python3.X/os.py` exists for the version this build serves.
pub(crate) fn holds_standard_library(home: &Path) -> bool {
    home.join(landmark()).is_file()
}

/// The file by which a home is known, relative to it.
pub(crate) fn landmark() -> PathBuf {
    standard_library().join("os.py")
}

/// The folder of the standard library, relative to its home.
pub(crate) fn standard_library() -> PathBuf {
    let version = format!("python3.{}", crate::interpreter::MINOR);
    match cfg!(windows) {
        true => "Lib".into(),
        false => ["lib", &version].iter().collect(),
    }
}
