//! What `orca.slicing` has beside the table.

use pyo3::prelude::*;
use pyo3::types::PyModule;

/// The parts of a millimetre that coordinates count, on beds of usual size.
const COORDINATES_IN_A_MILLIMETRE: f64 = 1e6;

/// Adds the functions.
pub(crate) fn add_to(slicing: &Bound<'_, PyModule>) -> PyResult<()> {
    slicing.add_function(wrap_pyfunction!(unscale, slicing)?)
}

/// The length in millimetres of a coordinate, which slicing counts in millionths of one.
///
/// Raises TypeError for what is no number. Any thread.
#[pyfunction]
#[pyo3(signature = (coord), text_signature = "(coord)")]
fn unscale(coord: f64) -> f64 {
    coord / COORDINATES_IN_A_MILLIMETRE
}
