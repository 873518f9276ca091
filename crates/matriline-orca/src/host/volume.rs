//! `ModelVolume`.

use std::sync::Arc;

use matriline_host::VolumeKind;
use pyo3::prelude::*;

use super::geometry::{BoundingBox, Triple, triple};
use super::mesh::TriangleMesh;
use super::{VOLUME_KINDS, arrays, member};

/// A part of an object. A snapshot; may be used on any thread.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct ModelVolume(pub(super) Arc<matriline_host::ModelVolume>);

impl ModelVolume {
    fn is(&self, kind: VolumeKind) -> bool {
        self.0.kind == kind
    }
}

#[pymethods]
impl ModelVolume {
    /// The number that stays the same while the volume exists.
    fn id(&self) -> u64 {
        self.0.id
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is in its object, a ModelVolumeType.
    fn r#type(&self, py: Python<'_>) -> Py<PyAny> {
        let place = VolumeKind::ALL.iter().position(|(kind, _)| self.is(*kind));
        member(py, &VOLUME_KINDS, place)
    }

    /// Whether it is printed.
    fn is_model_part(&self) -> bool {
        self.is(VolumeKind::ModelPart)
    }

    /// Whether other options hold inside of it.
    fn is_modifier(&self) -> bool {
        self.is(VolumeKind::ParameterModifier)
    }

    /// Whether it is cut out of what is printed.
    fn is_negative_volume(&self) -> bool {
        self.is(VolumeKind::NegativeVolume)
    }

    /// Whether there is to be support where it is.
    fn is_support_enforcer(&self) -> bool {
        self.is(VolumeKind::SupportEnforcer)
    }

    /// Whether there is to be no support where it is.
    fn is_support_blocker(&self) -> bool {
        self.is(VolumeKind::SupportBlocker)
    }

    /// Whether it is there for support alone.
    fn is_support_modifier(&self) -> bool {
        self.is_support_enforcer() || self.is_support_blocker()
    }

    /// Its extruder, from 1; -1 when it has none of its own.
    fn extruder_id(&self) -> i64 {
        self.0.extruder.map_or(-1, i64::from)
    }

    /// How far it is moved in its object: (x, y, z) in mm.
    fn offset(&self) -> Triple {
        triple(self.0.placement.offset)
    }

    /// The angles about the axes X, Y and Z, applied in that order, in radians.
    fn rotation(&self) -> Triple {
        triple(self.0.placement.rotation)
    }

    /// The factors along the axes.
    fn scaling_factor(&self) -> Triple {
        triple(self.0.placement.scaling_factor)
    }

    /// 1, or -1 where it is mirrored, along each axis.
    fn mirror(&self) -> Triple {
        triple(self.0.placement.mirror)
    }

    /// All of it as a numpy array of shape (4, 4) and type float64, for column vectors. Raises ImportError without
    /// numpy.
    fn matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        arrays::matrix(py, self.0.placement.matrix())
    }

    /// How many triangles its mesh has.
    fn facets_count(&self) -> usize {
        self.0.mesh.triangles().len()
    }

    /// The volume of its mesh, before it is scaled, in mm³.
    fn volume(&self, py: Python<'_>) -> f64 {
        py.detach(|| self.0.mesh.volume())
    }

    /// The box around its mesh, in its own coordinates.
    fn bounding_box(&self, py: Python<'_>) -> BoundingBox {
        BoundingBox(py.detach(|| self.0.mesh.bounding_box()))
    }

    /// Whether the surface of its mesh is closed.
    fn is_manifold(&self, py: Python<'_>) -> bool {
        py.detach(|| self.0.mesh.is_manifold())
    }

    /// Its mesh.
    fn mesh(&self) -> TriangleMesh {
        TriangleMesh(self.0.mesh.clone())
    }

    /// How many errors of the mesh were repaired.
    fn mesh_errors_count(&self) -> u32 {
        self.0.mesh_errors
    }

    /// Whether supports are painted on it.
    fn is_fdm_support_painted(&self) -> bool {
        self.0.painted.fdm_support
    }

    /// Whether seams are painted on it.
    fn is_seam_painted(&self) -> bool {
        self.0.painted.seam
    }

    /// Whether colours are painted on it.
    fn is_mm_painted(&self) -> bool {
        self.0.painted.mm
    }

    /// Whether fuzzy skin is painted on it.
    fn is_fuzzy_skin_painted(&self) -> bool {
        self.0.painted.fuzzy_skin
    }

    /// The names of the options that it sets itself.
    fn config_keys(&self) -> Vec<&str> {
        self.0.config.iter().map(|(key, _)| key).collect()
    }

    /// The value of an option as a configuration file writes it; None when it does not set it.
    fn config_value(&self, key: &str) -> Option<&str> {
        self.0.config.value(key)
    }

    fn __repr__(&self) -> String {
        let kind = VolumeKind::ALL.iter().find(|(kind, _)| self.is(*kind)).map_or("", |(_, name)| name);
        format!(
            "<orca.host.ModelVolume {:?} id={} {kind} facets={}>",
            self.0.name,
            self.0.id,
            self.facets_count()
        )
    }
}
