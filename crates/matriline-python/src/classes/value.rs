//! Values on their way into Python: one object for each.

use matriline_capability::{Kind, Value};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;

use super::{enumeration, function, record, slice, text};
use crate::json;
use crate::objects::class_of;

/// A new reference to the object of a value; null with an exception. A value of another kind is null with a
/// `TypeError`.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn new(kind: Kind, value: Value<'_>) -> *mut PyObject {
    // SAFETY: the GIL is held.
    let py = unsafe { Python::assume_attached() };
    match (kind, value) {
        // SAFETY: the GIL is held.
        (Kind::Text | Kind::File, Value::Text(value)) => unsafe { text::new(value) },
        (Kind::Unit, Value::Unit) => py.None().into_ptr(),
        // SAFETY: the GIL is held.
        (Kind::Number | Kind::Index, Value::Number(number)) => unsafe { ffi::PyLong_FromLongLong(number) },
        // SAFETY: the GIL is held.
        (Kind::Flag, Value::Flag(flag)) => unsafe { ffi::PyBool_FromLong(flag.into()) },
        // SAFETY: the GIL is held.
        (Kind::Real, Value::Real(number)) => unsafe { ffi::PyFloat_FromDouble(number) },
        (Kind::Object(spec), Value::Object(value)) => {
            given(py, class_of(spec).and_then(|class| class.make(py, value)).map(Bound::unbind))
        }
        (Kind::Member(spec), Value::Number(number)) => given(py, enumeration::member(py, spec, number)),
        (Kind::Json, Value::Json(value)) => given(py, json::from_text(py, value).map(Bound::unbind)),
        (Kind::Slice, Value::Slice(value)) => given(py, slice::access(py, value)),
        (Kind::Function(_), Value::Function(function)) => given(py, function::object(py, function)),
        (Kind::Code, Value::Code(code)) => {
            // SAFETY: the GIL is held.
            unsafe { ffi::PyLong_FromLong(code.into()) }
        }
        (Kind::Record(spec) | Kind::Filled(spec), Value::Record(fields) | Value::Filled(fields, _)) => {
            given(py, record::new_record(py, spec, fields))
        }
        (Kind::Record(spec), Value::Nested(nested)) => {
            let mut object = std::ptr::null_mut();
            nested.with(&mut |fields| object = given(py, record::new_record(py, spec, fields)));
            object
        }
        (kind, _) => {
            // SAFETY: the GIL is held.
            unsafe { text::raise_type(&format!("a value does not fit its kind {kind:?}")) };
            std::ptr::null_mut()
        }
    }
}

/// A new reference to what a field of that kind reads as before it is given a value; null with an exception.
///
/// # Safety
/// The GIL is held.
pub(super) unsafe fn default_of(kind: Kind) -> *mut PyObject {
    let (kind, value) = match kind {
        Kind::Text | Kind::File => (kind, Value::Text("")),
        Kind::Number | Kind::Member(_) => (kind, Value::Number(0)),
        Kind::Index => (kind, Value::Number(-1)),
        Kind::Real => (kind, Value::Real(0.0)),
        Kind::Flag => (kind, Value::Flag(false)),
        Kind::Json => (kind, Value::Json("null")),
        Kind::Slice => (kind, Value::Slice(None)),
        Kind::Code => (kind, Value::Code(0)),
        Kind::Function(_) => (kind, Value::Function(None)),
        Kind::Unit | Kind::Result | Kind::Record(_) | Kind::Filled(_) => (Kind::Unit, Value::Unit),
        Kind::CodeAndText | Kind::List(_) | Kind::Task | Kind::Object(_) => (Kind::Unit, Value::Unit),
    };
    // SAFETY: the GIL is held.
    unsafe { new(kind, value) }
}

/// A new reference to what a field of that kind is set to, by a plugin; null with a `TypeError` for another kind.
///
/// # Safety
/// `object` is alive and the GIL is held.
pub(super) unsafe fn accept(kind: Kind, object: *mut PyObject, name: &str) -> *mut PyObject {
    // SAFETY: as promised by the caller.
    unsafe {
        match kind {
            Kind::Number if ffi::PyIndex_Check(object) != 0 => {
                let number = ffi::PyNumber_AsSsize_t(object, ffi::PyExc_OverflowError);
                match number == -1 && !ffi::PyErr_Occurred().is_null() {
                    true => std::ptr::null_mut(),
                    false => ffi::PyLong_FromSsize_t(number),
                }
            }
            Kind::Flag if ffi::PyLong_Check(object) != 0 => {
                ffi::PyBool_FromLong(ffi::PyObject_IsTrue(object).into())
            }
            Kind::Number | Kind::Flag => {
                let expected = if matches!(kind, Kind::Flag) { "bool" } else { "int" };
                text::raise_type(&format!("{name} must be {expected}, not {}", text::type_name(object)));
                std::ptr::null_mut()
            }
            _ => text::accept(object, name),
        }
    }
}

fn given(py: Python<'_>, made: PyResult<Py<PyAny>>) -> *mut PyObject {
    match made {
        Ok(object) => object.into_ptr(),
        Err(error) => {
            error.restore(py);
            std::ptr::null_mut()
        }
    }
}
