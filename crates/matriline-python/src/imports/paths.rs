//! Edits of `sys.path`: they work for the plugin that makes them, and are taken back.
//!
//! An entry that is neither Python's nor the application's is adopted by the plugin that imports while it stands
//! there, unless it lies inside of another plugin. What is found in an entry is the plugin's from then on, also after
//! the entry is gone from `sys.path`.

use std::collections::HashSet;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString};

use super::{Source, scope, table};
use crate::modules::{module, modules, sys_object};

/// What stands in `sys.path` as text.
pub(super) fn entries(py: Python<'_>) -> PyResult<Vec<String>> {
    let mut entries = Vec::new();
    for entry in sys_object(py, c"path")?.try_iter()? {
        if let Ok(entry) = entry?.cast::<PyString>() {
            entries.push(crate::exception::lossy(entry));
        }
    }
    Ok(entries)
}

/// Looks for a name where a plugin has it that the table does not know: in `sys.modules`, when it put a module there
/// itself, in its own folder, and in the entries of `sys.path` that it added.
///
/// # Errors
/// `ModuleNotFoundError` when the plugin has it and the name is another's.
pub(super) fn find(py: Python<'_>, plugin: &str, name: &str) -> PyResult<Option<Source>> {
    let found = match is_made(py, name)? {
        true => Some(Source::Made),
        false => in_entries(py, plugin, name)?,
    };
    let Some(source) = found else { return Ok(None) };
    match table::with(|table| table.claim_found(plugin, name, source.clone())) {
        true => Ok(Some(source)),
        false => {
            let reason = format!("the name is taken by another plugin; rename it in plugin `{plugin}`");
            Err(scope::missing(py, name, &reason))
        }
    }
}

/// The modules that no finder brought and that were there before the first plugin: the application's.
static MADE_BEFORE: PyOnceLock<HashSet<String>> = PyOnceLock::new();

/// Notes them, once.
pub(super) fn see_made(py: Python<'_>) {
    MADE_BEFORE.get_or_init(py, || {
        let made = modules(py).into_iter().filter(|(_, module)| is_without_spec(module));
        made.filter_map(|(name, _)| name.extract().ok()).collect()
    });
}

fn is_without_spec(module: &Bound<'_, PyAny>) -> bool {
    module.getattr("__spec__").is_ok_and(|spec| spec.is_none())
}

/// Whether a plugin put a module of that name into `sys.modules` itself.
fn is_made(py: Python<'_>, name: &str) -> PyResult<bool> {
    let was_there = MADE_BEFORE.get(py).is_some_and(|names| names.contains(name));
    Ok(!was_there && modules(py).get_item(name)?.is_some_and(|module| is_without_spec(&module)))
}

fn in_entries(py: Python<'_>, plugin: &str, name: &str) -> PyResult<Option<Source>> {
    let path = entries(py)?;
    let (adopted, folders) = table::with(|table| (table.adopt(plugin, &path), table.folders(plugin)));
    let finder = module(py, "_frozen_importlib_external")?.getattr("PathFinder")?;
    for entry in adopted.into_iter().map(PathBuf::from).chain(folders) {
        let spec = finder.call_method1("find_spec", (name, [entry.as_os_str()]))?;
        if spec.is_none() {
            continue;
        }
        let place = super::release::place(&spec).map(real);
        if place.is_none_or(|place| !table::with(|table| table.is_of_another(plugin, &place))) {
            return Ok(Some(Source::Folder(real(entry))));
        }
    }
    Ok(None)
}

/// Where a path leads, past `..` and links.
fn real(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}

/// The load of a plugin is over, or it is unloaded: what it added to `sys.path` is its own from now on, and `sys.path`
/// is put back. Entries of plugins that are being loaded at the same time stay.
///
/// # Errors
/// What Python raises when `sys` was tampered with.
pub fn settle(py: Python<'_>, plugin: &str) -> PyResult<()> {
    let now = entries(py)?;
    let (gone, own) = table::with(|table| (table.settle(plugin, &now), table.path().to_vec()));
    if now == own {
        return Ok(());
    }
    let mut left: Vec<_> = now.into_iter().filter(|entry| !gone.contains(entry)).collect();
    let kept: Vec<_> = left.iter().filter(|entry| own.contains(entry)).collect();
    if !kept.into_iter().eq(&own) {
        left.retain(|entry| !own.contains(entry));
        left.extend(own);
    }
    let sys = module(py, "sys")?;
    match sys_object(py, c"path")?.cast::<PyList>() {
        Ok(path) => path.set_slice(0, path.len(), PyList::new(py, left)?.as_any()),
        Err(_) => sys.setattr("path", left),
    }
}
