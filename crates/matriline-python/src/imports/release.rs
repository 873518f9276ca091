//! Undoing a load: the names, the modules, and what Python remembers of their files.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::paths;
use super::table::{self, lies_in};
use crate::exception;

/// Takes back the names of a plugin, its modules and its entries of `sys.path`. What its environment brought and
/// was imported stays.
///
/// # Errors
/// What Python raises when `sys` was tampered with.
pub fn release(py: Python<'_>, owner: &str) -> PyResult<()> {
    paths::settle(py, owner)?;
    let left = table::with(|table| table.remove(owner));
    let sys = py.import("sys")?;
    let modules = sys.getattr("modules")?.cast_into::<PyDict>()?;
    for (name, module) in modules.copy()?.iter() {
        let top_level = name.cast::<PyString>().map(exception::lossy).unwrap_or_default();
        let top_level = top_level.split('.').next().unwrap_or_default();
        if left.names.contains(top_level)
            || origin(&module).is_some_and(|origin| lies_in(&origin, &left.folders))
        {
            // A destructor may have taken it already.
            let _ = modules.del_item(name);
        }
    }
    let is_gone = |path: &str| {
        lies_in(Path::new(path), &left.folders) || left.adopted.iter().any(|entry| entry == path)
    };
    forget(&sys.getattr("path_importer_cache")?, is_gone)?;
    if let Some(linecache) = modules.get_item("linecache")? {
        forget(&linecache.getattr("cache")?, is_gone)?;
    }
    if left.has_distributions
        && let Some(metadata) = modules.get_item("importlib.metadata")?
    {
        metadata.getattr("MetadataPathFinder")?.call_method0("invalidate_caches")?;
    }
    Ok(())
}

/// Removes the entries of a dictionary whose keys are paths that are gone.
fn forget(cache: &Bound<'_, PyAny>, is_gone: impl Fn(&str) -> bool) -> PyResult<()> {
    let Ok(cache) = cache.cast::<PyDict>() else { return Ok(()) };
    for path in cache.copy()?.keys() {
        if path.cast::<PyString>().is_ok_and(|path| is_gone(&exception::lossy(path))) {
            let _ = cache.del_item(path);
        }
    }
    Ok(())
}

/// The file a module was loaded from, or the folder of a namespace package.
fn origin(module: &Bound<'_, PyAny>) -> Option<PathBuf> {
    place(&module.getattr("__spec__").ok()?)
}

/// The same of a spec.
pub(super) fn place(spec: &Bound<'_, PyAny>) -> Option<PathBuf> {
    if let Ok(origin) = spec.getattr("origin").and_then(|origin| origin.extract::<PathBuf>()) {
        return Some(origin);
    }
    let locations = spec.getattr("submodule_search_locations").ok()?;
    locations.try_iter().ok()?.next()?.ok()?.extract().ok()
}
