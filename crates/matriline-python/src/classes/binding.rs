//! Functions of Rust as methods.

use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::PyCFunction;

unsafe extern "C" {
    /// Part of the C API since 3.0: a callable that binds as a function of Python does.
    fn PyInstanceMethod_New(function: *mut PyObject) -> *mut PyObject;
}

/// The function as a method of the class it is put into: called on an object, it gets that as its first argument.
/// Without this a function of Rust gets what stands between the brackets alone.
///
/// # Errors
/// Only when memory is short.
pub fn binding<'py>(function: &Bound<'py, PyCFunction>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the function is alive and the GIL is held; the answer is a new reference or null with an exception.
    unsafe { Bound::from_owned_ptr_or_err(function.py(), PyInstanceMethod_New(function.as_ptr())) }
}
