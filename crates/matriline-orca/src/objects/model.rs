//! The application's model, as an argument.

use std::sync::Arc;

use matriline_capability::{ArgumentKind, Kind, Object, ObjectSpec, Value};
use matriline_python::ObjectClass;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::host;

pub(super) static SPEC: ObjectSpec =
    ObjectSpec { name: "orca.host.Model", expected: "an `orca.host.Model` that it was given" };

/// A model: `orca.host.Model`.
#[derive(Debug)]
pub struct Model;

impl ArgumentKind for Model {
    const KIND: Kind = Kind::Object(&SPEC);

    type Passed<'a> = &'a Arc<matriline_host::Model>;

    fn pass<R>(model: Self::Passed<'_>, go: impl FnOnce(Value<'_>) -> R) -> R {
        go(Value::Object(model))
    }
}

pub(super) struct Class;

impl ObjectClass for Class {
    fn make<'py>(&self, py: Python<'py>, given: &dyn Object) -> PyResult<Bound<'py, PyAny>> {
        match given.downcast_ref::<Arc<matriline_host::Model>>() {
            Some(model) => host::model_object(py, model.clone()),
            None => Err(PyTypeError::new_err("what was given is no model")),
        }
    }
}
