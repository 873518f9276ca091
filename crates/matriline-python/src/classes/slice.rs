//! The methods by which a record lets a plugin ask about the slice under way.
//!
//! The record holds the slice only for as long as its call: kept longer, it says that the call is over.

use std::sync::Arc;

use matriline_capability::Slice;
use matriline_registry::lock::Mutex;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple, PyType};

use super::{binding, record};
use crate::identity;

/// What a record holds of the slice.
#[pyclass(frozen, module = "orca")]
struct Access(Mutex<State>);

#[derive(Clone)]
enum State {
    /// There is no slice.
    Without,
    /// The call is inside.
    Under(Arc<dyn Slice>),
    /// The call has returned.
    Over,
}

/// An access to `slice`.
pub(super) fn access(py: Python<'_>, slice: Option<&Arc<dyn Slice>>) -> PyResult<Py<PyAny>> {
    let state = slice.map_or(State::Without, |slice| State::Under(slice.clone()));
    Ok(Py::new(py, Access(Mutex::new(state)))?.into_any())
}

/// The call has returned; whoever lent the slice still holds it.
///
/// # Safety
/// `object` is alive, or null, and the GIL is held.
pub(super) unsafe fn end(object: *mut PyObject) {
    // SAFETY: as promised by the caller.
    let object = unsafe { Bound::from_borrowed_ptr_or_opt(Python::assume_attached(), object) };
    if let Some(access) = object.as_ref().and_then(|object| object.cast::<Access>().ok()) {
        let before = std::mem::replace(&mut *access.get().0.lock(), State::Over);
        drop(before);
    }
}

/// Gives a record class the methods `config_value` and `cancelled`, over the slice at `place`.
pub(super) fn add_to(class: &Bound<'_, PyType>, place: usize) -> PyResult<()> {
    let py = class.py();
    let place = Place { class: class.clone().unbind(), place };
    let same = Place { class: class.clone().unbind(), place: place.place };
    let config_value = move |args: &Bound<'_, PyTuple>, named: Option<&Bound<'_, PyDict>>| {
        let (record, rest) = (args.get_item(0)?, args.get_slice(1, args.len()));
        let key: String = match (rest.len(), named.map(|named| named.get_item("key"))) {
            (1, None) => rest.get_item(0)?.extract()?,
            (0, Some(Ok(Some(key)))) => key.extract()?,
            _ => {
                let message = "config_value() takes one argument, the key of an option";
                return Err(PyTypeError::new_err(message));
            }
        };
        match place.state(&record)? {
            State::Without => Ok(None),
            State::Under(slice) => Ok(identity::host_call(move || slice.config_value(&key))),
            State::Over => Err(PyRuntimeError::new_err(
                "config_value() is only available during the call that the context was made for; ask there, and keep the answer",
            )),
        }
    };
    let cancelled = move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<bool> {
        Ok(match same.state(&args.get_item(0)?)? {
            State::Without => false,
            State::Under(slice) => identity::host_call(move || slice.cancelled()),
            State::Over => true,
        })
    };
    let config_value = PyCFunction::new_closure(
        py,
        Some(c"config_value"),
        Some(
            c"config_value(self, key)\n--\n\nThe value of an option of the whole print configuration, as presets spell it; None for an unknown one.",
        ),
        config_value,
    )?;
    let cancelled = PyCFunction::new_closure(
        py,
        Some(c"cancelled"),
        Some(
            c"cancelled(self)\n--\n\nWhether the user has cancelled the slice; look at it in long loops, and return. True as well once the call is over.",
        ),
        cancelled,
    )?;
    class.setattr("config_value", binding(&config_value)?)?;
    class.setattr("cancelled", binding(&cancelled)?)
}

/// Where records of a class hold their access.
struct Place {
    class: Py<PyType>,
    place: usize,
}

impl Place {
    fn state(&self, record: &Bound<'_, PyAny>) -> PyResult<State> {
        let class = self.class.bind(record.py());
        if !record.get_type().is_subclass(class)? {
            let message =
                format!("the context must be a {}, not {}", class.name()?, record.get_type().name()?);
            return Err(PyTypeError::new_err(message));
        }
        // SAFETY: the record's class is the one whose place it is.
        let hidden = unsafe { record::hidden(record, self.place) };
        let access = hidden.as_ref().and_then(|hidden| hidden.cast::<Access>().ok());
        Ok(access.map_or(State::Without, |access| access.get().0.lock().clone()))
    }
}
