//! Models and presets from files, for applications of C++.

use std::path::Path;
use std::pin::Pin;

use matriline::ErrorCode;
use matriline::host::{Config, Model, ModelObject, ModelVolume, Placement, Preset, PresetBundle};
use matriline_files::FileError;

use super::mesh::Mesh;
use super::presets::collection;
use crate::boundary::{Fault, run};
use crate::offer::{Failure, ffi};

/// A model that was read.
#[derive(Default)]
pub(crate) struct ModelFile(Model);

pub(crate) fn read_model(path: &str, failure: Pin<&mut Failure>) -> Box<ModelFile> {
    run(failure, || Ok(Box::new(ModelFile(matriline_files::read_model(Path::new(path))?))))
}

impl From<FileError> for Box<Fault> {
    fn from(error: FileError) -> Self {
        Fault::new(ErrorCode::Io, error.to_string())
    }
}

impl ModelFile {
    pub(crate) fn model(&self) -> ffi::ModelData {
        let model = &self.0;
        ffi::ModelData {
            id: model.id,
            material_count: model.material_count,
            current_plate: model.current_plate,
            designer: model.designer.clone(),
            design_id: model.design_id.clone(),
        }
    }

    pub(crate) fn object_count(&self) -> usize {
        self.0.objects.len()
    }

    pub(crate) fn object(&self, place: usize) -> ffi::ObjectData {
        let object: &ModelObject = &self.0.objects[place];
        ffi::ObjectData {
            id: object.id,
            name: object.name.clone(),
            module_name: object.module_name.clone(),
            input_file: object.input_file.clone(),
            printable: object.printable,
            is_cut: object.is_cut,
            has_custom_layering: object.has_custom_layering,
            config: settings(&object.config),
        }
    }

    pub(crate) fn volumes(&self, object: usize) -> Vec<ffi::VolumeData> {
        self.0.objects[object].volumes.iter().map(|volume| volume_data(volume)).collect()
    }

    pub(crate) fn mesh(&self, object: usize, volume: usize) -> Box<Mesh> {
        Box::new(Mesh(self.0.objects[object].volumes[volume].mesh.clone()))
    }

    pub(crate) fn instances(&self, object: usize) -> Vec<ffi::InstanceData> {
        let instances = self.0.objects[object].instances.iter().map(|instance| ffi::InstanceData {
            id: instance.id,
            printable: instance.printable,
            is_printable: instance.is_printable,
            placement: placement(&instance.placement),
        });
        instances.collect()
    }
}

fn volume_data(volume: &ModelVolume) -> ffi::VolumeData {
    ffi::VolumeData {
        id: volume.id,
        name: volume.name.clone(),
        kind: volume.kind as i8,
        has_extruder: volume.extruder.is_some(),
        extruder: volume.extruder.unwrap_or_default(),
        placement: placement(&volume.placement),
        mesh_errors: volume.mesh_errors,
        fdm_support: volume.painted.fdm_support,
        seam: volume.painted.seam,
        mm: volume.painted.mm,
        fuzzy_skin: volume.painted.fuzzy_skin,
        config: settings(&volume.config),
    }
}

fn placement(placement: &Placement) -> ffi::PlacementData {
    let Placement { offset, rotation, scaling_factor, mirror } = *placement;
    ffi::PlacementData { offset, rotation, scaling_factor, mirror }
}

fn settings(config: &Config) -> Vec<ffi::SettingPair> {
    let pair = |(key, value): (&str, &str)| ffi::SettingPair { key: key.into(), value: value.into() };
    config.iter().map(pair).collect()
}

/// Presets that were read.
#[derive(Default)]
pub(crate) struct PresetFiles(PresetBundle);

pub(crate) fn read_presets(folder: &str, failure: Pin<&mut Failure>) -> Box<PresetFiles> {
    run(failure, || Ok(Box::new(PresetFiles(matriline_files::read_presets(Path::new(folder))?))))
}

impl PresetFiles {
    pub(crate) fn presets(&self, of: ffi::CollectionOf) -> Vec<ffi::HostPresetData> {
        collection(&self.0, of).presets.iter().map(|preset| preset_data(preset)).collect()
    }

    pub(crate) fn selected(&self, of: ffi::CollectionOf) -> usize {
        collection(&self.0, of).selected.unwrap_or(usize::MAX)
    }

    pub(crate) fn current_filaments(&self) -> Vec<String> {
        self.0.current_filaments.clone()
    }

    pub(crate) fn full_config(&self) -> Vec<ffi::SettingPair> {
        settings(&self.0.full_config)
    }
}

fn preset_data(preset: &Preset) -> ffi::HostPresetData {
    ffi::HostPresetData {
        kind: preset.kind as i8,
        name: preset.name.clone(),
        alias: preset.alias.clone(),
        file: preset.file.clone(),
        is_default: preset.is_default,
        is_external: preset.is_external,
        is_system: preset.is_system,
        is_visible: preset.is_visible,
        is_dirty: preset.is_dirty,
        is_compatible: preset.is_compatible,
        is_project_embedded: preset.is_project_embedded,
        bundle_id: preset.bundle_id.clone(),
        config: settings(&preset.config),
    }
}
