//! Undoing a load: the names, the modules, and what Python remembers of their files.

use std::path::{Path, PathBuf};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule, PyString};

use super::paths;
use super::table::{self, lies_in};
use crate::exception;
use crate::modules::{modules, sys_object};

/// Takes back the names of a plugin, its modules and its entries of `sys.path`. What its environment brought and
/// was imported stays.
///
/// # Errors
/// What Python raises when `sys` was tampered with.
pub fn release(py: Python<'_>, owner: &str) -> PyResult<()> {
    paths::settle(py, owner)?;
    let left = table::with(|table| table.remove(owner));
    let modules = modules(py);
    for (name, module) in modules.copy()?.iter() {
        let is_own_name = name.cast::<PyString>().is_ok_and(|name| {
            let name = name.to_string_lossy();
            left.names.contains(name.split('.').next().unwrap_or_default())
        });
        if is_own_name || lies_there(&module, &left.folders) {
            // A destructor may have taken it already.
            let _ = modules.del_item(name);
        }
    }
    let is_gone = |path: &str| {
        lies_in(Path::new(path), &left.folders) || left.adopted.iter().any(|entry| entry == path)
    };
    forget(&sys_object(py, c"path_importer_cache")?, is_gone)?;
    if let Some(linecache) = modules.get_item("linecache")? {
        forget(&linecache.getattr(intern!(py, "cache"))?, is_gone)?;
    }
    if left.has_distributions
        && let Some(metadata) = modules.get_item("importlib.metadata")?
    {
        // Before CPython 3.13 it is no class method, so the class alone does not do.
        metadata
            .getattr(intern!(py, "MetadataPathFinder"))?
            .call0()?
            .call_method0(intern!(py, "invalidate_caches"))?;
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

/// Whether a module was loaded from a file in one of the folders, or is a namespace package there.
fn lies_there(module: &Bound<'_, PyAny>, folders: &[PathBuf]) -> bool {
    let py = module.py();
    let spec = match module.cast::<PyModule>() {
        Ok(module) => module.dict().get_item(intern!(py, "__spec__")).ok().flatten(),
        Err(_) => module.getattr(intern!(py, "__spec__")).ok(),
    };
    let Some(spec) = spec.filter(|spec| !spec.is_none()) else { return false };
    let origin = spec.getattr(intern!(py, "origin")).ok();
    match origin.as_ref().and_then(|origin| origin.cast::<PyString>().ok()?.to_str().ok()) {
        Some(origin) => lies_in(Path::new(origin), folders),
        None => place(&spec).is_some_and(|place| lies_in(&place, folders)),
    }
}

/// The file that a spec says a module is loaded from, or the folder of a namespace package.
pub(super) fn place(spec: &Bound<'_, PyAny>) -> Option<PathBuf> {
    let py = spec.py();
    if let Ok(origin) = spec.getattr(intern!(py, "origin")).and_then(|origin| origin.extract::<PathBuf>()) {
        return Some(origin);
    }
    let locations = spec.getattr(intern!(py, "submodule_search_locations")).ok()?;
    locations.try_iter().ok()?.next()?.ok()?.extract().ok()
}
