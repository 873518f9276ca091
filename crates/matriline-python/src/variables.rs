//! What a thread carries from one piece of Python code to the next: context variables, trace and profile functions.
//!
//! A thread of the application keeps its state, so that without care the decimal precision or the profiler of one
//! plugin would be there for the next one.

use pyo3::ffi;
use pyo3::ffi::PyObject;

/// A plugin's context (PEP 567) is current until this goes.
pub(crate) struct Variables(*mut PyObject);

impl Variables {
    /// Enters the plugin's context, or a copy of it when it is entered already, on this thread or another.
    ///
    /// # Safety
    /// The GIL is held, also when the answer is dropped; `own` is a context that lives for as long, or null.
    #[inline]
    pub(crate) unsafe fn enter(own: *mut PyObject) -> Self {
        if own.is_null() {
            return Self(own);
        }
        // SAFETY: as promised by the caller.
        unsafe {
            if ffi::PyContext_Enter(own) == 0 {
                return Self(ffi::Py_NewRef(own));
            }
            ffi::PyErr_Clear();
            let copy = ffi::PyContext_Copy(own);
            if copy.is_null() || ffi::PyContext_Enter(copy) != 0 {
                ffi::PyErr_Clear();
                ffi::Py_XDECREF(copy);
                return Self(std::ptr::null_mut());
            }
            Self(copy)
        }
    }
}

impl Drop for Variables {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_null() {
            return;
        }
        // SAFETY: entered by `enter` on this thread; the GIL is held, as promised there.
        unsafe {
            if ffi::PyContext_Exit(self.0) != 0 {
                ffi::PyErr_Clear();
            }
            ffi::Py_DECREF(self.0);
        }
    }
}

/// Takes away the trace and profile functions that a plugin left on this thread. Needs the GIL.
#[cold]
pub(crate) fn clear_trace() {
    // SAFETY: called at the end of a plugin's scope, under the GIL.
    unsafe {
        ffi::PyEval_SetTrace(None, std::ptr::null_mut());
        ffi::PyEval_SetProfile(None, std::ptr::null_mut());
    }
}
