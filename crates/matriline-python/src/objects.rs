//! Kinds of objects that a contract brings: how Python gets one, and how one is read.

use matriline_capability::{Object, ObjectSpec};
use matriline_registry::lock::Mutex;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// What Python does with a kind of object. All of it runs with the GIL.
pub trait ObjectClass: Sync {
    /// An object for a call. What is given is what arguments of the kind are passed as.
    ///
    /// # Errors
    /// What Python raises; the call fails then.
    fn make<'py>(&self, py: Python<'py>, given: &dyn Object) -> PyResult<Bound<'py, PyAny>> {
        let _ = (py, given);
        Err(PyTypeError::new_err("no argument can be of this kind"))
    }

    /// What an object holds that a method has answered with.
    ///
    /// # Errors
    /// [`Misread`].
    fn read(&self, object: &Bound<'_, PyAny>) -> Result<Box<dyn Object>, Misread> {
        Err(Misread::of(object))
    }

    /// The call that an object was made for is over.
    fn end(&self, object: &Bound<'_, PyAny>) {
        let _ = object;
    }
}

/// Why an answer cannot be read.
#[derive(Debug)]
pub enum Misread {
    /// It is something else: in words.
    Other(String),
    /// Looking at it raised.
    Raised(PyErr),
}

impl Misread {
    /// An object of another type.
    pub fn of(object: &Bound<'_, PyAny>) -> Self {
        Self::Other(crate::type_name(&object.get_type()))
    }
}

impl From<PyErr> for Misread {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

static CLASSES: Mutex<Vec<(&'static str, &'static dyn ObjectClass)>> = Mutex::new(Vec::new());

/// Says what Python does with a kind of object, known by its name. Once for each, before the first capability.
pub fn set_object_class(spec: &'static ObjectSpec, class: &'static dyn ObjectClass) {
    CLASSES.lock().push((spec.name, class));
}

/// What Python does with that kind of object.
///
/// # Errors
/// A `TypeError` for a kind that no contract has brought.
pub(crate) fn class_of(spec: &ObjectSpec) -> PyResult<&'static dyn ObjectClass> {
    let found = CLASSES.lock().iter().find(|(name, _)| *name == spec.name).map(|(_, class)| *class);
    found.ok_or_else(|| PyTypeError::new_err(format!("no class of Python stands for `{}`", spec.name)))
}
