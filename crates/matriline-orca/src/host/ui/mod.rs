//! `orca.host.ui`: messages, windows, progress, panels, notifications.
//!
//! Whatever shows something asks the application on its main thread (`message`, `create_window`); whatever changes
//! what is shown already is told it, in order, and does not wait (`post`, `close`).

mod message;
mod notification;
mod page;
mod panel;
mod progress;
mod window;

pub(crate) use matriline_python::given::{dismiss, release};

use matriline_host::{Refused, UserInterface};
use matriline_python::desk::Unanswered;
use matriline_python::modules;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyModule;

use super::application::ask;

/// Makes the module and adds it to `orca.host`.
pub(super) fn add_to(host: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = host.py();
    let ui = PyModule::new(py, "orca.host.ui")?;
    ui.add("__doc__", "The user interface of the application. Every function may be called on any thread.")?;
    message::add_to(&ui)?;
    window::add_to(&ui)?;
    progress::add_to(&ui)?;
    panel::add_to(&ui)?;
    notification::add_to(&ui)?;
    modules(py).set_item("orca.host.ui", &ui)?;
    host.add("ui", &ui)
}

/// The title of what has no other.
const TITLE: &str = "OrcaSlicer";

/// Has the user interface do something, on the main thread.
fn show<R: Send + 'static>(act: impl FnOnce(&dyn UserInterface) -> R + Send + 'static) -> PyResult<R> {
    let shown = ask(|host| host.user_interface().map(|interface| act(&*interface)))?;
    shown.ok_or_else(|| {
        let problem = format!("{}: it has no user interface", Unanswered::NoApplication);
        PyRuntimeError::new_err(problem)
    })
}

fn refused(refused: Refused) -> PyErr {
    PyRuntimeError::new_err(refused.to_string())
}

/// A function that is to be called back.
fn callable(name: &str, function: Option<Bound<'_, PyAny>>) -> PyResult<Option<Py<PyAny>>> {
    match function {
        None => Ok(None),
        Some(function) if function.is_callable() => Ok(Some(function.unbind())),
        Some(other) => {
            let found = other.get_type().name()?;
            Err(PyTypeError::new_err(format!("{name} must be a function or None, not {found}")))
        }
    }
}

/// The size of a window: what is not positive is the usual, and none is smaller than 320 by 240.
fn size((width, height): (i64, i64), usual: (u32, u32)) -> (u32, u32) {
    let side = |given: i64, usual: u32, least: u32| match given {
        ..=0 => usual,
        given => u32::try_from(given).unwrap_or(u32::MAX).max(least),
    };
    (side(width, usual.0, 320), side(height, usual.1, 240))
}
