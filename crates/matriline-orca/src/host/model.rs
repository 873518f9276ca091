//! `Model` and `ModelObject`.

use std::sync::Arc;

use pyo3::prelude::*;

use super::geometry::BoundingBox;
use super::instance::ModelInstance;
use super::mesh::place;
use super::volume::ModelVolume;

/// The model on the plates, as it was when it was asked for. May be used on any thread.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct Model(pub(super) Arc<matriline_host::Model>);

/// An object of a model.
pub(crate) fn model_object(py: Python<'_>, model: Arc<matriline_host::Model>) -> PyResult<Bound<'_, PyAny>> {
    Ok(Bound::new(py, Model(model))?.into_any())
}

#[pymethods]
impl Model {
    /// The number of the model.
    fn id(&self) -> u64 {
        self.0.id
    }

    /// How many objects there are.
    fn object_count(&self) -> usize {
        self.0.objects.len()
    }

    /// The objects.
    fn objects(&self) -> Vec<ModelObject> {
        self.0.objects.iter().cloned().map(ModelObject).collect()
    }

    /// One object. Raises IndexError.
    fn object(&self, index: isize) -> PyResult<ModelObject> {
        let objects = &self.0.objects;
        let place = place(index, objects.len(), "model object index out of range")?;
        Ok(ModelObject(objects[place].clone()))
    }

    /// The box around all objects on the plates.
    fn bounding_box(&self, py: Python<'_>) -> BoundingBox {
        BoundingBox(py.detach(|| self.0.bounding_box()))
    }

    /// A box that holds all objects: quicker to find, and not always tight.
    fn bounding_box_approx(&self, py: Python<'_>) -> BoundingBox {
        BoundingBox(py.detach(|| self.0.bounding_box_approx()))
    }

    /// The height of the highest point in mm.
    fn max_z(&self, py: Python<'_>) -> f64 {
        py.detach(|| self.0.bounding_box()).map_or(0.0, |bounds| bounds.max[2])
    }

    /// How many materials it has.
    fn material_count(&self) -> usize {
        self.0.material_count
    }

    /// Whether supports are painted on any object.
    fn is_fdm_support_painted(&self) -> bool {
        self.0.painted().fdm_support
    }

    /// Whether seams are painted on any object.
    fn is_seam_painted(&self) -> bool {
        self.0.painted().seam
    }

    /// Whether colours are painted on any object.
    fn is_mm_painted(&self) -> bool {
        self.0.painted().mm
    }

    /// Whether fuzzy skin is painted on any object.
    fn is_fuzzy_skin_painted(&self) -> bool {
        self.0.painted().fuzzy_skin
    }

    /// The plate that the user sees, from 0.
    fn current_plate_index(&self) -> usize {
        self.0.current_plate
    }

    /// Who designed it; "" when nobody knows.
    fn designer(&self) -> &str {
        &self.0.designer
    }

    /// The number of the design on the pages it came from; "" for none.
    fn design_id(&self) -> &str {
        &self.0.design_id
    }

    fn __repr__(&self) -> String {
        format!("<orca.host.Model id={} objects={}>", self.0.id, self.object_count())
    }
}

/// An object. A snapshot; may be used on any thread.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct ModelObject(Arc<matriline_host::ModelObject>);

impl ModelObject {
    fn instance_of(&self, instance: &Arc<matriline_host::ModelInstance>) -> ModelInstance {
        ModelInstance { instance: instance.clone(), object: self.0.clone() }
    }
}

#[pymethods]
impl ModelObject {
    /// The number that stays the same while the object exists.
    fn id(&self) -> u64 {
        self.0.id
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The module it belongs to; "" for none.
    #[getter]
    fn module_name(&self) -> &str {
        &self.0.module_name
    }

    /// The file it was read from; "" for none.
    #[getter]
    fn input_file(&self) -> &str {
        &self.0.input_file
    }

    /// Whether the user wants it printed.
    #[getter]
    fn printable(&self) -> bool {
        self.0.printable
    }

    /// How many copies there are.
    fn instance_count(&self) -> usize {
        self.0.instances.len()
    }

    /// How many volumes there are.
    fn volume_count(&self) -> usize {
        self.0.volumes.len()
    }

    /// Its copies.
    fn instances(&self) -> Vec<ModelInstance> {
        self.0.instances.iter().map(|instance| self.instance_of(instance)).collect()
    }

    /// One copy. Raises IndexError.
    fn instance(&self, index: isize) -> PyResult<ModelInstance> {
        let instances = &self.0.instances;
        let place = place(index, instances.len(), "instance index out of range")?;
        Ok(self.instance_of(&instances[place]))
    }

    /// Its volumes.
    fn volumes(&self) -> Vec<ModelVolume> {
        self.0.volumes.iter().cloned().map(ModelVolume).collect()
    }

    /// One volume. Raises IndexError.
    fn volume(&self, index: isize) -> PyResult<ModelVolume> {
        let volumes = &self.0.volumes;
        let place = place(index, volumes.len(), "volume index out of range")?;
        Ok(ModelVolume(volumes[place].clone()))
    }

    /// The box around all of its copies on the plates.
    fn bounding_box(&self, py: Python<'_>) -> BoundingBox {
        BoundingBox(py.detach(|| self.0.bounding_box()))
    }

    /// The box around the parts that are printed, in the object's own coordinates.
    fn raw_mesh_bounding_box(&self, py: Python<'_>) -> BoundingBox {
        BoundingBox(py.detach(|| self.0.raw_mesh_bounding_box()))
    }

    /// The height of the lowest point of its copies in mm.
    fn min_z(&self, py: Python<'_>) -> f64 {
        py.detach(|| self.0.bounding_box()).map_or(0.0, |bounds| bounds.min[2])
    }

    /// The height of the highest point of its copies in mm.
    fn max_z(&self, py: Python<'_>) -> f64 {
        py.detach(|| self.0.bounding_box()).map_or(0.0, |bounds| bounds.max[2])
    }

    /// How many triangles the parts have that are printed.
    fn facets_count(&self) -> usize {
        self.0.facets_count()
    }

    /// How many of its volumes are printed.
    fn parts_count(&self) -> usize {
        self.0.parts_count()
    }

    /// How many extruders its volumes name.
    fn materials_count(&self) -> usize {
        self.0.materials_count()
    }

    /// How many errors of its meshes were repaired.
    fn mesh_errors_count(&self) -> u32 {
        self.0.mesh_errors()
    }

    /// Whether it has more than one volume.
    fn is_multiparts(&self) -> bool {
        self.0.is_multiparts()
    }

    /// Whether it is a piece of a cut object.
    fn is_cut(&self) -> bool {
        self.0.is_cut
    }

    /// Whether its layers have heights that the user drew.
    fn has_custom_layering(&self) -> bool {
        self.0.has_custom_layering
    }

    /// Whether supports are painted on it.
    fn is_fdm_support_painted(&self) -> bool {
        self.0.painted().fdm_support
    }

    /// Whether seams are painted on it.
    fn is_seam_painted(&self) -> bool {
        self.0.painted().seam
    }

    /// Whether colours are painted on it.
    fn is_mm_painted(&self) -> bool {
        self.0.painted().mm
    }

    /// Whether fuzzy skin is painted on it.
    fn is_fuzzy_skin_painted(&self) -> bool {
        self.0.painted().fuzzy_skin
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
        format!(
            "<orca.host.ModelObject {:?} id={} volumes={} instances={}>",
            self.0.name,
            self.0.id,
            self.volume_count(),
            self.instance_count()
        )
    }
}
