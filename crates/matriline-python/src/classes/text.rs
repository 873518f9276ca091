//! Text between Python and Rust, at the level of the C API.

use std::ffi::c_char;

use pyo3::ffi;

/// A new reference to a `str` of that text, or null with an exception.
///
/// # Safety
/// The GIL is held.
#[inline]
pub(crate) unsafe fn new(text: &str) -> *mut ffi::PyObject {
    // SAFETY: pointer and length are of valid UTF-8.
    unsafe { ffi::PyUnicode_FromStringAndSize(text.as_ptr().cast(), text.len() as ffi::Py_ssize_t) }
}

/// The UTF-8 of a `str`, which the object owns; `None`, with no exception, where UTF-8 cannot hold it.
///
/// # Safety
/// `object` is a `str` that lives for as long as the answer is used, and the GIL is held.
#[inline]
pub(crate) unsafe fn view<'a>(object: *mut ffi::PyObject) -> Option<&'a str> {
    let mut len = 0;
    // SAFETY: a `str` keeps its UTF-8 form as long as it lives.
    unsafe {
        let start: *const c_char = ffi::PyUnicode_AsUTF8AndSize(object, &mut len);
        if start.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(std::str::from_utf8_unchecked(std::slice::from_raw_parts(start.cast(), len as usize)))
    }
}

/// A new reference to the text that `object` gives for a place called `name`: a `str` as it is, `bytes` of valid
/// UTF-8 decoded; null with a `TypeError` for anything else.
///
/// # Safety
/// `object` is alive and the GIL is held.
#[inline]
pub(crate) unsafe fn accept(object: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
    // SAFETY: as promised by the caller.
    unsafe {
        if ffi::PyUnicode_CheckExact(object) != 0 {
            return ffi::Py_NewRef(object);
        }
        accept_other(object, name)
    }
}

/// # Safety
/// As for [`accept`].
#[cold]
unsafe fn accept_other(object: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
    // SAFETY: as promised by the caller.
    unsafe {
        if ffi::PyUnicode_Check(object) != 0 {
            // A subclass may run code when it is shown or goes; what is kept may not.
            return ffi::PyUnicode_FromObject(object);
        }
        if ffi::PyBytes_Check(object) != 0 {
            return ffi::PyUnicode_FromEncodedObject(object, c"utf-8".as_ptr(), c"strict".as_ptr());
        }
        raise_type(&format!("{name} must be str, not {}", type_name(object)));
        std::ptr::null_mut()
    }
}

/// Sets a `TypeError`.
///
/// # Safety
/// The GIL is held.
#[cold]
pub(crate) unsafe fn raise_type(message: &str) {
    // SAFETY: the GIL is held; a null message leaves the exception of its failed making.
    unsafe {
        let message = new(message);
        if !message.is_null() {
            ffi::PyErr_SetObject(ffi::PyExc_TypeError, message);
            ffi::Py_DECREF(message);
        }
    }
}

/// The name of the type of an object, for messages.
///
/// # Safety
/// `object` is alive and the GIL is held.
pub(crate) unsafe fn type_name(object: *mut ffi::PyObject) -> String {
    // SAFETY: every type has a name, a C string that lives as long as it.
    unsafe { std::ffi::CStr::from_ptr((*ffi::Py_TYPE(object)).tp_name) }.to_string_lossy().into_owned()
}
