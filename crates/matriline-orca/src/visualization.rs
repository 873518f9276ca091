//! What `orca.visualization` has beside the table.

use pyo3::prelude::*;
use pyo3::types::PyModule;

/// What inputs are, their formats, and how they come.
const WORDS: &[(&str, &str)] = &[
    ("INPUT_TOOLPATH", "toolpath"),
    ("FORMAT_GLTF_BINARY", "gltf-binary"),
    ("FORMAT_STL", "stl"),
    ("FORMAT_OBJ", "obj"),
    ("FORMAT_DRACO", "draco"),
    ("TRANSPORT_FILE", "file"),
];

/// Adds the constants.
pub(crate) fn add_to(visualization: &Bound<'_, PyModule>) -> PyResult<()> {
    WORDS.iter().try_for_each(|(name, word)| visualization.add(*name, *word))
}
