//! Systems without an own file here: what cannot be found out is left to the application.

use std::ffi::c_void;
use std::path::{Path, PathBuf};

/// Whether this thread is the one that `main` runs on: taken on trust.
pub(crate) fn is_main_thread() -> bool {
    true
}

/// The file that holds the code at `address`: unknown, so that the application gives the home.
pub(crate) fn library_path(_address: *const c_void) -> Option<PathBuf> {
    None
}

/// Whether a process is a child of this one: unknown, so that it needs a grant.
pub(crate) fn is_child(_process: i32) -> bool {
    false
}

/// Has `handler` called in the child of every fork: such systems do not fork.
pub(crate) fn on_fork_in_child(_handler: extern "C" fn()) {}

/// Runs `body`; that it may change what an interrupt does is left to the application.
pub(crate) fn with_interrupts_kept<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// The version of the system that wheels' tags count by: unknown, so that it is not compared.
pub fn system_version() -> Option<(u32, u32)> {
    None
}

/// Whether the file at an absolute path can be run as a program, as far as can be told.
pub(crate) fn can_be_run(path: &Path) -> bool {
    path.is_absolute() && path.is_file()
}
