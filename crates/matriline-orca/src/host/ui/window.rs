//! `show_dialog`, `create_window` and `UiWindow`.

use std::sync::Arc;

use matriline_host::{NewPage, WindowStyle};
use matriline_python::json::to_python;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyModule;

use super::page::{Functions, Notice, Page, Place};
use super::{TITLE, callable, refused, show, size};

pub(super) fn add_to(ui: &Bound<'_, PyModule>) -> PyResult<()> {
    ui.add_class::<UiWindow>()?;
    ui.add("WINDOW_MODELESS", MODELESS)?;
    ui.add("WINDOW_MODAL", MODAL)?;
    ui.add_function(wrap_pyfunction!(show_dialog, ui)?)?;
    ui.add_function(wrap_pyfunction!(create_window, ui)?)
}

const MODELESS: i64 = 0;
const MODAL: i64 = 1;
const USUAL: (u32, u32) = (820, 600);

/// Shows a page in a window that blocks the others, and waits until it is closed.
///
/// Answers what the page gave to `orca.submit(data)`, or None when it was closed otherwise. on_message(data) gets what
/// the page gives to `orca.postMessage(data)`. The window is closed when the plugin is unloaded. Raises RuntimeError
/// without an application. May be called on any thread.
#[pyfunction]
#[pyo3(
    signature = (html, title = TITLE.into(), width = 820, height = 600, on_message = None),
    text_signature = "(html, title='OrcaSlicer', width=820, height=600, on_message=None)"
)]
fn show_dialog<'py>(
    py: Python<'py>,
    html: String,
    title: String,
    width: i64,
    height: i64,
    on_message: Option<Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let on_message = callable("on_message", on_message)?;
    let size = size((width, height), USUAL);
    let new = NewPage { html, title, size, style: WindowStyle::Modal };
    let page = Page::new(Place::Dialog, Functions { on_message, ..Functions::default() });
    let events = page.clone();
    let answered = show(move |interface| interface.show_dialog(&new, events));
    page.end_quietly(py);
    answered?.map_err(refused)?.map(|data| to_python(py, &data)).transpose()
}

/// Opens a window with a page and returns at once.
///
/// on_message(data) gets what the page gives to `orca.postMessage(data)`, on_submit(data) what it gives to
/// `orca.submit(data)`, which closes the window; on_close() is called when the window was closed. They run on the main
/// thread of the application; what they raise is logged. style is WINDOW_MODELESS or WINDOW_MODAL. The window is closed
/// when the plugin is unloaded, without on_close(). Raises RuntimeError without an application. May be called on
/// any thread.
#[pyfunction]
#[pyo3(
    signature = (html, title = TITLE.into(), width = 820, height = 600, on_message = None, on_close = None, style = MODELESS, on_submit = None),
    text_signature = "(html, title='OrcaSlicer', width=820, height=600, on_message=None, on_close=None, style=0, on_submit=None)"
)]
#[expect(clippy::too_many_arguments, reason = "the documented signature")]
fn create_window(
    py: Python<'_>,
    html: String,
    title: String,
    width: i64,
    height: i64,
    on_message: Option<Bound<'_, PyAny>>,
    on_close: Option<Bound<'_, PyAny>>,
    style: i64,
    on_submit: Option<Bound<'_, PyAny>>,
) -> PyResult<UiWindow> {
    let style = match style {
        MODELESS => WindowStyle::Modeless,
        MODAL => WindowStyle::Modal,
        other => {
            let message = format!("{other} is no style: use WINDOW_MODELESS or WINDOW_MODAL");
            return Err(PyValueError::new_err(message));
        }
    };
    let functions = Functions {
        on_message: callable("on_message", on_message)?,
        on_submit: callable("on_submit", on_submit)?,
        on_close: callable("on_close", on_close)?,
    };
    let new = NewPage { html, title, size: size((width, height), USUAL), style };
    let page = Page::new(Place::Window, functions);
    let events = page.clone();
    let opened = show(move |interface| {
        interface.open_window(&new, events.clone()).map(|window| events.shown_in(window))
    });
    match opened.and_then(|opened| opened.map_err(refused)) {
        Ok(()) => Ok(UiWindow(page)),
        Err(error) => {
            page.end_quietly(py);
            Err(error)
        }
    }
}

/// A window with a page. May be used on any thread; a closed one stays closed.
#[pyclass(frozen, module = "orca.host.ui")]
struct UiWindow(Arc<Page>);

#[pymethods]
impl UiWindow {
    /// The number of the window, from 1.
    #[getter]
    fn id(&self) -> u64 {
        self.0.id
    }

    /// Gives the page a message, which its functions of `orca.onMessage` get. Returns at once; nothing happens once
    /// the window is closed. Raises ValueError for what JSON cannot hold.
    fn post(&self, data: &Bound<'_, PyAny>) -> PyResult<()> {
        self.0.post(data)
    }

    /// Closes the window. Returns at once.
    fn close(&self) {
        self.0.close(Notice::Given);
    }

    /// Whether the window is open and nobody has asked to close it.
    fn is_open(&self) -> bool {
        self.0.is_open()
    }

    fn __repr__(&self) -> String {
        let state = if self.is_open() { "open" } else { "closed" };
        format!("<orca.host.ui.UiWindow id={} {state}>", self.id())
    }
}
