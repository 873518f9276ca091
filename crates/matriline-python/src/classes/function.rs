//! Functions of the application, as plugins call them.
//!
//! One that was given for a call is over with that call, and one that was given for good with its plugin: whoever keeps
//! it longer gets an exception, or the answer that the table has for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use matriline_capability::{Function, FunctionSpec, Kind, Life, OwnedValue, Task, with_values};
use matriline_registry::lock::Mutex;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::text;
use crate::exception::lossy;
use crate::given::{self, Opened, call_back, forget, remember};
use crate::identity::{Captured, host_call};
use crate::{log, panic_text};

/// A function of the application. It may be called on any thread of the plugin.
#[pyclass(frozen, module = "orca")]
struct HostFunction {
    /// Taken when it goes.
    function: Mutex<Option<Function>>,
    spec: &'static FunctionSpec,
    /// The plugin it was given to.
    owner: Captured,
    /// The call that it was given for has returned.
    over: AtomicBool,
}

/// The object of a function.
pub(super) fn object(py: Python<'_>, function: Option<&Function>) -> PyResult<Py<PyAny>> {
    let Some(function) = function else { return Ok(py.None()) };
    let object = HostFunction {
        spec: function.spec(),
        function: Mutex::new(Some(function.clone())),
        owner: Captured::now(),
        over: AtomicBool::new(false),
    };
    Ok(Py::new(py, object)?.into_any())
}

/// The call has returned that a function may have been given for.
///
/// # Safety
/// `object` is alive and the GIL is held.
pub(crate) unsafe fn end(object: *mut PyObject) {
    // SAFETY: as promised by the caller.
    let object = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), object) };
    if let Ok(function) = object.cast::<HostFunction>()
        && function.get().spec.life == Life::Call
    {
        function.get().over.store(true, Ordering::Release);
    }
}

#[pymethods]
impl HostFunction {
    #[pyo3(signature = (*args))]
    fn __call__(&self, args: &Bound<'_, PyTuple>) -> PyResult<Option<bool>> {
        let args = self.arguments(args)?;
        let function = self.function.lock().clone().filter(|_| !self.is_over());
        let Some(function) = function else {
            return match self.spec.over {
                Some(answer) => Ok(Some(answer)),
                None => Err(self.too_late()),
            };
        };
        let call = move || {
            let mut answer = false;
            with_values(&args, &mut |values| answer = function.call(values));
            answer
        };
        // What the application captured goes there as well, if this is the last to hold it.
        let answered = host_call(|| catch_unwind(AssertUnwindSafe(call)));
        match answered {
            Ok(answer) => Ok(matches!(self.spec.returns, Kind::Flag).then_some(answer)),
            Err(panic) => {
                let problem = format!("`{}`: {}", self.spec.name, panic_text(&*panic));
                host_call(|| {
                    log::logged(|| {
                        tracing::error!(target: "matriline::call", "The application failed in {problem}");
                    });
                });
                Err(PyRuntimeError::new_err(format!("The application failed to answer {problem}")))
            }
        }
    }

    #[getter]
    fn __name__(&self) -> &'static str {
        self.spec.name
    }

    #[getter]
    fn __doc__(&self) -> &'static str {
        self.spec.doc.trim()
    }

    fn __repr__(&self) -> String {
        let state = if self.is_over() { " (over)" } else { "" };
        format!("<function {} of the application{state}>", usage(self.spec))
    }
}

impl HostFunction {
    fn is_over(&self) -> bool {
        let is_loaded = self.owner.plugin().is_none_or(|plugin| plugin.rules().is_some());
        self.over.load(Ordering::Acquire) || !is_loaded
    }

    fn too_late(&self) -> PyErr {
        let name = self.spec.name;
        PyRuntimeError::new_err(match self.over.load(Ordering::Acquire) {
            true => format!(
                "{name}() is only available during the call that it was given for; call it before you return"
            ),
            false => format!(
                "{name}() is no longer available: the plugin is unloaded; stop its threads in on_unload()"
            ),
        })
    }

    fn arguments(&self, args: &Bound<'_, PyTuple>) -> PyResult<Vec<OwnedValue>> {
        let spec = self.spec;
        if args.len() != spec.args.len() {
            let message =
                format!("{}: it takes {} arguments, {} were given", usage(spec), spec.args.len(), args.len());
            return Err(PyTypeError::new_err(message));
        }
        let read = |(arg, value): (Bound<'_, PyAny>, &matriline_capability::ArgSpec)| match value.kind {
            Kind::Code => {
                arg.extract().map(OwnedValue::Code).map_err(|error| not(&arg, spec, value.name, "int", error))
            }
            Kind::Task if arg.is_callable() => Ok(OwnedValue::Task(task(&self.owner, arg.unbind()))),
            Kind::Task => Err(wrong(&arg, spec, value.name, "a function")),
            // SAFETY: the object is alive and the GIL is held.
            _ => match unsafe {
                Bound::from_owned_ptr_or_opt(arg.py(), text::accept(arg.as_ptr(), value.name))
            } {
                Some(text) => Ok(OwnedValue::Text(lossy(text.cast::<PyString>()?))),
                None => Err(PyErr::fetch(arg.py())),
            },
        };
        args.iter().zip(spec.args).map(read).collect()
    }
}

impl Drop for HostFunction {
    /// What the application captured goes as its own code, without the GIL.
    fn drop(&mut self) {
        let function = self.function.lock().take();
        host_call(|| drop(function));
    }
}

/// A number that is too great keeps its exception.
fn not(arg: &Bound<'_, PyAny>, spec: &FunctionSpec, name: &str, expected: &str, error: PyErr) -> PyErr {
    match error.is_instance_of::<PyTypeError>(arg.py()) {
        true => wrong(arg, spec, name, expected),
        false => error,
    }
}

fn wrong(arg: &Bound<'_, PyAny>, spec: &FunctionSpec, name: &str, expected: &str) -> PyErr {
    let found = arg.get_type().name().map_or_else(|_| "something else".into(), |name| lossy(&name));
    PyTypeError::new_err(format!("{}: {name} must be {expected}, not {found}", usage(spec)))
}

/// How a function is called.
fn usage(spec: &FunctionSpec) -> String {
    let names: Vec<_> = spec.args.iter().map(|arg| arg.name).collect();
    format!("{}({})", spec.name, names.join(", "))
}

/// A function of a plugin that the application is to call, once.
struct Given {
    maker: Captured,
    /// Let go of under the GIL: when it is called, or with the plugin.
    function: Mutex<Option<Py<PyAny>>>,
}

fn task(maker: &Captured, function: Py<PyAny>) -> Task {
    Python::attach(given::sweep);
    let given = Arc::new(Given { maker: maker.clone(), function: Mutex::new(Some(function)) });
    remember(given.clone());
    Task::new(move || given.run())
}

impl Given {
    fn run(&self) {
        let take = |_: Python<'_>| self.function.lock().take();
        call_back(&self.maker, "queue_on_main_fn", take, |function| function.call0().map(drop));
        forget(self);
    }
}

impl Opened for Given {
    fn maker(&self) -> &Captured {
        &self.maker
    }

    fn end(&self, py: Python<'_>) {
        let function = self.function.lock().take();
        self.maker.run(py, || drop(function));
    }
}
