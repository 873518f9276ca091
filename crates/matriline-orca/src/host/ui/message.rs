//! `message`.

use matriline_host::{Buttons, Icon, Message};
use pyo3::prelude::*;
use pyo3::types::PyModule;

use super::{TITLE, show};

pub(super) fn add_to(ui: &Bound<'_, PyModule>) -> PyResult<()> {
    ui.add_function(wrap_pyfunction!(message, ui)?)
}

/// Shows a message and waits for its answer: "ok", "cancel", "yes" or "no".
///
/// buttons is "ok", "ok_cancel", "yes_no" or "yes_no_cancel", icon "info", "warning", "error" or "question"; anything
/// else is the first of them. Raises RuntimeError without an application. May be called on any thread.
#[pyfunction]
#[pyo3(
    signature = (text, title = TITLE.into(), buttons = "ok", icon = "info"),
    text_signature = "(text, title='OrcaSlicer', buttons='ok', icon='info')"
)]
fn message(text: String, title: String, buttons: &str, icon: &str) -> PyResult<&'static str> {
    let buttons = match buttons {
        "ok_cancel" => Buttons::OkCancel,
        "yes_no" => Buttons::YesNo,
        "yes_no_cancel" => Buttons::YesNoCancel,
        _ => Buttons::Ok,
    };
    let icon = match icon {
        "warning" => Icon::Warning,
        "error" => Icon::Error,
        "question" => Icon::Question,
        _ => Icon::Info,
    };
    let message = Message { text, title, buttons, icon };
    show(move |interface| interface.message(&message).name())
}
