//! Modules below `orca` that an application brings: those of the types it declares, and extension modules of its own.
//!
//! A module that was made stays, since plugins' classes may refer to it; it is there for plugins while the manager runs
//! that brings it.

use std::sync::Arc;

use matriline_capability::{CapabilityType, DeclareError, Raised};
use matriline_python::{modules, raised};
use matriline_registry::lock::Mutex;
use pyo3::prelude::*;

use crate::module::{self, PACKAGE};
use crate::submodules::{self, Submodule};
use crate::types;

/// Why plugins cannot be shown what an application brings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BringError {
    /// A type has a name that `orca` has another use for.
    #[error(transparent)]
    Type(#[from] DeclareError),
    /// An extension module has a name that `orca` has another use for.
    #[error("The module `orca.{name}` cannot be registered: {problem}")]
    Submodule {
        /// Its name.
        name: String,
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// Python raised.
    #[error("`orca.{name}` cannot be made: it raised `{}`{}", .raised.kind, .raised.suffix())]
    Raised {
        /// The module that was to be made.
        name: String,
        /// The exception.
        raised: Box<Raised>,
    },
}

impl BringError {
    pub(crate) fn raised(py: Python<'_>, name: &str, error: &PyErr) -> Self {
        Self::Raised { name: name.into(), raised: Box::new(raised(py, error)) }
    }
}

/// A module that was made.
struct Brought {
    name: String,
    module: Py<PyModule>,
}

static BROUGHT: Mutex<Vec<Arc<Brought>>> = Mutex::new(Vec::new());

/// Shows plugins the modules of these types and these extension modules, and hides those that another manager brought.
///
/// # Errors
/// [`BringError`]; what was made before stays hidden.
///
/// Threads: the main thread, attached as the application, before the first plugin is loaded.
pub fn bring(py: Python<'_>, kinds: &[CapabilityType], submodules: &[Submodule]) -> Result<(), BringError> {
    hide_all(py).map_err(|error| BringError::raised(py, "", &error))?;
    let mut shown: Vec<&str> = Vec::new();
    for kind in kinds {
        shown.push(types::bring(py, *kind)?);
    }
    for submodule in submodules {
        if shown.contains(&submodule.name.as_str()) {
            let problem = "another module has the name; choose another";
            return Err(BringError::Submodule { name: submodule.name.clone(), problem });
        }
        submodules::bring(py, submodule)?;
        shown.push(&submodule.name);
    }
    shown
        .into_iter()
        .try_for_each(|name| show(py, name).map_err(|error| BringError::raised(py, name, &error)))
}

/// The module of that name that was brought, hidden or not.
pub(crate) fn find<'py>(py: Python<'py>, name: &str) -> Option<Bound<'py, PyModule>> {
    let found = BROUGHT.lock().iter().find(|brought| brought.name == name).cloned();
    found.map(|brought| brought.module.bind(py).clone())
}

/// Keeps a module that was made.
pub(crate) fn keep(name: &str, module: &Bound<'_, PyModule>) {
    let brought = Brought { name: name.into(), module: module.clone().unbind() };
    BROUGHT.lock().push(Arc::new(brought));
}

/// Whether `orca` has no other use for a name.
pub(crate) fn is_free(orca: &Bound<'_, PyModule>, name: &str) -> PyResult<bool> {
    orca.dict().contains(name).map(|has| !has)
}

fn show(py: Python<'_>, name: &str) -> PyResult<()> {
    let Some(module) = find(py, name) else { return Ok(()) };
    let orca = module::orca(py)?;
    module::set(&orca, name, Some(&module))?;
    modules(py).set_item(format!("{PACKAGE}.{name}"), module)
}

fn hide_all(py: Python<'_>) -> PyResult<()> {
    let all = BROUGHT.lock().clone();
    let orca = module::orca(py)?;
    for brought in all {
        module::set(&orca, &brought.name, None)?;
        let path = format!("{PACKAGE}.{}", brought.name);
        if modules(py).contains(&path)? {
            modules(py).del_item(path)?;
        }
    }
    Ok(())
}
