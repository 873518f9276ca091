//! `Preset`, `PresetCollection` and `PresetBundle`.

use std::sync::Arc;

use matriline_host::PresetType;
use pyo3::prelude::*;

use super::mesh::place;
use super::{PRESET_TYPES, member};

/// A preset, as it was when it was asked for. Read-only; may be used on any thread.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct Preset(Arc<matriline_host::Preset>);

#[pymethods]
impl Preset {
    /// What it is for, a PresetType.
    #[getter]
    fn r#type(&self, py: Python<'_>) -> Py<PyAny> {
        let place = PresetType::ALL.iter().position(|(kind, _)| *kind == self.0.kind);
        member(py, &PRESET_TYPES, place)
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// A shorter name for the user; "" for none.
    #[getter]
    fn alias(&self) -> &str {
        &self.0.alias
    }

    /// The file it was read from; "" for none.
    #[getter]
    fn file(&self) -> &str {
        &self.0.file
    }

    /// Whether it is the one there is when there is no other.
    #[getter]
    fn is_default(&self) -> bool {
        self.0.is_default
    }

    /// Whether it was opened from a file outside of the data folder.
    #[getter]
    fn is_external(&self) -> bool {
        self.0.is_external
    }

    /// Whether it came with the application.
    #[getter]
    fn is_system(&self) -> bool {
        self.0.is_system
    }

    /// Whether the user sees it.
    #[getter]
    fn is_visible(&self) -> bool {
        self.0.is_visible
    }

    /// Whether it has changes that are not saved.
    #[getter]
    fn is_dirty(&self) -> bool {
        self.0.is_dirty
    }

    /// Whether it goes with the printer that is selected.
    #[getter]
    fn is_compatible(&self) -> bool {
        self.0.is_compatible
    }

    /// Whether it belongs to the project that is open.
    #[getter]
    fn is_project_embedded(&self) -> bool {
        self.0.is_project_embedded
    }

    /// The bundle it belongs to; "" for none.
    #[getter]
    fn bundle_id(&self) -> &str {
        &self.0.bundle_id
    }

    /// Whether the user made it.
    fn is_user(&self) -> bool {
        self.0.is_user()
    }

    /// Whether it belongs to a bundle.
    fn is_from_bundle(&self) -> bool {
        self.0.is_from_bundle()
    }

    /// The name as a list of presets shows it: the alias if there is one, with "* " before it when it has changes.
    #[pyo3(signature = (no_alias = false))]
    fn label(&self, no_alias: bool) -> String {
        if no_alias { self.0.full_label() } else { self.0.label() }
    }

    /// The names of its options.
    fn config_keys(&self) -> Vec<&str> {
        self.0.config.iter().map(|(key, _)| key).collect()
    }

    /// The value of an option as a configuration file writes it; None when it has none of that name.
    fn config_value(&self, key: &str) -> Option<&str> {
        self.0.config.value(key)
    }

    fn __repr__(&self) -> String {
        let kind = PresetType::ALL.iter().find(|(kind, _)| *kind == self.0.kind).map_or("", |(_, name)| name);
        format!("<orca.host.Preset {:?} type={kind} options={}>", self.0.name, self.0.config.len())
    }
}

/// The presets of one kind, as they were when they were asked for. May be used on any thread.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct PresetCollection(Arc<matriline_host::PresetCollection>);

#[pymethods]
impl PresetCollection {
    /// How many there are.
    fn size(&self) -> usize {
        self.0.presets.len()
    }

    fn __len__(&self) -> usize {
        self.size()
    }

    /// The one that is selected, as it is saved.
    fn get_selected_preset(&self) -> Option<Preset> {
        self.0.selected().cloned().map(Preset)
    }

    /// The one that is selected, as it is saved.
    fn selected_preset(&self) -> Option<Preset> {
        self.get_selected_preset()
    }

    /// The name of the one that is selected; "" for none.
    fn get_selected_preset_name(&self) -> &str {
        self.0.selected().map_or("", |preset| &preset.name)
    }

    /// The name of the one that is selected; "" for none.
    fn selected_preset_name(&self) -> &str {
        self.get_selected_preset_name()
    }

    /// The one that is selected, with the changes that the user has made since.
    fn get_edited_preset(&self) -> Option<Preset> {
        self.0.edited().cloned().map(Preset)
    }

    /// The one that is selected, with the changes that the user has made since.
    fn edited_preset(&self) -> Option<Preset> {
        self.get_edited_preset()
    }

    /// One of them. Raises IndexError.
    fn preset(&self, index: isize) -> PyResult<Preset> {
        let presets = &self.0.presets;
        let place = place(index, presets.len(), "preset index out of range")?;
        Ok(Preset(presets[place].clone()))
    }

    /// The preset of that name, or None.
    fn find_preset(&self, name: &str) -> Option<Preset> {
        self.0.find(name).cloned().map(Preset)
    }

    /// The names of all of them.
    fn preset_names(&self) -> Vec<&str> {
        self.0.presets.iter().map(|preset| preset.name.as_str()).collect()
    }

    fn __repr__(&self) -> String {
        let selected = self.get_selected_preset_name();
        format!("<orca.host.PresetCollection size={} selected={selected:?}>", self.size())
    }
}

/// All presets, as they were when they were asked for. May be used on any thread.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct PresetBundle(pub(super) Arc<matriline_host::PresetBundle>);

#[pymethods]
impl PresetBundle {
    /// How to print, with filament.
    #[getter]
    fn prints(&self) -> PresetCollection {
        PresetCollection(self.0.prints.clone())
    }

    /// The printers.
    #[getter]
    fn printers(&self) -> PresetCollection {
        PresetCollection(self.0.printers.clone())
    }

    /// The filaments.
    #[getter]
    fn filaments(&self) -> PresetCollection {
        PresetCollection(self.0.filaments.clone())
    }

    /// How to print, with resin.
    #[getter]
    fn sla_prints(&self) -> PresetCollection {
        PresetCollection(self.0.sla_prints.clone())
    }

    /// The resins.
    #[getter]
    fn sla_materials(&self) -> PresetCollection {
        PresetCollection(self.0.sla_materials.clone())
    }

    /// How to print, with the changes that the user has made.
    fn current_process_preset(&self) -> Option<Preset> {
        self.prints().get_edited_preset()
    }

    /// How to print, with the changes that the user has made.
    fn current_print_preset(&self) -> Option<Preset> {
        self.current_process_preset()
    }

    /// The printer, with the changes that the user has made.
    fn current_printer_preset(&self) -> Option<Preset> {
        self.printers().get_edited_preset()
    }

    /// The names of the filaments in use, one for each extruder.
    fn current_filament_preset_names(&self) -> Vec<String> {
        self.0.current_filaments.clone()
    }

    /// The filaments in use, one for each extruder; None for one that is missing.
    fn current_filament_presets(&self) -> Vec<Option<Preset>> {
        let find = |name: &String| self.0.filaments.find(name).cloned().map(Preset);
        self.0.current_filaments.iter().map(find).collect()
    }

    /// The names of the options of everything that is selected, together.
    fn full_config_keys(&self) -> Vec<&str> {
        self.0.full_config.iter().map(|(key, _)| key).collect()
    }

    /// The value of an option of what is selected; None when nothing has it.
    fn full_config_value(&self, key: &str) -> Option<&str> {
        self.0.full_config.value(key)
    }

    fn __repr__(&self) -> String {
        let counts =
            [&self.0.prints, &self.0.printers, &self.0.filaments].map(|presets| presets.presets.len());
        let [prints, printers, filaments] = counts;
        format!("<orca.host.PresetBundle prints={prints} printers={printers} filaments={filaments}>")
    }
}
