//! Threads that plugins start, and whose they are.
//!
//! CPython 3.11 raises no event when a thread starts, so the starters of `_thread` are replaced before anything
//! imports `threading` (see [`replaced`](crate::replaced)). A thread runs as whoever starts it: a plugin, the
//! application; one that nobody answers for starts as ever.

use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::identity::{self, Captured, CountedThread, HostScope};
use crate::modules::{module, modules};
use crate::replaced::{self, Given, replacement};
use crate::{exception, sys};

// Two names of one function, and the one that 3.13 adds.
replacement!(StartNewThread, "start_new_thread", start);
replacement!(StartNew, "start_new", start);
replacement!(StartJoinableThread, "start_joinable_thread", start);

/// What `_thread.get_ident()` answers on the main thread.
static MAIN_THREAD: AtomicU64 = AtomicU64::new(0);

/// Replaces the starters. On the main thread, before any plugin runs.
pub(crate) fn replace(module: &Bound<'_, PyAny>) {
    if let Ok(number) = module.call_method0("get_ident").and_then(|number| number.extract()) {
        MAIN_THREAD.store(number, Ordering::Release);
    }
    replaced::replace::<StartNewThread>(module);
    replaced::replace::<StartNew>(module);
    replaced::replace::<StartJoinableThread>(module);
}

/// Imports `threading` before a plugin does.
///
/// Up to CPython 3.12 it takes the thread that imports it first for the main thread, and ending Python then waits for
/// that thread. Off the main thread its record of the main thread is put right.
///
/// # Errors
/// What Python raises when it cannot be imported.
pub fn import_threading(py: Python<'_>) -> PyResult<()> {
    if modules(py).contains("threading")? {
        return Ok(());
    }
    let threading = py.import("threading")?;
    if sys::is_main_thread() || py.version_info() >= (3, 13) {
        return Ok(());
    }
    let main = threading.getattr("_main_thread")?;
    let number = MAIN_THREAD.load(Ordering::Acquire);
    let active = threading.getattr("_active")?;
    active.del_item(main.getattr("_ident")?)?;
    active.set_item(number, &main)?;
    main.setattr("_ident", number)?;
    // The lock that says whether the thread lives was tied to this one.
    let lock = py.import("_thread")?.call_method0("allocate_lock")?;
    lock.call_method0("acquire")?;
    let watched = threading.getattr("_shutdown_locks")?;
    watched.call_method1("discard", (main.getattr("_tstate_lock")?,))?;
    watched.call_method1("add", (&lock,))?;
    main.setattr("_tstate_lock", lock)
}

/// Starts a thread, which runs as whoever starts it.
fn start<'py>(py: Python<'py>, mut given: Given<'py>) -> PyResult<Bound<'py, PyAny>> {
    #[cfg(not(Py_3_12))]
    replaced::announce(py, c"_thread.start_new_thread", &PyTuple::new(py, given.positional())?)?;
    let maker = Captured::by_code(py);
    let thread = maker.plugin().map(|identity| CountedThread::new(identity.clone()));
    if (thread.is_some() || maker.is_host())
        && let Some(function) = given.argument(0, "function")
        && function.is_callable()
    {
        *function = Bound::new(py, StartedThread { function: function.clone().unbind(), thread })?.into_any();
    }
    given.pass_on(py)
}

/// What `threading` calls the thread of that number, if it knows it.
pub(crate) fn name(py: Python<'_>, number: u64) -> String {
    let known = || -> PyResult<String> {
        let active = module(py, "threading")?.getattr("_active")?;
        let name = active.get_item(number)?.getattr("_name")?;
        Ok(exception::lossy(name.cast()?))
    };
    known().map_or_else(|_| format!("thread {number}"), |name| format!("`{name}`"))
}

/// What a thread runs: the function it was given, as the plugin that started it, or as the application.
#[pyclass(frozen, module = "orca")]
struct StartedThread {
    function: Py<PyAny>,
    thread: Option<CountedThread>,
}

#[pymethods]
impl StartedThread {
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__(
        &self,
        py: Python<'_>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let Some(thread) = &self.thread else {
            let _host = HostScope::enter();
            return self.function.call(py, args, kwargs);
        };
        let number = module(py, "_thread")?.call_method0("get_ident")?.extract()?;
        identity::thread(thread.identity(), number, || self.function.call(py, args, kwargs))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.function.bind(py).repr()?.to_string())
    }
}
