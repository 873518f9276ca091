//! Imports of plugins: `sys.path` never changes.
//!
//! One finder of ours stands before Python's own and knows, for each top-level name that a plugin brings, the
//! folder or the file it comes from. A name belongs to one plugin at a time.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use matriline_registry::lock::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::exception;

/// Where a top-level name comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A module in one file, whatever the file is called.
    File(PathBuf),
    /// A module or package in a folder.
    Folder(PathBuf),
}

/// Why a plugin cannot have a name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameTaken {
    /// Another plugin has it.
    #[error(
        "The module name `{name}` is taken by plugin `{owner}`; rename the file or folder in one of them"
    )]
    ByPlugin {
        /// The name.
        name: String,
        /// The plugin that has it.
        owner: String,
    },
    /// Python has it, or the application.
    #[error("The module name `{name}` is that of a module of Python itself; rename the file or folder")]
    ByPython {
        /// The name.
        name: String,
    },
}

struct Row {
    owner: String,
    source: Source,
}

static TABLE: Mutex<Option<HashMap<String, Row>>> = Mutex::new(None);

/// Whether a name is one of the standard library, or built in.
///
/// # Errors
/// What Python raises when it cannot tell.
pub fn is_standard(py: Python<'_>, name: &str) -> PyResult<bool> {
    let sys = py.import("sys")?;
    Ok(name == "orca" || sys.getattr("stdlib_module_names")?.contains(name)?)
}

/// Gives top-level names to a plugin; all of them or none.
///
/// # Errors
/// [`NameTaken`] when one of them is not free.
pub fn claim(py: Python<'_>, owner: &str, names: Vec<(String, Source)>) -> Result<(), NameTaken> {
    let modules = py.import("sys").and_then(|sys| sys.getattr("modules")).ok();
    for (name, _) in &names {
        let loaded = modules.as_ref().is_some_and(|modules| modules.contains(name).unwrap_or(false));
        let standard = is_standard(py, name).unwrap_or(true);
        if standard || (loaded && owner_of(name).is_none()) {
            return Err(NameTaken::ByPython { name: name.clone() });
        }
    }
    let mut table = TABLE.lock();
    let table = table.get_or_insert_default();
    for (name, _) in &names {
        if let Some(row) = table.get(name) {
            return Err(NameTaken::ByPlugin { name: name.clone(), owner: row.owner.clone() });
        }
    }
    let rows = names.into_iter().map(|(name, source)| (name, Row { owner: owner.into(), source }));
    table.extend(rows);
    Ok(())
}

fn owner_of(name: &str) -> Option<String> {
    TABLE.lock().as_ref()?.get(name).map(|row| row.owner.clone())
}

/// Takes the names of a plugin back, with every module that was imported from `folders`.
///
/// # Errors
/// What Python raises when `sys` was tampered with.
pub fn release(py: Python<'_>, owner: &str, folders: &[PathBuf]) -> PyResult<()> {
    if let Some(table) = TABLE.lock().as_mut() {
        table.retain(|_, row| row.owner != owner);
    }
    let sys = py.import("sys")?;
    let modules = sys.getattr("modules")?.cast_into::<PyDict>()?;
    for (name, module) in modules.copy()?.iter() {
        if origin(&module).is_some_and(|origin| lies_in(&origin, folders)) {
            // A destructor may have taken it already.
            let _ = modules.del_item(name);
        }
    }
    let caches = sys.getattr("path_importer_cache")?.cast_into::<PyDict>()?;
    for path in caches.copy()?.keys() {
        if path.cast::<PyString>().is_ok_and(|path| lies_in(Path::new(&exception::lossy(path)), folders)) {
            let _ = caches.del_item(path);
        }
    }
    Ok(())
}

fn lies_in(path: &Path, folders: &[PathBuf]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

/// The file a module was loaded from, or the folder of a namespace package.
fn origin(module: &Bound<'_, PyAny>) -> Option<PathBuf> {
    let spec = module.getattr("__spec__").ok()?;
    if let Ok(origin) = spec.getattr("origin").and_then(|origin| origin.extract::<PathBuf>()) {
        return Some(origin);
    }
    let locations = spec.getattr("submodule_search_locations").ok()?;
    locations.try_iter().ok()?.next()?.ok()?.extract().ok()
}

/// Puts the finder before `PathFinder`.
pub(crate) fn install_finder(py: Python<'_>) -> PyResult<()> {
    let finders = py.import("sys")?.getattr("meta_path")?.cast_into::<PyList>()?;
    let path_finder = py.import("_frozen_importlib_external")?.getattr("PathFinder")?;
    let place = finders.index(&path_finder).unwrap_or(finders.len());
    finders.insert(place, Bound::new(py, Finder { path_finder: path_finder.unbind() })?)
}

/// The finder; see the head of this file.
#[pyclass(frozen, module = "orca")]
struct Finder {
    path_finder: Py<PyAny>,
}

#[pymethods]
impl Finder {
    #[pyo3(signature = (name, path=None, target=None))]
    fn find_spec<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        path: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if path.is_some() {
            return Ok(None);
        }
        let source = TABLE.lock().as_ref().and_then(|table| table.get(name)).map(|row| row.source.clone());
        match source {
            None => Ok(None),
            Some(Source::Folder(folder)) => {
                let found = self
                    .path_finder
                    .bind(py)
                    .call_method1("find_spec", (name, [folder.as_os_str()], target))?;
                Ok((!found.is_none()).then_some(found))
            }
            Some(Source::File(file)) => {
                let make = py.import("_frozen_importlib_external")?.getattr("spec_from_file_location")?;
                Ok(Some(make.call1((name, file.as_os_str()))?))
            }
        }
    }
}
