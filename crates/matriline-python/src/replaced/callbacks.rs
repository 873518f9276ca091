//! Functions that a plugin leaves to be called back run as that plugin, wherever they are called: at the end of Python
//! (`atexit`), for a signal, at a fork, when an object dies (`weakref`). Tracing the threads of others is refused.
//!
//! Without this a bound method of the standard library, `partial(os.open, …)`, would run as whoever happens to be there.

use pyo3::exceptions::PyPermissionError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::announced::announce;
use super::{Given, replace, replacement};
use crate::identity::Captured;

replacement!(AtExit, "register", |py, given| left(py, given, 0, "func").map(shown));
replacement!(Signal, "signal", signal);
replacement!(GetSignal, "getsignal", |py, given| Given::pass_on(given, py).map(shown));
replacement!(Proxy, "proxy", |py, given| left(py, given, 1, "callback"));
replacement!(AtFork, "register_at_fork", at_fork);
replacement!(TraceAll, "_settraceallthreads", own_threads_only);
replacement!(ProfileAll, "_setprofileallthreads", own_threads_only);

pub(super) fn replace_in(name: &str, module: &Bound<'_, PyAny>) {
    match name {
        "atexit" => replace::<AtExit>(module),
        "_signal" => {
            replace::<Signal>(module);
            replace::<GetSignal>(module);
        }
        "_weakref" => replace::<Proxy>(module),
        "posix" => replace::<AtFork>(module),
        _ => {
            replace::<TraceAll>(module);
            replace::<ProfileAll>(module);
        }
    }
}

/// The functions of a fork come by name.
fn at_fork<'py>(py: Python<'py>, mut given: Given<'py>) -> PyResult<Bound<'py, PyAny>> {
    for name in ["before", "after_in_child", "after_in_parent"] {
        if let Some(function) = given.argument(usize::MAX, name)
            && let Some(ours) = as_maker(py, function)?
        {
            *function = ours;
        }
    }
    given.pass_on(py)
}

/// Setting a handler raises an event, too: see `announced`.
fn signal<'py>(py: Python<'py>, given: Given<'py>) -> PyResult<Bound<'py, PyAny>> {
    announce(py, c"signal.signal", &PyTuple::new(py, given.positional())?)?;
    left(py, given, 1, "handler").map(shown)
}

/// Lets the function that is left run as the plugin that leaves it.
fn left<'py>(
    py: Python<'py>,
    mut given: Given<'py>,
    place: usize,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(function) = given.argument(place, name)
        && let Some(ours) = as_maker(py, function)?
    {
        *function = ours;
    }
    given.pass_on(py)
}

/// What stands for a function that a plugin leaves: nothing for what is no function, or is the application's.
pub(super) fn as_maker<'py>(
    py: Python<'py>,
    function: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if !function.is_callable() || function.is_instance_of::<AsMaker>() {
        return Ok(None);
    }
    let maker = Captured::by_code(py);
    if maker.plugin().is_none() {
        return Ok(None);
    }
    Ok(Some(Bound::new(py, AsMaker { function: function.clone().unbind(), maker })?.into_any()))
}

/// What a plugin gets to see: the function that it gave.
fn shown(object: Bound<'_, PyAny>) -> Bound<'_, PyAny> {
    match object.cast::<AsMaker>() {
        Ok(ours) => ours.get().function.bind(object.py()).clone(),
        Err(_) => object,
    }
}

/// Threads of the application and of other plugins are not a plugin's to trace.
fn own_threads_only<'py>(py: Python<'py>, given: Given<'py>) -> PyResult<Bound<'py, PyAny>> {
    match Captured::by_code(py).plugin() {
        None => given.pass_on(py),
        Some(_) => Err(PyPermissionError::new_err(
            "A plugin may not trace the threads of others: use `threading.settrace` before its own start",
        )),
    }
}

/// A function that runs as the plugin that left it.
#[pyclass(frozen, module = "orca")]
struct AsMaker {
    function: Py<PyAny>,
    maker: Captured,
}

#[pymethods]
impl AsMaker {
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__(
        &self,
        py: Python<'_>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        self.maker.run(py, || self.function.call(py, args, kwargs))
    }

    // `atexit.unregister` looks for a function that equals the one it is given.
    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.function.bind(py).eq(shown(other.clone()))
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.function.bind(py).hash()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.function.bind(py).repr()?.to_string())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.function)
    }
}
