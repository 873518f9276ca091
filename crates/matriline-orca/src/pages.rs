//! What a capability that shows a page is given beside its methods.

use matriline_python::{binding, json};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::handles;

/// Adds the methods to the namespace of the base class of pages.
pub(crate) fn add_to(namespace: &Bound<'_, PyDict>) -> PyResult<()> {
    let post_message = wrap_pyfunction!(post_message, namespace.py())?;
    namespace.set_item("post_message", binding(&post_message)?)
}

/// Posts a message to the page of this capability, which takes it with `window.orca.onMessage`. What JSON has
/// no form for goes as `str()` gives it. Dropped while there is no page.
///
/// Raises RuntimeError on an object that the host did not load, OverflowError for an int beyond
/// 64 bits, ValueError for a text that is no Unicode and for what is nested deeper than 200.
/// Any thread.
#[pyfunction]
#[pyo3(signature = (this, data), text_signature = "(self, data)")]
fn post_message(this: &Bound<'_, PyAny>, data: &Bound<'_, PyAny>) -> PyResult<()> {
    let handle = handles::of(this, "post_message")?;
    let message = json::to_text(data)?;
    handle.ask(move |services, id| services.post_message(id, &message));
    Ok(())
}
