//! `Plater`.

use matriline_host::PlaterState;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use super::application::{NO_PLATER, ask};
use super::model::Model;

/// What is open in the application. Each method asks it anew, on its main thread.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct Plater(());

impl Plater {
    pub(super) fn of_application() -> PyResult<Self> {
        let plater = Self(());
        plater.state().map(|_| plater)
    }

    fn state(&self) -> PyResult<PlaterState> {
        ask(|host| host.plater())?.ok_or_else(|| PyRuntimeError::new_err(NO_PLATER))
    }
}

#[pymethods]
impl Plater {
    /// The model on the plates, as it is now.
    fn model(&self) -> PyResult<Model> {
        let model = ask(|host| host.model())?;
        model.map(Model).ok_or_else(|| PyRuntimeError::new_err(NO_PLATER))
    }

    /// Whether the project has changes that are not saved.
    fn is_project_dirty(&self) -> PyResult<bool> {
        Ok(self.state()?.is_project_dirty)
    }

    /// Whether a preset has changes that are not saved.
    fn is_presets_dirty(&self) -> PyResult<bool> {
        Ok(self.state()?.is_presets_dirty)
    }

    /// Whether the application is just taking a snapshot for undo.
    fn inside_snapshot_capture(&self) -> PyResult<bool> {
        Ok(self.state()?.inside_snapshot_capture)
    }

    fn __repr__(&self) -> &'static str {
        "<orca.host.Plater>"
    }
}
