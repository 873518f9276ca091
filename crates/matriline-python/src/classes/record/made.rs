//! Records that own what they hold: made by plugins, made for them, and read back.

use matriline_capability::{FieldSpec, Kind, OwnedValue, RecordSpec, Value};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3::{ffi, ffi::PyObject};

use super::super::{text, value};
use super::{find, slot_at};
use crate::exception::lossy;

/// Sets the fields to the arguments of a constructor; false with an exception.
///
/// # Safety
/// `record` is of the class of `spec`, the arguments are those of a call, and the GIL is held.
pub(super) unsafe fn fill(
    record: *mut PyObject,
    spec: &'static RecordSpec,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> bool {
    // SAFETY: as promised by the caller.
    unsafe {
        let fields = spec.fields();
        let refuse = |problem: String| {
            let names: Vec<_> = fields.iter().map(|field| field.name).collect();
            text::raise_type(&format!("{}({}): {problem}", spec.class, names.join(", ")));
            false
        };
        let count = ffi::PyTuple_Size(args) as usize;
        if count > fields.len() {
            return refuse(format!("it takes at most {} arguments, {count} were given", fields.len()));
        }
        for (place, field) in fields.iter().enumerate().take(count) {
            if !put(record, place, field, ffi::PyTuple_GetItem(args, place as isize)) {
                return false;
            }
        }
        let (mut next, mut name, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
        while !kwargs.is_null() && ffi::PyDict_Next(kwargs, &mut next, &mut name, &mut value) != 0 {
            let name = text::view(name).unwrap_or_default();
            match fields.iter().position(|field| field.name == name) {
                Some(place) if place < count => return refuse(format!("`{name}` was given twice")),
                Some(place) if put(record, place, fields[place], value) => {}
                Some(_) => return false,
                None => return refuse(format!("it has no argument `{name}`")),
            }
        }
        true
    }
}

/// Sets a field; false with an exception.
///
/// # Safety
/// `object` is a record with that field, `value` is alive, and the GIL is held.
pub(super) unsafe fn put(
    object: *mut PyObject,
    place: usize,
    field: &FieldSpec,
    value: *mut PyObject,
) -> bool {
    // SAFETY: as promised by the caller.
    unsafe {
        let accepted = value::accept(field.kind, value, field.name);
        if accepted.is_null() {
            return false;
        }
        let slot = slot_at(object, place);
        slot.clear();
        slot.object = accepted;
        true
    }
}

/// A record that owns what it holds.
///
/// # Errors
/// What Python raises when it cannot be made.
pub(in crate::classes) fn new_record(
    py: Python<'_>,
    spec: &'static RecordSpec,
    fields: &[Value<'_>],
) -> PyResult<Py<PyAny>> {
    let class =
        find(py, spec).ok_or_else(|| PyTypeError::new_err(format!("there is no class {}", spec.class)))?;
    let class = class.as_ptr().cast::<ffi::PyTypeObject>();
    // SAFETY: the class lives for ever and has a slot for each field; the GIL is held.
    unsafe {
        let record = (*class).tp_alloc.map_or(std::ptr::null_mut(), |alloc| alloc(class, 0));
        let record = Bound::from_owned_ptr_or_err(py, record)?;
        for (place, (field, value)) in spec.fields().iter().zip(fields).enumerate() {
            let object = value::new(field.kind, *value);
            if object.is_null() {
                return Err(PyErr::fetch(py));
            }
            slot_at(record.as_ptr(), place).object = object;
        }
        Ok(record.unbind())
    }
}

/// What the fields of a record hold now; `None` for what is no record of that row.
pub(crate) fn read_record(object: &Bound<'_, PyAny>, spec: &'static RecordSpec) -> Option<Vec<OwnedValue>> {
    let class = find(object.py(), spec)?;
    if !object.is_instance(&class).unwrap_or(false) {
        return None;
    }
    let read = |(place, field): (usize, &&'static FieldSpec)| {
        // SAFETY: the object is a record of that row, and the GIL is held.
        let held = unsafe {
            let held = slot_at(object.as_ptr(), place).object(field.kind);
            Bound::from_borrowed_ptr_or_opt(object.py(), held)
        }?;
        match field.kind {
            Kind::Text => held.cast::<PyString>().ok().map(|text| OwnedValue::Text(lossy(text))),
            Kind::Number => held.extract().ok().map(OwnedValue::Number),
            Kind::Flag => held.is_truthy().ok().map(OwnedValue::Flag),
            _ => None,
        }
    };
    spec.fields().iter().enumerate().map(read).collect()
}
