//! The functions of `importlib` that import or look for a module: they look at who asks, as `__import__` does.
//!
//! They are replaced when a plugin's own code has imported `importlib`, so that starting Python does not pay for it.

use pyo3::exceptions::PyModuleNotFoundError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCFunction, PyDict, PyString};

use super::scope;

/// `importlib.import_module` as it was.
static IMPORT_MODULE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// `importlib.util.find_spec` as it was.
static FIND_SPEC: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Replaces what is there of them and was not replaced yet.
pub(super) fn importlib(py: Python<'_>) -> PyResult<()> {
    let modules = py.import("sys")?.getattr("modules")?.cast_into::<PyDict>()?;
    let replace = |module: &str, name: &str, kept: &PyOnceLock<_>, own: Bound<'_, PyCFunction>| {
        if kept.get(py).is_none()
            && let Some(module) = modules.get_item(module)?
        {
            let original = module.getattr(name)?.unbind();
            kept.get_or_init(py, || original);
            module.setattr(name, own)?;
        }
        Ok::<_, PyErr>(())
    };
    if let Some(module) = modules.get_item("importlib")? {
        module.setattr("__import__", py.import("builtins")?.getattr("__import__")?)?;
    }
    replace("importlib", "import_module", &IMPORT_MODULE, wrap_pyfunction!(import_module, py)?)?;
    replace("importlib.util", "find_spec", &FIND_SPEC, wrap_pyfunction!(find_spec, py)?)
}

/// Import a module by its name; a relative one needs the package it starts from.
#[pyfunction]
#[pyo3(signature = (name, package=None))]
fn import_module<'py>(
    py: Python<'py>,
    name: &Bound<'py, PyAny>,
    package: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let importer = absolute(name).map(|name| scope::permit(name, None)).transpose()?.flatten();
    let module = call(&IMPORT_MODULE, name, package).map_err(|error| scope::explained(py, error))?;
    if importer.is_some() {
        importlib(py)?;
    }
    Ok(module)
}

/// Look for a module without importing it.
#[pyfunction]
#[pyo3(signature = (name, package=None))]
fn find_spec<'py>(
    py: Python<'py>,
    name: &Bound<'py, PyAny>,
    package: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    match absolute(name).map(|name| (name, scope::permit(name, None))) {
        Some((text, Err(error))) => {
            let is_missing = error.is_instance_of::<PyModuleNotFoundError>(py);
            // That a package is not there is an error of whoever looks inside of it, as ever.
            match is_missing && !text.to_string_lossy().contains('.') {
                true => Ok(py.None().into_bound(py)),
                false => Err(error),
            }
        }
        Some((_, Ok(_))) | None => call(&FIND_SPEC, name, package),
    }
}

/// A name that is not relative.
fn absolute<'a, 'py>(name: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, PyString>> {
    name.cast::<PyString>().ok().filter(|name| !name.to_string_lossy().starts_with('.'))
}

fn call<'py>(
    original: &PyOnceLock<Py<PyAny>>,
    name: &Bound<'py, PyAny>,
    package: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    match original.get(name.py()) {
        Some(original) => original.bind(name.py()).call1((name, package)),
        None => Ok(name.py().None().into_bound(name.py())),
    }
}
