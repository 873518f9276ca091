//! The functions of `orca.host`.

use std::sync::Arc;

use matriline_host::{Feature, Host};
use matriline_python::desk::{self, Unanswered};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyFrozenSet, PyModule};

use super::model::Model;
use super::offer;
use super::plater::Plater;
use super::presets::PresetBundle;

/// Adds what stands in `orca` itself.
pub(crate) fn add_features(orca: &Bound<'_, PyModule>) -> PyResult<()> {
    orca.add_function(wrap_pyfunction!(host_features, orca)?)
}

pub(super) fn add_to(host: &Bound<'_, PyModule>) -> PyResult<()> {
    host.add_function(wrap_pyfunction!(model, host)?)?;
    host.add_function(wrap_pyfunction!(preset_bundle, host)?)?;
    host.add_function(wrap_pyfunction!(plater, host)?)?;
    let language = wrap_pyfunction!(app_language, host)?;
    offer::optional(host, "app_language", &language, Feature::Language)?;
    let reload = wrap_pyfunction!(reload_local_bundle, host)?;
    offer::optional(host, "reload_local_bundle", &reload, Feature::LocalBundles)
}

/// Asks the application, on its main thread.
pub(super) fn ask<R: Send + 'static>(act: impl FnOnce(&dyn Host) -> R + Send + 'static) -> PyResult<R> {
    let host = offer::host().ok_or_else(|| unanswered(Unanswered::NoApplication))?;
    desk::ask(move || act(&*host)).map_err(unanswered)
}

pub(super) fn unanswered(why: Unanswered) -> PyErr {
    PyRuntimeError::new_err(why.to_string())
}

/// The model on the plates, as it is now.
///
/// Raises RuntimeError when the application has none. May be called on any thread.
#[pyfunction]
fn model() -> PyResult<Model> {
    let model = ask(|host| host.model())?;
    model.map(Model).ok_or_else(|| PyRuntimeError::new_err(NO_PLATER))
}

pub(super) const NO_PLATER: &str = "Plater is not available";

/// All presets, as they are now.
///
/// Raises RuntimeError when the application has none. May be called on any thread.
#[pyfunction]
fn preset_bundle() -> PyResult<PresetBundle> {
    let bundle: Option<Arc<_>> = ask(|host| host.preset_bundle())?;
    bundle.map(PresetBundle).ok_or_else(|| PyRuntimeError::new_err("Preset bundle is not available"))
}

/// What is open in the application.
///
/// Raises RuntimeError when the application has no plater. May be called on any thread.
#[pyfunction]
fn plater() -> PyResult<Plater> {
    Plater::of_application()
}

/// What this application offers beyond what every one does, a frozenset of "language" (app_language()),
/// "local-bundles" (reload_local_bundle()), "dock-panels" (ui.create_dock_panel()), "notifications"
/// (ui.push_notification()) and "storage" (plugin.storage()).
///
/// May be called on any thread.
#[pyfunction]
fn host_features(py: Python<'_>) -> PyResult<Bound<'_, PyFrozenSet>> {
    PyFrozenSet::new(py, offer::features().into_iter().map(Feature::name))
}

/// The language of the application, such as "de_DE".
///
/// Raises RuntimeError without an application. May be called on any thread.
#[pyfunction]
fn app_language() -> PyResult<String> {
    ask(|host| host.app_language())
}

/// Reads a local bundle of presets again after its files changed. False when there is none of that name.
///
/// Raises RuntimeError without an application, or when it refuses. May be called on any thread.
#[pyfunction]
fn reload_local_bundle(bundle_id: String) -> PyResult<bool> {
    ask(move |host| host.reload_local_bundle(&bundle_id))?
        .map_err(|refused| PyRuntimeError::new_err(refused.to_string()))
}
