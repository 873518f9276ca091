//! How far a call is, as an argument: a function that the plugin calls now and then.

use std::sync::Arc;

use matriline_capability::{ArgumentKind, Kind, Object, ObjectSpec, Value};
use matriline_python::ObjectClass;
use matriline_python::identity::host_call;
use matriline_registry::lock::Mutex;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

pub(super) static SPEC: ObjectSpec =
    ObjectSpec { name: "Callable[[float, str], bool]", expected: "the progress that it was given" };

/// Takes how far a call is.
///
/// Threads: called on any thread of the plugin, as the application and without the GIL, and not once the call is over.
pub trait Report: Send + Sync {
    /// So much of it is done, from 0 to 1, and it is doing this; empty for what it was doing. False when the user has
    /// cancelled it: the plugin is asked to return, and what it returns then does not matter.
    fn report(&self, done: f64, message: &str) -> bool;
}

/// How far a call is: in Python a function `progress(done, message="")`, which answers False once the call is
/// cancelled, and when it is over.
#[derive(Debug)]
pub struct Progress;

impl ArgumentKind for Progress {
    const KIND: Kind = Kind::Object(&SPEC);

    type Passed<'a> = &'a Arc<dyn Report>;

    fn pass<R>(report: Self::Passed<'_>, go: impl FnOnce(Value<'_>) -> R) -> R {
        go(Value::Object(report))
    }
}

/// Tells the application how far the call is. Call it now and then: `if not progress(0.5, "Reading"): return`.
#[pyclass(frozen, name = "Progress", module = "orca")]
struct Telling(Mutex<Option<Arc<dyn Report>>>);

#[pymethods]
impl Telling {
    /// So much is done, from 0 to 1, and what is being done, if that has changed.
    ///
    /// False once the user has cancelled, or the call is over: return soon. Raises ValueError for NaN. Any thread.
    #[pyo3(signature = (done, message = ""))]
    fn __call__(&self, done: f64, message: &str) -> PyResult<bool> {
        if done.is_nan() {
            return Err(PyValueError::new_err("done must be a number from 0 to 1, not NaN"));
        }
        let report = self.0.lock().clone();
        let told = report.map(|report| host_call(move || report.report(done.clamp(0.0, 1.0), message)));
        Ok(told.unwrap_or(false))
    }

    fn __repr__(&self) -> &'static str {
        match *self.0.lock() {
            Some(_) => "<orca.Progress>",
            None => "<orca.Progress of a call that is over>",
        }
    }
}

pub(super) struct Class;

impl ObjectClass for Class {
    fn make<'py>(&self, py: Python<'py>, given: &dyn Object) -> PyResult<Bound<'py, PyAny>> {
        match given.downcast_ref::<Arc<dyn Report>>() {
            Some(report) => Ok(Bound::new(py, Telling(Mutex::new(Some(report.clone()))))?.into_any()),
            None => Err(PyTypeError::new_err("what was given takes no progress")),
        }
    }

    fn end(&self, object: &Bound<'_, PyAny>) {
        if let Ok(telling) = object.cast::<Telling>() {
            // The caller holds it as well, so that nothing of the application's is dropped here.
            let report = telling.get().0.lock().take();
            drop(report);
        }
    }
}
