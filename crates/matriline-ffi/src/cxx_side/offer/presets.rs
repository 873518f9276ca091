//! The presets of C++, read one by one.

use std::sync::Arc;

use matriline::host::{Preset, PresetBundle, PresetCollection, PresetType};

use super::model::config;
use crate::offer::ffi;

/// The presets that were read so far.
#[derive(Default)]
pub(crate) struct BundleBuilder(PresetBundle);

impl BundleBuilder {
    pub(crate) fn set(&mut self, current_filaments: Vec<String>, full_config: Vec<ffi::SettingPair>) {
        self.0.current_filaments = current_filaments;
        self.0.full_config = config(full_config);
    }

    pub(crate) fn add_preset(&mut self, to: ffi::CollectionOf, data: ffi::HostPresetData) {
        self.collection(to).presets.push(preset(data));
    }

    pub(crate) fn select(&mut self, of: ffi::CollectionOf, place: usize) {
        self.collection(of).selected = Some(place);
    }

    pub(crate) fn set_edited(&mut self, of: ffi::CollectionOf, data: ffi::HostPresetData) {
        self.collection(of).edited = Some(preset(data));
    }

    pub(super) fn finish(self) -> PresetBundle {
        self.0
    }

    fn collection(&mut self, of: ffi::CollectionOf) -> &mut PresetCollection {
        let all = &mut self.0;
        let collection = match of {
            ffi::CollectionOf::Printers => &mut all.printers,
            ffi::CollectionOf::Filaments => &mut all.filaments,
            ffi::CollectionOf::SlaPrints => &mut all.sla_prints,
            ffi::CollectionOf::SlaMaterials => &mut all.sla_materials,
            _ => &mut all.prints,
        };
        Arc::make_mut(collection)
    }
}

/// The presets of one kind.
pub(super) fn collection(bundle: &PresetBundle, of: ffi::CollectionOf) -> &PresetCollection {
    match of {
        ffi::CollectionOf::Printers => &bundle.printers,
        ffi::CollectionOf::Filaments => &bundle.filaments,
        ffi::CollectionOf::SlaPrints => &bundle.sla_prints,
        ffi::CollectionOf::SlaMaterials => &bundle.sla_materials,
        _ => &bundle.prints,
    }
}

fn preset(data: ffi::HostPresetData) -> Arc<Preset> {
    let kind = PresetType::ALL.into_iter().find(|(kind, _)| *kind as i8 == data.kind);
    Arc::new(Preset {
        kind: kind.map_or(PresetType::Invalid, |(kind, _)| kind),
        name: data.name,
        alias: data.alias,
        file: data.file,
        is_default: data.is_default,
        is_external: data.is_external,
        is_system: data.is_system,
        is_visible: data.is_visible,
        is_dirty: data.is_dirty,
        is_compatible: data.is_compatible,
        is_project_embedded: data.is_project_embedded,
        bundle_id: data.bundle_id,
        config: config(data.config),
    })
}
