//! What is imported already, without an import.
//!
//! An import goes through the import function of the process, which looks at who asks, and through locks: for a module
//! that is there it costs microseconds, of which a load would do twenty.

use std::ffi::CStr;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Every module by its name, also where a plugin replaced `sys.modules`.
pub fn modules(py: Python<'_>) -> Bound<'_, PyDict> {
    // SAFETY: the GIL is held; the dictionary is borrowed from the interpreter, which has it as long as it runs.
    let modules = unsafe { Bound::from_borrowed_ptr(py, ffi::PyImport_GetModuleDict()) };
    // SAFETY: CPython makes a dictionary of it, and uses it as one itself.
    unsafe { modules.cast_into_unchecked() }
}

/// The module of that name; it is imported if it is not there.
///
/// # Errors
/// What the import raises.
pub fn module<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    match modules(py).get_item(name)? {
        Some(module) => Ok(module),
        None => Ok(py.import(name)?.into_any()),
    }
}

/// The object of that name in `sys`.
///
/// # Errors
/// When somebody deleted it.
pub(crate) fn sys_object<'py>(py: Python<'py>, name: &CStr) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the GIL is held; the answer is borrowed, and null without an exception where there is none.
    let object = unsafe { Bound::from_borrowed_ptr_or_opt(py, ffi::PySys_GetObject(name.as_ptr())) };
    object.ok_or_else(|| PyRuntimeError::new_err(format!("lost sys.{}", name.to_string_lossy())))
}
