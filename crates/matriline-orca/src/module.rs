//! The module `orca`.

use std::collections::BTreeSet;
use std::sync::Arc;

use matriline_capability::{CapabilityType, ENUMERATIONS, LifecycleEvtCode, Status, table};
use matriline_python::{enumeration, enumeration_of, modules, record_class, result_class, set_statuses};
use matriline_registry::lock::Mutex;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyModule};

use crate::{absent, bases, capture, generations, host, objects, slicing, visualization};

/// The name of the module.
pub const PACKAGE: &str = "orca";

/// Makes `orca` and its sub-modules importable. Once, before the first plugin.
///
/// # Errors
/// What Python raises when a part cannot be made.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let orca = PyModule::new(py, PACKAGE)?;
    orca.add("__doc__", "What plugins register with, and what the application offers to them.")?;
    // A package without folders: `import orca.gcode` works, `import orca.other` says that there is none.
    orca.setattr("__path__", PyList::empty(py))?;
    orca.setattr("__spec__", spec(py, PACKAGE)?)?;
    modules(py).set_item(PACKAGE, &orca)?;

    let statuses: Vec<_> = Status::ALL.iter().map(|status| (status.member(), *status as i64)).collect();
    set_statuses(add_enumeration(&orca, "PluginResult", &statuses)?);
    let kinds: Vec<_> =
        CapabilityType::ALL.iter().map(|kind| (kind.member(), i64::from(kind.number()))).collect();
    let kinds = add_enumeration(&orca, "PluginType", &kinds)?;

    for spec in ENUMERATIONS {
        let module = place(&orca, spec.python_module)?;
        let (class, members) = enumeration_of(py, PACKAGE, spec)?;
        module.add(spec.class, class)?;
        // Those of the codes are words that a module has other uses for.
        if spec.class != LifecycleEvtCode::SPEC.class {
            for (name, member) in spec.members.iter().zip(members) {
                // Of two members of one name that of the older enumeration is meant.
                if !module.dict().contains(name)? {
                    module.add(*name, member)?;
                }
            }
        }
    }

    orca.add("ExecutionResult", result_class(py)?)?;
    for record in table::RECORDS {
        place(&orca, record.python_module)?.add(record.class, record_class(py, PACKAGE, record)?)?;
    }
    let root = bases::root(py, &kinds)?;
    for row in table::TYPES {
        let base = bases::of_row(&root, row, &kinds[usize::from(row.kind.number())])?;
        let module = place(&orca, row.python_module)?;
        module.add("__doc__", bases::module_doc(row))?;
        module.add(row.python_class, base)?;
    }
    orca.add(bases::ROOT, root)?;
    capture::add_to(&orca)?;
    objects::install();
    host::add_features(&orca)?;
    host::add_to(&place(&orca, "host")?)?;
    slicing::add_to(&place(&orca, "slicing")?)?;
    visualization::add_to(&place(&orca, "visualization")?)?;
    generations::add_to(&orca)?;
    let mut parts = BTreeSet::from(["", "host", "host.ui", "host.plugin"]);
    parts.extend(table::TYPES.iter().map(|row| row.python_module));
    parts.extend(table::RECORDS.iter().map(|record| record.python_module));
    for part in parts {
        keep(&place(&orca, part)?)?;
    }
    matriline_python::imports::explain(absent::reason_of_module);
    host::hide_optional(py)
}

/// A module as it was made.
struct Made {
    module: Py<PyModule>,
    names: Py<PyDict>,
}

/// `orca` itself, and those below it.
static MADE: Mutex<Vec<Arc<Made>>> = Mutex::new(Vec::new());

/// The module as it is now is as it was made.
fn keep(module: &Bound<'_, PyModule>) -> PyResult<()> {
    absent::add_to(module)?;
    // `from orca.host import *` takes what is offered then; a list would name what was made.
    if module.dict().contains("__all__")? {
        module.dict().del_item("__all__")?;
    }
    let made = Made { module: module.clone().unbind(), names: module.dict().copy()?.unbind() };
    MADE.lock().push(Arc::new(made));
    Ok(())
}

/// `orca` itself, whatever a plugin has put in its place.
///
/// # Errors
/// When it was not made yet.
pub(crate) fn orca(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    let first = MADE.lock().first().cloned();
    let missing = || PyRuntimeError::new_err("the module `orca` was not made yet");
    first.map(|made| made.module.bind(py).clone()).ok_or_else(missing)
}

/// A module below `orca` that nobody can import yet.
pub(crate) fn new<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyModule>> {
    let path = format!("{PACKAGE}.{name}");
    let module = PyModule::new(py, &path)?;
    module.setattr("__spec__", spec(py, &path)?)?;
    keep(&module)?;
    Ok(module)
}

/// Puts back what a plugin replaced in the modules: all plugins share them.
///
/// A module class that refuses would make every access of a plugin slower, since CPython caches those of plain modules.
pub(crate) fn restore(py: Python<'_>) -> PyResult<()> {
    let all = MADE.lock().clone();
    for made in all {
        let now = made.module.bind(py).dict();
        for (name, value) in made.names.bind(py).iter() {
            if !now.get_item(&name)?.is_some_and(|found| found.is(&value)) {
                now.set_item(name, value)?;
            }
        }
    }
    Ok(())
}

/// Gives a module a name, or takes it away: an application offers it, or does not.
pub(crate) fn set(
    module: &Bound<'_, PyModule>,
    name: &str,
    object: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let made = MADE.lock().iter().find(|made| made.module.is(module)).cloned();
    let now = module.dict();
    let names = made.as_ref().map(|made| made.names.bind(module.py()));
    for names in [Some(&now), names].into_iter().flatten() {
        match object {
            Some(object) => names.set_item(name, object)?,
            None if names.contains(name)? => names.del_item(name)?,
            None => {}
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
    if let Some((outer, inner)) = name.split_once('.') {
        return place(&place(orca, outer)?, inner);
    }
    if let Ok(found) = orca.getattr(name) {
        return Ok(found.cast_into()?);
    }
    let py = orca.py();
    let path = format!("{}.{name}", orca.name()?);
    let module = PyModule::new(py, &path)?;
    orca.add(name, &module)?;
    module.setattr("__spec__", spec(py, &path)?)?;
    modules(py).set_item(path, &module)?;
    Ok(module)
}

/// The spec of a module that nothing loads (PEP 451). An import of a module without one looks in vain each time
/// whether it is still being imported.
pub(crate) fn spec<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    matriline_python::module(py, "_frozen_importlib")?.getattr("ModuleSpec")?.call1((name, py.None()))
}
