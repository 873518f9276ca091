//! Threads that plugins start, and whose they are.
//!
//! CPython 3.11 raises no event when a thread starts, so the starters of `_thread` are replaced before anything
//! imports `threading`. A thread that a plugin starts runs as that plugin; others start as ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};

use crate::identity::{self, CountedThread, Identity, Who};
use crate::modules::{module, modules};
use crate::{exception, sys};

/// The functions of `_thread` that start a thread, over all versions.
const STARTERS: [&str; 3] = ["start_new_thread", "start_new", "start_joinable_thread"];

/// What `_thread.get_ident()` answers on the main thread.
static MAIN_THREAD: AtomicU64 = AtomicU64::new(0);

/// Replaces the starters. On the main thread, before any plugin runs.
pub(crate) fn wrap_starters(py: Python<'_>) -> PyResult<()> {
    let module = py.import("_thread")?;
    MAIN_THREAD.store(module.call_method0("get_ident")?.extract()?, Ordering::Release);
    for name in STARTERS {
        if let Ok(original) = module.getattr(name) {
            module.setattr(name, wrapped(original)?)?;
        }
    }
    Ok(())
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

fn wrapped(original: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyCFunction>> {
    let py = original.py();
    let original = original.unbind();
    let start = move |args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>| -> PyResult<Py<PyAny>> {
        let py = args.py();
        let original = original.bind(py);
        let Some(thread) = starter().map(CountedThread::new) else {
            return Ok(original.call(args, kwargs)?.unbind());
        };
        // The function comes first, by position or by name.
        if let Some(kwargs) = kwargs
            && let Some(function) = kwargs.get_item("function")?
        {
            let kwargs = kwargs.copy()?;
            kwargs.set_item("function", PluginThread { function: function.unbind(), thread })?;
            return Ok(original.call(args, Some(&kwargs))?.unbind());
        }
        if args.is_empty() || !args.get_item(0)?.is_callable() {
            return Ok(original.call(args, kwargs)?.unbind());
        }
        let runs = Bound::new(py, PluginThread { function: args.get_item(0)?.unbind(), thread })?.into_any();
        let rest = args.as_slice()[1..].iter().cloned();
        let args = PyTuple::new(py, std::iter::once(runs).chain(rest).collect::<Vec<_>>())?;
        Ok(original.call(&args, kwargs)?.unbind())
    };
    PyCFunction::new_closure(py, None, None, start)
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

/// The plugin that starts a thread now.
fn starter() -> Option<Arc<Identity>> {
    identity::with_current(|who| match who {
        Who::Plugin(identity) => identity.shared(),
        Who::Host | Who::Unknown => None,
    })
}

/// What a thread of a plugin runs: the function it was given, as that plugin.
#[pyclass(frozen, module = "orca")]
struct PluginThread {
    function: Py<PyAny>,
    thread: CountedThread,
}

#[pymethods]
impl PluginThread {
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__(
        &self,
        py: Python<'_>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let number = module(py, "_thread")?.call_method0("get_ident")?.extract()?;
        identity::thread(self.thread.identity(), number, || self.function.call(py, args, kwargs))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.function.bind(py).repr()?.to_string())
    }
}
