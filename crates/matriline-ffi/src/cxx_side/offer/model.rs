//! A model of C++, read object by object.

use std::sync::Arc;

use matriline::host::{
    Config, Model, ModelInstance, ModelObject, ModelVolume, Painted, Placement, VolumeKind,
};

use super::mesh::Mesh;
use crate::offer::ffi;

/// The part of a model that was read so far.
#[derive(Default)]
pub(crate) struct ModelBuilder {
    model: Model,
    object: Option<ModelObject>,
}

impl ModelBuilder {
    pub(crate) fn set(&mut self, data: ffi::ModelData) {
        self.model.id = data.id;
        self.model.material_count = data.material_count;
        self.model.current_plate = data.current_plate;
        self.model.designer = data.designer;
        self.model.design_id = data.design_id;
    }

    pub(crate) fn add_object(&mut self, data: ffi::ObjectData) {
        let next = ModelObject {
            id: data.id,
            name: data.name,
            module_name: data.module_name,
            input_file: data.input_file,
            printable: data.printable,
            is_cut: data.is_cut,
            has_custom_layering: data.has_custom_layering,
            config: config(data.config),
            ..ModelObject::default()
        };
        let last = self.object.replace(next);
        self.model.objects.extend(last.map(Arc::new));
    }

    pub(crate) fn add_volume(&mut self, data: ffi::VolumeData, mesh: &Mesh) {
        let volume = ModelVolume {
            id: data.id,
            name: data.name,
            kind: volume_kind(data.kind),
            extruder: data.has_extruder.then_some(data.extruder),
            placement: placement(&data.placement),
            mesh: mesh.0.clone(),
            mesh_errors: data.mesh_errors,
            painted: Painted {
                fdm_support: data.fdm_support,
                seam: data.seam,
                mm: data.mm,
                fuzzy_skin: data.fuzzy_skin,
            },
            config: config(data.config),
        };
        self.object.iter_mut().for_each(|object| object.volumes.push(Arc::new(volume.clone())));
    }

    pub(crate) fn add_instance(&mut self, data: ffi::InstanceData) {
        let instance = ModelInstance {
            id: data.id,
            printable: data.printable,
            is_printable: data.is_printable,
            placement: placement(&data.placement),
        };
        self.object.iter_mut().for_each(|object| object.instances.push(Arc::new(instance.clone())));
    }

    pub(crate) fn finish(self) -> Model {
        let Self { mut model, object } = self;
        model.objects.extend(object.map(Arc::new));
        model
    }
}

/// The options of C++.
pub(super) fn config(pairs: Vec<ffi::SettingPair>) -> Config {
    pairs.into_iter().map(|pair| (pair.key, pair.value)).collect()
}

fn placement(data: &ffi::PlacementData) -> Placement {
    Placement {
        offset: data.offset,
        rotation: data.rotation,
        scaling_factor: data.scaling_factor,
        mirror: data.mirror,
    }
}

/// A number that none has is no known kind.
fn volume_kind(number: i8) -> VolumeKind {
    let found = VolumeKind::ALL.into_iter().find(|(kind, _)| *kind as i8 == number);
    found.map_or(VolumeKind::Invalid, |(kind, _)| kind)
}
