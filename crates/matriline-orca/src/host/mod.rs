//! `orca.host`: what the application offers to plugins.
//!
//! The classes hold snapshots of the application's data (see [`matriline_host`]) and may be kept on any thread; the
//! functions ask the application, on its main thread. The names of the specification always exist and raise when there
//! is no application behind them; newer ones exist only while the application offers them (`offer`).

mod application;
mod arrays;
mod corners;
mod geometry;
mod instance;
mod mesh;
mod model;
mod offer;
mod plater;
mod presets;
mod storage;
mod ui;
mod volume;

pub(crate) use application::add_features;
pub(crate) use mesh::mesh_of;
pub(crate) use model::model_object;
pub(crate) use offer::{Needs, hide as hide_optional, needs_of, of_generation};
pub use offer::{Offer, Offering, offer, withdraw};
pub(crate) use ui::{dismiss, release};

use matriline_host::{Feature, PresetType, VolumeKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyModule;

/// Fills the module `orca.host`, and its sub-modules.
pub(crate) fn add_to(host: &Bound<'_, PyModule>) -> PyResult<()> {
    host.add("__doc__", "What the application offers: its model, its presets, its user interface.")?;
    let kinds = VolumeKind::ALL.map(|(kind, name)| (name, kind as i64));
    add_enumeration(host, "ModelVolumeType", &kinds, &VOLUME_KINDS)?;
    let kinds = PresetType::ALL.map(|(kind, name)| (name, kind as i64));
    add_enumeration(host, "PresetType", &kinds, &PRESET_TYPES)?;
    host.add_class::<geometry::BoundingBox>()?;
    host.add_class::<mesh::TriangleMesh>()?;
    host.add_class::<volume::ModelVolume>()?;
    host.add_class::<instance::ModelInstance>()?;
    host.add_class::<model::ModelObject>()?;
    host.add_class::<model::Model>()?;
    host.add_class::<presets::Preset>()?;
    host.add_class::<presets::PresetCollection>()?;
    host.add_class::<presets::PresetBundle>()?;
    host.add_class::<plater::Plater>()?;
    application::add_to(host)?;
    ui::add_to(host)?;
    let plugin = storage::module(host.py())?;
    offer::optional(host, "plugin", &plugin, Feature::Storage)
}

static VOLUME_KINDS: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();
static PRESET_TYPES: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();

/// An enumeration of the module, whose members are kept in the order given.
fn add_enumeration(
    module: &Bound<'_, PyModule>,
    name: &str,
    members: &[(&str, i64)],
    keep: &PyOnceLock<Vec<Py<PyAny>>>,
) -> PyResult<()> {
    let package = module.name()?;
    let (class, made) = matriline_python::enumeration(module.py(), package.to_str()?, name, members)?;
    // A set cell keeps its members: the module is made once.
    let _ = keep.set(module.py(), made);
    module.add(name, class)
}

/// A member that [`add_enumeration`] kept.
fn member(py: Python<'_>, kept: &PyOnceLock<Vec<Py<PyAny>>>, place: Option<usize>) -> Py<PyAny> {
    let found = kept.get(py).and_then(|members| members.get(place?));
    found.map_or_else(|| py.None(), |member| member.clone_ref(py))
}
