//! The one import function of the process: it looks at who imports, and lets a plugin's own code import only what
//! is the plugin's.
//!
//! It stands in `builtins` once and for all, is native and makes no Python frames, so that tracebacks and
//! `warnings` look as ever. Code that is no plugin's own (the standard library, what environments bring, the
//! application) passes straight on.

use std::ffi::c_int;
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::PyModuleNotFoundError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use pyo3::{ffi, intern};

use super::finder::plugin_of_thread;
use super::table::Importer;
use super::{paths, table, watch};
use crate::identity;
use crate::modules::module;

/// The names of `builtins` as plugins find them.
static BUILTINS: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// Puts the import function into `builtins`, and remembers what else is there.
pub(super) fn install(py: Python<'_>) -> PyResult<()> {
    let builtins = py.import("builtins")?;
    builtins.setattr("__import__", wrap_pyfunction!(import_function, py)?)?;
    let made = builtins.dict().copy()?.unbind();
    BUILTINS.get_or_init(py, || made);
    Ok(())
}

/// Puts back what a plugin replaced in `builtins`: everybody shares them. What it added stays, as `gettext.install`
/// adds `_`.
///
/// # Errors
/// What Python raises when `builtins` was tampered with.
pub fn restore_builtins(py: Python<'_>) -> PyResult<()> {
    let Some(made) = BUILTINS.get(py) else { return Ok(()) };
    let now = module(py, "builtins")?.cast_into::<PyModule>()?.dict();
    for (name, value) in made.bind(py).iter() {
        if !now.get_item(&name)?.is_some_and(|found| found.is(&value)) {
            now.set_item(name, value)?;
        }
    }
    Ok(())
}

/// Import a module.
///
/// The same as Python's own, but that a plugin finds only what is its own.
#[pyfunction]
#[pyo3(name = "__import__", signature = (name, globals=None, locals=None, fromlist=None, level=0))]
fn import_function<'py>(
    py: Python<'py>,
    name: &Bound<'py, PyAny>,
    globals: Option<&Bound<'py, PyAny>>,
    locals: Option<&Bound<'py, PyAny>>,
    fromlist: Option<&Bound<'py, PyAny>>,
    level: c_int,
) -> PyResult<Bound<'py, PyAny>> {
    let absolute = name.cast::<PyString>().ok().filter(|_| level == 0);
    let globals_of = globals.and_then(|globals| globals.cast::<PyDict>().ok());
    let importer = absolute.map(|name| permit(name, globals_of)).transpose()?.flatten();
    let pointer = |argument: Option<&Bound<'py, PyAny>>| {
        argument.map_or(std::ptr::null_mut(), |argument| argument.as_ptr())
    };
    // SAFETY: the GIL is held; the arguments are borrowed for the call; the answer is a new reference or null.
    let module = unsafe {
        let module = ffi::PyImport_ImportModuleLevelObject(
            name.as_ptr(),
            pointer(globals),
            pointer(locals),
            pointer(fromlist),
            level,
        );
        Bound::from_owned_ptr_or_err(py, module).map_err(|error| explained(py, error))?
    };
    let is_importlib =
        |name: &Bound<'_, PyString>| name.to_str().is_ok_and(|name| name.starts_with("importlib"));
    if importer.is_some() && absolute.is_some_and(is_importlib) {
        watch::importlib(py)?;
    }
    Ok(module)
}

/// Says why a module is absent, by its whole name, where that is known.
type Explain = fn(&str) -> Option<String>;

static EXPLAIN: OnceLock<Explain> = OnceLock::new();

/// Has imports that fail say why. Once; who only looks whether a module is there is told no, as ever.
pub fn explain(explain: fn(&str) -> Option<String>) {
    EXPLAIN.get_or_init(|| explain);
}

/// The same error, or one that says more.
#[cold]
pub(super) fn explained(py: Python<'_>, error: PyErr) -> PyErr {
    if !error.is_instance_of::<PyModuleNotFoundError>(py) {
        return error;
    }
    let name = error.value(py).getattr(intern!(py, "name")).and_then(|name| name.extract::<String>());
    let reason = name.ok().and_then(|name| Some((EXPLAIN.get()?(&name)?, name)));
    reason.map_or(error, |(reason, name)| missing(py, &name, &reason))
}

/// An error when the code with those globals, or else of the calling frame, is a plugin's own and the name is not.
/// Answers the plugin.
pub(super) fn permit(
    name: &Bound<'_, PyString>,
    globals: Option<&Bound<'_, PyDict>>,
) -> PyResult<Option<Arc<str>>> {
    let py = name.py();
    if identity::is_host() {
        return Ok(None);
    }
    let plugin = match globals {
        Some(globals) => importer(globals)?,
        None => {
            // SAFETY: the GIL is held; the globals of the calling frame are borrowed from it, or there are none.
            let globals: Option<Bound<'_, PyAny>> =
                unsafe { Bound::from_borrowed_ptr_or_opt(py, ffi::PyEval_GetGlobals()) };
            let globals = globals.as_ref().and_then(|globals| globals.cast::<PyDict>().ok());
            globals.map(importer).transpose()?.flatten()
        }
    };
    let Some(plugin) = plugin else { return Ok(None) };
    let Ok(name) = name.to_str() else { return Ok(None) };
    let top_level = first(name);
    if table::standard(py)?.contains(top_level)
        || table::with(|table| table.has(&plugin, top_level))
        || paths::find(py, &plugin, top_level)?.is_some()
    {
        return Ok(Some(plugin));
    }
    let reason = format!(
        "plugin `{plugin}` does not bring `{top_level}`; add what provides it to `dependencies` in the plugin's metadata, or put it beside the plugin"
    );
    Err(missing(py, name, &reason))
}

/// The plugin whose own code has those globals.
fn importer(globals: &Bound<'_, PyDict>) -> PyResult<Option<Arc<str>>> {
    let py = globals.py();
    let mut is_standard = false;
    for key in [intern!(py, "__name__"), intern!(py, "__package__")] {
        let Some(name) = globals.get_item(key)? else { continue };
        let Ok(name) = name.cast::<PyString>() else { continue };
        let Ok(name) = name.to_str() else { continue };
        let top_level = first(name);
        match table::with(|table| table.importer(top_level)) {
            Importer::Plugin(plugin) => return Ok(Some(plugin)),
            Importer::Environment => return Ok(None),
            Importer::Unknown => is_standard |= table::standard(py)?.contains(top_level),
        }
    }
    // Code without a name that is known (`exec`, `runpy`) is that of the thread.
    match is_standard {
        true => Ok(None),
        false => Ok(plugin_of_thread().map(Arc::from)),
    }
}

fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The error of an import that is not the plugin's; it begins as Python's own does.
#[cold]
pub(super) fn missing(py: Python<'_>, name: &str, reason: &str) -> PyErr {
    let message = format!("No module named '{name}': {reason}");
    let make = || {
        let options = PyDict::new(py);
        options.set_item("name", name)?;
        let error = py.get_type::<PyModuleNotFoundError>().call((message,), Some(&options))?;
        Ok(PyErr::from_value(error))
    };
    make().unwrap_or_else(|error: PyErr| error)
}
