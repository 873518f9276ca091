//! What the Python frames of this thread say: whose code runs, and within which function of a library.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use pyo3::ffi;
use pyo3::prelude::*;

use super::{library, targets};
use crate::attach::FORKED;
use crate::identity::{self, Identity};
use crate::sys;

/// The frames of this thread that are not above the application's own, the innermost first, with their files.
fn walk<'py>(py: Python<'py>, mut look: impl FnMut(&Bound<'py, PyAny>, &[u8]) -> bool) {
    // SAFETY: the GIL is held; frames and code objects are new references, as their functions say, but for the first
    // frame, which is borrowed.
    unsafe {
        let first = ffi::PyEval_GetFrame();
        let mut frame: Option<Bound<'_, PyAny>> = Bound::from_borrowed_ptr_or_opt(py, first.cast());
        let end = identity::host_above();
        while let Some(current) = frame.filter(|frame| frame.as_ptr() != end.cast()) {
            let code = Bound::from_owned_ptr_or_opt(py, ffi::PyFrame_GetCode(current.as_ptr().cast()).cast());
            let file = code.and_then(|code: Bound<'_, PyAny>| code.getattr("co_filename").ok());
            let file = file.and_then(|file| targets::path_bytes(&file)).unwrap_or_default();
            if !look(&current, &file) {
                return;
            }
            frame = Bound::from_owned_ptr_or_opt(py, ffi::PyFrame_GetBack(current.as_ptr().cast()).cast());
        }
    }
}

/// The plugin whose code is nearest on this thread's Python stack.
pub(crate) fn plugin_on_stack(py: Python<'_>) -> Option<Arc<Identity>> {
    if FORKED.load(Ordering::Acquire) {
        return None;
    }
    let mut found = None;
    walk(py, |_, file| {
        found = Identity::of_code(&sys::path_of(file));
        found.is_none()
    });
    found
}

/// The frames of libraries that run now, down to the code that called the outermost of them.
#[derive(Debug, Default)]
pub(super) struct LibraryRun<'py> {
    /// The innermost first.
    pub(super) frames: Vec<Bound<'py, PyAny>>,
    /// Whether it is the standard library that runs while it is imported, and nobody else.
    pub(super) is_import: bool,
    /// Whether the innermost of them belongs to `socket`, which passes a look-up on for somebody.
    looks_up: bool,
}

impl<'py> LibraryRun<'py> {
    /// Looks at the frames above the nearest code that is neither of the standard library nor of the plugin's packages.
    pub(super) fn now(py: Python<'py>, identity: Option<&Identity>) -> Self {
        let mut run = Self::default();
        let mut only_standard = true;
        walk(py, |frame, file| {
            let is_standard = library::is_standard(file);
            let of_package = || {
                let libraries = identity.into_iter().flat_map(|identity| identity.standing().libraries());
                let path = sys::path_of(file);
                libraries.into_iter().any(|folder| path.starts_with(folder))
            };
            if !is_standard && !of_package() {
                return false;
            }
            if run.frames.is_empty() {
                run.looks_up = file.ends_with(b"socket.py");
                only_standard = is_standard && !library::is_frozen(file);
            }
            run.is_import |= only_standard && library::is_importer(file);
            only_standard &= is_standard;
            run.frames.push(frame.clone());
            true
        });
        run
    }

    /// The function that does what is being decided: the innermost, or whoever has a host looked up.
    pub(super) fn function(&self) -> Option<&Bound<'py, PyAny>> {
        let caller = if self.looks_up { self.frames.get(1) } else { None };
        caller.or(self.frames.first())
    }
}
