//! `orca.host.plugin`: the folder in which a plugin keeps its own files.

use std::path::PathBuf;

use matriline_host::StorageError;
use matriline_python::identity::{Captured, host_call};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyModule;

use super::offer;

pub(super) fn module(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    let module = PyModule::new(py, "orca.host.plugin")?;
    module.add("__doc__", "What the application keeps for the plugin that asks.")?;
    module.add_function(wrap_pyfunction!(storage, &module)?)?;
    Ok(module)
}

/// The folder in which this plugin keeps its own files, as text. It exists, and stays when the plugin is updated.
///
/// Raises RuntimeError when no plugin asks, or when the folder cannot be made. May be called on any thread of the
/// plugin.
#[pyfunction]
fn storage() -> PyResult<PathText> {
    let refused = |error: StorageError| PyRuntimeError::new_err(error.to_string());
    let captured = Captured::now();
    let (Some(storage), Some(plugin)) = (offer::storage(), captured.plugin()) else {
        return Err(refused(StorageError::NotRegistered));
    };
    host_call(|| storage.folder(plugin.key())).map(PathText).map_err(refused)
}

/// A path that becomes a `str`.
struct PathText(PathBuf);

impl<'py> IntoPyObject<'py> for PathText {
    type Target = pyo3::types::PyString;
    type Output = Bound<'py, Self::Target>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.as_os_str().into_pyobject(py)?)
    }
}
