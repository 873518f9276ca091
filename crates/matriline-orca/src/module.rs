//! The module `orca`.

use std::collections::BTreeSet;

use matriline_capability::{CapabilityType, Status, table};
use matriline_python::{enumeration, modules, record_class, result_class, set_statuses};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyModule};

use crate::{bases, capture};

/// The name of the module.
pub const PACKAGE: &str = "orca";

/// Makes `orca` and its sub-modules importable. Once, before the first plugin.
///
/// # Errors
/// What Python raises when a part cannot be made.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let orca = PyModule::new(py, PACKAGE)?;
    // A package without folders: `import orca.gcode` works, `import orca.other` says that there is none.
    orca.setattr("__path__", PyList::empty(py))?;
    orca.setattr("__spec__", spec(py, PACKAGE)?)?;
    modules(py).set_item(PACKAGE, &orca)?;

    let statuses: Vec<_> = Status::ALL.iter().map(|status| (status.member(), *status as i64)).collect();
    set_statuses(add_enumeration(&orca, "PluginResult", &statuses)?);
    let kinds: Vec<_> = CapabilityType::ALL.iter().map(|kind| (kind.member(), *kind as i64)).collect();
    let kinds = add_enumeration(&orca, "PluginType", &kinds)?;

    orca.add("ExecutionResult", result_class(py)?)?;
    for record in table::RECORDS {
        place(&orca, record.python_module)?.add(record.class, record_class(py, PACKAGE, record)?)?;
    }
    let root = bases::root(py, &kinds)?;
    for row in table::TYPES {
        let base = bases::of_row(&root, row, &kinds[row.kind as usize])?;
        place(&orca, row.python_module)?.add(row.python_class, base)?;
    }
    orca.add(bases::ROOT, root)?;
    capture::add_to(&orca)?;
    let mut parts = BTreeSet::from([""]);
    parts.extend(table::TYPES.iter().map(|row| row.python_module));
    parts.extend(table::RECORDS.iter().map(|record| record.python_module));
    let keep = |part| -> PyResult<_> {
        let module = place(&orca, part)?;
        Ok((module.clone().unbind(), module.dict().copy()?.unbind()))
    };
    let made = parts.into_iter().map(keep).collect::<PyResult<Vec<_>>>()?;
    MADE.get_or_init(py, || made);
    Ok(())
}

/// The modules as they were made.
static MADE: PyOnceLock<Vec<(Py<PyModule>, Py<PyDict>)>> = PyOnceLock::new();

/// Puts back what a plugin replaced in the modules: all plugins share them.
///
/// A module class that refuses would make every access of a plugin slower, since CPython caches those of plain modules.
pub(crate) fn restore(py: Python<'_>) -> PyResult<()> {
    for (module, names) in MADE.get(py).into_iter().flatten() {
        let now = module.bind(py).dict();
        for (name, value) in names.bind(py).iter() {
            if !now.get_item(&name)?.is_some_and(|found| found.is(&value)) {
                now.set_item(name, value)?;
            }
        }
    }
    Ok(())
}

/// An enumeration whose members stand in the module as well, as those of `orca` do.
fn add_enumeration(
    orca: &Bound<'_, PyModule>,
    name: &str,
    members: &[(&str, i64)],
) -> PyResult<Vec<Py<PyAny>>> {
    let (class, made) = enumeration(orca.py(), PACKAGE, name, members)?;
    orca.add(name, class)?;
    for ((name, _), member) in members.iter().zip(&made) {
        orca.add(*name, member)?;
    }
    Ok(made)
}

/// The sub-module of that name, made at the first use; the module itself for no name.
fn place<'py>(orca: &Bound<'py, PyModule>, name: &str) -> PyResult<Bound<'py, PyModule>> {
    if name.is_empty() {
        return Ok(orca.clone());
    }
    if let Ok(found) = orca.getattr(name) {
        return Ok(found.cast_into()?);
    }
    let py = orca.py();
    let path = format!("{PACKAGE}.{name}");
    let module = PyModule::new(py, &path)?;
    orca.add(name, &module)?;
    module.setattr("__spec__", spec(py, &path)?)?;
    modules(py).set_item(path, &module)?;
    Ok(module)
}

/// The spec of a module that nothing loads (PEP 451). An import of a module without one looks in vain each time
/// whether it is still being imported.
fn spec<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    matriline_python::module(py, "_frozen_importlib")?.getattr("ModuleSpec")?.call1((name, py.None()))
}
