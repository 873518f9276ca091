//! The model on the plates: objects, their volumes and their instances.

use std::sync::{Arc, OnceLock};

use crate::geometry::{BoundingBox, Matrix, Placement, product};
use crate::{Config, TriangleMesh};

/// What a volume is in its object. The numbers are those that plugins see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(i8)]
pub enum VolumeKind {
    /// Nothing that is known.
    Invalid = -1,
    /// It is printed.
    #[default]
    ModelPart,
    /// It is cut out of what is printed.
    NegativeVolume,
    /// Other options hold inside of it.
    ParameterModifier,
    /// No support where it is.
    SupportBlocker,
    /// Support where it is.
    SupportEnforcer,
}

impl VolumeKind {
    /// All of them, with the names that plugins see.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Invalid, "Invalid"),
        (Self::ModelPart, "ModelPart"),
        (Self::NegativeVolume, "NegativeVolume"),
        (Self::ParameterModifier, "ParameterModifier"),
        (Self::SupportBlocker, "SupportBlocker"),
        (Self::SupportEnforcer, "SupportEnforcer"),
    ];
}

/// What the user has painted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Painted {
    pub fdm_support: bool,
    pub seam: bool,
    pub mm: bool,
    pub fuzzy_skin: bool,
}

impl Painted {
    fn or(self, other: Self) -> Self {
        Self {
            fdm_support: self.fdm_support || other.fdm_support,
            seam: self.seam || other.seam,
            mm: self.mm || other.mm,
            fuzzy_skin: self.fuzzy_skin || other.fuzzy_skin,
        }
    }
}

/// A part of an object.
#[derive(Clone, Debug)]
pub struct ModelVolume {
    /// The number that stays the same while the volume exists.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is in its object.
    pub kind: VolumeKind,
    /// Its extruder, from 1; none when it has that of the object.
    pub extruder: Option<u32>,
    /// Where it stands in the object.
    pub placement: Placement,
    /// What it looks like.
    pub mesh: TriangleMesh,
    /// How many errors of the mesh were repaired.
    pub mesh_errors: u32,
    /// What is painted on it.
    pub painted: Painted,
    /// Its own options.
    pub config: Config,
}

impl ModelVolume {
    /// A part with that mesh.
    pub fn new(id: u64, name: impl Into<String>, mesh: TriangleMesh) -> Self {
        Self {
            id,
            name: name.into(),
            kind: VolumeKind::ModelPart,
            extruder: None,
            placement: Placement::default(),
            mesh,
            mesh_errors: 0,
            painted: Painted::default(),
            config: Config::default(),
        }
    }
}

/// A copy of an object on a plate.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInstance {
    /// The number that stays the same while the instance exists.
    pub id: u64,
    /// Whether the user wants it printed.
    pub printable: bool,
    /// Whether it stands where it can be printed as well.
    pub is_printable: bool,
    /// Where it stands.
    pub placement: Placement,
}

impl ModelInstance {
    /// One that is printed.
    pub fn new(id: u64, placement: Placement) -> Self {
        Self { id, printable: true, is_printable: true, placement }
    }
}

/// An object.
#[derive(Debug, Default)]
pub struct ModelObject {
    /// The number that stays the same while the object exists.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The module it belongs to; empty for none.
    pub module_name: String,
    /// The file it was read from; empty for none.
    pub input_file: String,
    /// Whether the user wants it printed.
    pub printable: bool,
    /// Its parts.
    pub volumes: Vec<Arc<ModelVolume>>,
    /// Its copies.
    pub instances: Vec<Arc<ModelInstance>>,
    /// Whether it is a piece of a cut object.
    pub is_cut: bool,
    /// Whether its layers have heights that the user drew.
    pub has_custom_layering: bool,
    /// Its own options.
    pub config: Config,
    /// The box around its parts, once it was asked for.
    pub bounds: Bounds,
}

/// A box that is counted when it is asked for, and then kept.
#[derive(Debug, Default)]
pub struct Bounds(OnceLock<Option<BoundingBox>>);

impl ModelObject {
    /// An object that is printed.
    pub fn new(
        id: u64,
        name: impl Into<String>,
        volumes: Vec<ModelVolume>,
        instances: Vec<ModelInstance>,
    ) -> Self {
        Self {
            id,
            name: name.into(),
            printable: true,
            volumes: volumes.into_iter().map(Arc::new).collect(),
            instances: instances.into_iter().map(Arc::new).collect(),
            ..Self::default()
        }
    }

    fn parts(&self) -> impl Iterator<Item = &Arc<ModelVolume>> {
        self.volumes.iter().filter(|volume| volume.kind == VolumeKind::ModelPart)
    }

    fn bounds_of_parts(&self, outer: Option<&Matrix>) -> Option<BoundingBox> {
        let place = |volume: &Arc<ModelVolume>| {
            let own = volume.placement.matrix();
            volume.mesh.transformed_bounding_box(&outer.map_or(own, |outer| product(outer, &own)))
        };
        self.parts().filter_map(place).reduce(|one, other| one.and(&other))
    }

    /// The box around its parts, in its own coordinates. Counted once.
    pub fn raw_mesh_bounding_box(&self) -> Option<BoundingBox> {
        *self.bounds.0.get_or_init(|| self.bounds_of_parts(None))
    }

    /// The box around its parts as an instance places them.
    pub fn instance_bounding_box(&self, instance: &ModelInstance) -> Option<BoundingBox> {
        self.bounds_of_parts(Some(&instance.placement.matrix()))
    }

    /// The box around all instances.
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        let boxes = self.instances.iter().filter_map(|instance| self.instance_bounding_box(instance));
        boxes.reduce(|one, other| one.and(&other))
    }

    /// A box that holds all instances, from the corners of the box around its parts: quick, and not always tight.
    pub fn bounding_box_approx(&self) -> Option<BoundingBox> {
        let raw = self.raw_mesh_bounding_box()?;
        let boxes = self.instances.iter().map(|instance| raw.transformed(&instance.placement.matrix()));
        boxes.reduce(|one, other| one.and(&other))
    }

    /// How many triangles its parts have.
    pub fn facets_count(&self) -> usize {
        self.parts().map(|volume| volume.mesh.triangles().len()).sum()
    }

    /// How many of its volumes are printed.
    pub fn parts_count(&self) -> usize {
        self.parts().count()
    }

    /// How many extruders its volumes name.
    pub fn materials_count(&self) -> usize {
        let mut named: Vec<_> = self.volumes.iter().filter_map(|volume| volume.extruder).collect();
        named.sort_unstable();
        named.dedup();
        named.len()
    }

    /// How many errors of its meshes were repaired.
    pub fn mesh_errors(&self) -> u32 {
        self.volumes.iter().map(|volume| volume.mesh_errors).sum()
    }

    /// Whether it has several volumes that are printed, or one and others.
    pub fn is_multiparts(&self) -> bool {
        self.volumes.len() > 1
    }

    /// What is painted on any of its volumes.
    pub fn painted(&self) -> Painted {
        self.volumes.iter().map(|volume| volume.painted).fold(Painted::default(), Painted::or)
    }
}

/// All objects, as they were when somebody asked.
#[derive(Debug, Default)]
pub struct Model {
    /// The number of the model.
    pub id: u64,
    /// The objects.
    pub objects: Vec<Arc<ModelObject>>,
    /// How many materials it has.
    pub material_count: usize,
    /// The plate that the user sees, from 0.
    pub current_plate: usize,
    /// Who designed it; empty when nobody knows.
    pub designer: String,
    /// The number of the design on the pages it came from; empty for none.
    pub design_id: String,
}

impl Model {
    /// A model of objects.
    pub fn of(objects: Vec<ModelObject>) -> Self {
        Self { objects: objects.into_iter().map(Arc::new).collect(), ..Self::default() }
    }

    /// The box around all objects.
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        let boxes = self.objects.iter().filter_map(|object| object.bounding_box());
        boxes.reduce(|one, other| one.and(&other))
    }

    /// A box that holds all objects: quick, and not always tight.
    pub fn bounding_box_approx(&self) -> Option<BoundingBox> {
        let boxes = self.objects.iter().filter_map(|object| object.bounding_box_approx());
        boxes.reduce(|one, other| one.and(&other))
    }

    /// What is painted on any of the objects.
    pub fn painted(&self) -> Painted {
        self.objects.iter().map(|object| object.painted()).fold(Painted::default(), Painted::or)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 12.12: a part of 10 by 20 by 30 and a modifier, the instance moved by (5, 6, 0).
    fn object() -> ModelObject {
        let part = ModelVolume::new(1, "part", TriangleMesh::cuboid([10.0, 20.0, 30.0]));
        let modifier = ModelVolume {
            kind: VolumeKind::ParameterModifier,
            extruder: Some(2),
            placement: Placement::at([100.0, 0.0, 0.0]),
            ..ModelVolume::new(2, "modifier", TriangleMesh::cuboid([2.0; 3]))
        };
        let instance = ModelInstance::new(3, Placement::at([5.0, 6.0, 0.0]));
        ModelObject::new(4, "object", vec![part, modifier], vec![instance])
    }

    #[test]
    fn modifiers_are_not_in_the_box() {
        let object = object();
        assert_eq!(object.raw_mesh_bounding_box().unwrap().size(), [10.0, 20.0, 30.0]);
        assert_eq!(object.bounding_box().unwrap().min, [5.0, 6.0, 0.0]);
        assert_eq!(object.bounding_box_approx(), object.bounding_box());
        assert_eq!((object.facets_count(), object.parts_count(), object.materials_count()), (12, 1, 1));
        assert!(object.is_multiparts());
    }

    #[test]
    fn an_empty_model_has_no_box() {
        assert_eq!(Model::default().bounding_box(), None);
        let hollow = ModelObject { instances: Vec::new(), ..object() };
        assert_eq!(Model::of(vec![hollow]).bounding_box_approx(), None);
    }

    #[test]
    fn paint_on_one_volume_is_paint_on_the_model() {
        let mut painted = object();
        let volume = Arc::make_mut(&mut painted.volumes[1]);
        volume.painted.seam = true;
        let painted = Model::of(vec![painted]).painted();
        assert!(painted.seam && !painted.mm);
    }
}
