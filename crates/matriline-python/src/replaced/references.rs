//! The callback of a weak reference runs as the plugin that made the reference.
//!
//! `weakref.ref` is a type, and what makes its objects is a slot of it.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use pyo3::{ffi, ffi::PyObject};

use super::callbacks::as_maker;

static ORIGINAL: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());

/// Puts ours into the slot. On the main thread, before any plugin runs.
pub(super) fn replace() {
    // SAFETY: the GIL is held, and the type is one of CPython's own, which are mutable to C.
    unsafe {
        let class = &raw mut ffi::_PyWeakref_RefType;
        let Some(original) = (*class).tp_new else { return };
        let (original, ours) = (original as *mut c_void, new as ffi::newfunc);
        if ORIGINAL
            .compare_exchange(std::ptr::null_mut(), original, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
        {
            (*class).tp_new = Some(ours);
        }
    }
}

unsafe extern "C" fn new(
    class: *mut ffi::PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by Python as a `tp_new`, with the GIL held; the kept function is the `tp_new` that was there.
    unsafe {
        let original = std::mem::transmute::<*mut c_void, ffi::newfunc>(ORIGINAL.load(Ordering::Acquire));
        if ffi::PyTuple_GET_SIZE(args) != 2 {
            return original(class, args, kwargs);
        }
        let py = Python::assume_attached();
        let kept = catch_unwind(AssertUnwindSafe(|| with_maker(&Bound::from_borrowed_ptr(py, args))));
        match kept {
            Ok(Ok(Some(args))) => original(class, args.as_ptr(), kwargs),
            Ok(Ok(None)) | Err(_) => original(class, args, kwargs),
            Ok(Err(error)) => {
                error.restore(py);
                std::ptr::null_mut()
            }
        }
    }
}

/// The arguments of a plugin's reference, with what stands for its callback.
fn with_maker<'py>(args: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyTuple>>> {
    let py = args.py();
    let args = args.cast::<PyTuple>()?;
    let (object, callback) = (args.get_item(0)?, args.get_item(1)?);
    as_maker(py, &callback)?.map(|callback| PyTuple::new(py, [object, callback])).transpose()
}
