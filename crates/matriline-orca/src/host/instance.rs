//! `ModelInstance`.

use std::sync::Arc;

use pyo3::prelude::*;

use super::arrays;
use super::geometry::{BoundingBox, Triple, triple};

/// A copy of an object on a plate. A snapshot; may be used on any thread.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct ModelInstance {
    pub(super) instance: Arc<matriline_host::ModelInstance>,
    pub(super) object: Arc<matriline_host::ModelObject>,
}

#[pymethods]
impl ModelInstance {
    /// The number that stays the same while the instance exists.
    fn id(&self) -> u64 {
        self.instance.id
    }

    /// Whether the user wants it printed.
    #[getter]
    fn printable(&self) -> bool {
        self.instance.printable
    }

    /// Whether it will be printed: the user wants it, and it stands where it can be.
    fn is_printable(&self) -> bool {
        self.object.printable && self.instance.printable && self.instance.is_printable
    }

    /// How far it is moved: (x, y, z) in mm.
    fn offset(&self) -> Triple {
        triple(self.instance.placement.offset)
    }

    /// The angles about the axes X, Y and Z, applied in that order, in radians.
    fn rotation(&self) -> Triple {
        triple(self.instance.placement.rotation)
    }

    /// The factors along the axes.
    fn scaling_factor(&self) -> Triple {
        triple(self.instance.placement.scaling_factor)
    }

    /// 1, or -1 where it is mirrored, along each axis.
    fn mirror(&self) -> Triple {
        triple(self.instance.placement.mirror)
    }

    /// All of it as a numpy array of shape (4, 4) and type float64, for column vectors: `instance.matrix() @
    /// volume.matrix()` takes a vertex of a volume to the plate. Raises ImportError without numpy.
    fn matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        arrays::matrix(py, self.instance.placement.matrix())
    }

    /// Whether it is mirrored, so that triangles are turned inside out.
    fn is_left_handed(&self) -> bool {
        self.instance.placement.is_left_handed()
    }

    /// The box around it on the plate.
    fn bounding_box(&self, py: Python<'_>) -> BoundingBox {
        BoundingBox(py.detach(|| self.object.instance_bounding_box(&self.instance)))
    }

    fn __repr__(&self) -> String {
        let name = &self.object.name;
        format!("<orca.host.ModelInstance id={} of {name:?} offset={:?}>", self.id(), self.offset())
    }
}
