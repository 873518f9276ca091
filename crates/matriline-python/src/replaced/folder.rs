//! `os.open` tells which folder a relative path starts from.
//!
//! Its event, `open(path, None, flags)`, does not have `dir_fd`. It is noted here for the time of the call, and the hook
//! looks. There is one only where all arguments are plain: an object with `__index__` or `__fspath__` would run
//! code of its own between the note and the event.

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::atomic::Ordering;

use pyo3::prelude::*;
use pyo3::{ffi, ffi::PyObject};

use super::{FAST_WITH_KEYWORDS, Original};

thread_local! {
    static FOLDER: Cell<Option<c_int>> = const { Cell::new(None) };
}

static ORIGINAL: Original = Original::none();

/// The descriptor of the folder that the relative path of this `open` event starts from, if it is known; negative for
/// the current folder.
pub(crate) fn told() -> Option<c_int> {
    FOLDER.try_with(Cell::get).ok().flatten()
}

pub(super) fn replace(module: &Bound<'_, PyAny>) {
    let Ok(function) = module.getattr("open") else { return };
    // SAFETY: as in `super::replace`.
    unsafe {
        if ffi::PyCFunction_CheckExact(function.as_ptr()) == 0 {
            return;
        }
        let row = (*function.as_ptr().cast::<ffi::PyCFunctionObject>()).m_ml;
        let flags = (*row).ml_flags & super::CONVENTION;
        if flags == FAST_WITH_KEYWORDS && ORIGINAL.keep((*row).ml_meth.as_ptr(), flags) {
            (*row).ml_meth = ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: open };
        }
    }
}

unsafe extern "C" fn open(
    itself: *mut PyObject,
    args: *const *mut PyObject,
    count: ffi::Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by Python by the convention of the row, whose function was kept.
    unsafe {
        let original = std::mem::transmute::<*mut std::ffi::c_void, ffi::PyCFunctionFastWithKeywords>(
            ORIGINAL.function.load(Ordering::Acquire),
        );
        let before = FOLDER.replace(folder(args, count, names));
        let answer = original(itself, args, count, names);
        FOLDER.set(before);
        answer
    }
}

/// The folder that the arguments say, if all of them are plain.
///
/// # Safety
/// As Python calls a function of `METH_FASTCALL | METH_KEYWORDS`.
unsafe fn folder(args: *const *mut PyObject, count: ffi::Py_ssize_t, names: *mut PyObject) -> Option<c_int> {
    // SAFETY: the values of the names follow the positional arguments; a tuple answers its items, borrowed.
    unsafe {
        let named = if names.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(names) };
        for place in 0..count + named {
            if !is_plain(*args.offset(place)) {
                return None;
            }
        }
        for place in 0..named {
            let name = ffi::PyTuple_GET_ITEM(names, place);
            if ffi::PyUnicode_CompareWithASCIIString(name, c"dir_fd".as_ptr()) == 0 {
                return number(*args.offset(count + place));
            }
        }
    }
    Some(-1)
}

/// Whether looking at an object runs no code of a plugin.
///
/// # Safety
/// A borrowed reference, under the GIL.
unsafe fn is_plain(object: *mut PyObject) -> bool {
    // SAFETY: see above.
    unsafe {
        ffi::PyUnicode_CheckExact(object) != 0
            || ffi::PyLong_CheckExact(object) != 0
            || ffi::PyBytes_CheckExact(object) != 0
            || object == ffi::Py_None()
    }
}

/// A descriptor, or -1 for `None`.
///
/// # Safety
/// A plain object, under the GIL.
unsafe fn number(object: *mut PyObject) -> Option<c_int> {
    // SAFETY: see above; a number that is too large leaves an exception, which is taken back.
    unsafe {
        if object == ffi::Py_None() {
            return Some(-1);
        }
        if ffi::PyLong_CheckExact(object) == 0 {
            return None;
        }
        let number = ffi::PyLong_AsLong(object);
        if number == -1 && !ffi::PyErr_Occurred().is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        c_int::try_from(number).ok()
    }
}
