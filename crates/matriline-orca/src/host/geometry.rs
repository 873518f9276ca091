//! `BoundingBox`.

use pyo3::prelude::*;

/// A box along the axes. Read-only; lengths in mm.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct BoundingBox(pub(super) Option<matriline_host::BoundingBox>);

/// A point or a length for each axis.
pub(super) type Triple = (f64, f64, f64);

pub(super) fn triple([x, y, z]: [f64; 3]) -> Triple {
    (x, y, z)
}

#[pymethods]
impl BoundingBox {
    /// Whether there is anything in the box; everything else is 0 if not.
    #[getter]
    fn defined(&self) -> bool {
        self.0.is_some()
    }

    /// The corner with the smallest coordinates: (x, y, z).
    #[getter]
    fn min(&self) -> Triple {
        triple(self.0.map_or([0.0; 3], |bounds| bounds.min))
    }

    /// The corner with the largest coordinates: (x, y, z).
    #[getter]
    fn max(&self) -> Triple {
        triple(self.0.map_or([0.0; 3], |bounds| bounds.max))
    }

    /// The lengths along the axes: (x, y, z).
    #[getter]
    fn size(&self) -> Triple {
        triple(self.0.map_or([0.0; 3], |bounds| bounds.size()))
    }

    /// The middle: (x, y, z).
    #[getter]
    fn center(&self) -> Triple {
        triple(self.0.map_or([0.0; 3], |bounds| bounds.center()))
    }

    /// Half of the diagonal.
    #[getter]
    fn radius(&self) -> f64 {
        self.0.map_or(0.0, |bounds| bounds.radius())
    }

    fn __repr__(&self) -> String {
        match self.0 {
            Some(bounds) => {
                format!("<orca.host.BoundingBox min={:?} max={:?}>", triple(bounds.min), triple(bounds.max))
            }
            None => "<orca.host.BoundingBox undefined>".into(),
        }
    }
}
