//! Threads that plugins start, and whose they are.
//!
//! CPython 3.11 raises no event when a thread starts, so the starters of `_thread` are replaced before anything
//! imports `threading`. A thread that a plugin starts runs as that plugin; others start as ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};

use crate::identity::{self, Identity, Who};
use crate::sys;

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
/// that thread. Off the main thread it is shown the main thread's number, and a lock of no thread, meanwhile.
///
/// # Errors
/// What Python raises when it cannot be imported.
pub fn import_threading(py: Python<'_>) -> PyResult<()> {
    let loaded = py.import("sys")?.getattr("modules")?.contains("threading")?;
    if loaded || sys::is_main_thread() || py.version_info() >= (3, 13) {
        return if loaded { Ok(()) } else { py.import("threading").map(drop) };
    }
    let low = py.import("_thread")?;
    let main = MAIN_THREAD.load(Ordering::Acquire);
    let number = move |_: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| main;
    let number = PyCFunction::new_closure(py, None, None, number)?.into_any();
    let shown = [("get_ident", number), ("_set_sentinel", low.getattr("allocate_lock")?)];
    let mut real = Vec::new();
    for (name, stand_in) in shown {
        real.push((name, low.getattr(name)?));
        low.setattr(name, stand_in)?;
    }
    let imported = py.import("threading");
    for (name, function) in real {
        low.setattr(name, &function)?;
        if let Ok(threading) = &imported {
            threading.setattr(name, function)?;
        }
    }
    imported.map(drop)
}

fn wrapped(original: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyCFunction>> {
    let py = original.py();
    let original = original.unbind();
    let start = move |args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>| -> PyResult<Py<PyAny>> {
        let py = args.py();
        let original = original.bind(py);
        let Some(identity) = starter() else { return Ok(original.call(args, kwargs)?.unbind()) };
        // The function comes first, by position or by name.
        if let Some(kwargs) = kwargs
            && let Some(function) = kwargs.get_item("function")?
        {
            let kwargs = kwargs.copy()?;
            kwargs.set_item("function", PluginThread { function: function.unbind(), identity })?;
            return Ok(original.call(args, Some(&kwargs))?.unbind());
        }
        if args.is_empty() || !args.get_item(0)?.is_callable() {
            return Ok(original.call(args, kwargs)?.unbind());
        }
        let thread =
            Bound::new(py, PluginThread { function: args.get_item(0)?.unbind(), identity })?.into_any();
        let rest = args.as_slice()[1..].iter().cloned();
        let args = PyTuple::new(py, std::iter::once(thread).chain(rest).collect::<Vec<_>>())?;
        Ok(original.call(&args, kwargs)?.unbind())
    };
    PyCFunction::new_closure(py, None, None, start)
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
    identity: Arc<Identity>,
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
        identity::thread(&self.identity, || self.function.call(py, args, kwargs))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.function.bind(py).repr()?.to_string())
    }
}
