//! The configuration of a capability, as its own object sees it.

use matriline_python::binding;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::handles;

/// Adds the methods to the namespace of the root class.
pub(crate) fn add_to(namespace: &Bound<'_, PyDict>) -> PyResult<()> {
    let py = namespace.py();
    namespace.set_item("get_config", binding(&wrap_pyfunction!(get_config, py)?)?)?;
    namespace.set_item("get_config_version", binding(&wrap_pyfunction!(get_config_version, py)?)?)?;
    namespace.set_item("save_config", binding(&wrap_pyfunction!(save_config, py)?)?)
}

/// The configuration of this capability as JSON text: what the edited preset overrides it with, else what is stored,
/// else "{}".
///
/// Raises RuntimeError on an object that the host did not load, so not in `__init__` either. Any thread.
#[pyfunction]
#[pyo3(signature = (this), text_signature = "(self)")]
fn get_config(this: &Bound<'_, PyAny>) -> PyResult<String> {
    let config = handles::of(this, "get_config")?.ask(|services, id| services.config(id));
    Ok(config.unwrap_or_else(|| "{}".into()))
}

/// The version of the plugin that has stored the configuration; "" when nobody has.
///
/// Raises RuntimeError on an object that the host did not load. Any thread.
#[pyfunction]
#[pyo3(signature = (this), text_signature = "(self)")]
fn get_config_version(this: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(handles::of(this, "get_config_version")?.ask(|services, id| services.config_version(id)))
}

/// Stores the configuration of this capability, a JSON text. False when the text is no JSON or cannot be written.
///
/// What a preset overrides stays overridden. Raises RuntimeError on an object that the host did not load, TypeError for
/// what is no str. Any thread; waits for the disk.
#[pyfunction]
#[pyo3(signature = (this, config), text_signature = "(self, config)")]
fn save_config(this: &Bound<'_, PyAny>, config: String) -> PyResult<bool> {
    Ok(handles::of(this, "save_config")?.ask(move |services, id| services.save_config(id, &config)))
}
