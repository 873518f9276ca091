//! `create_dock_panel` and `UiDockPanel`.

use std::sync::{Arc, OnceLock};

use matriline_host::{Dock, Feature, NewPanel, Panel};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyModule;

use super::page::{Functions, Notice, Page, Place};
use super::{TITLE, callable, refused, show, size};
use crate::host::offer;

pub(super) fn add_to(ui: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = ui.py();
    offer::optional(ui, "UiDockPanel", &py.get_type::<UiDockPanel>(), Feature::DockPanels)?;
    let create = wrap_pyfunction!(create_dock_panel, ui)?;
    offer::optional(ui, "create_dock_panel", &create, Feature::DockPanels)
}

const USUAL: (u32, u32) = (400, 600);

/// Opens a panel with a page beside the plater and returns at once.
///
/// dock is "left", "right", "bottom" or "float". on_message(data) gets what the page gives to `orca.postMessage(data)`,
/// on_close() is called when the user or the page closed the panel. They run on the main thread of the application.
/// Raises RuntimeError without an application. May be called on any thread.
#[pyfunction]
#[pyo3(
    signature = (html, title = TITLE.into(), width = 400, height = 600, on_message = None, on_close = None, dock = "right"),
    text_signature = "(html, title='OrcaSlicer', width=400, height=600, on_message=None, on_close=None, dock='right')"
)]
#[expect(clippy::too_many_arguments, reason = "the documented signature")]
fn create_dock_panel(
    py: Python<'_>,
    html: String,
    title: String,
    width: i64,
    height: i64,
    on_message: Option<Bound<'_, PyAny>>,
    on_close: Option<Bound<'_, PyAny>>,
    dock: &str,
) -> PyResult<UiDockPanel> {
    let dock = match dock {
        "left" => Dock::Left,
        "right" => Dock::Right,
        "bottom" => Dock::Bottom,
        "float" => Dock::Float,
        other => {
            let message = format!("{other:?} is no place: use \"left\", \"right\", \"bottom\" or \"float\"");
            return Err(PyValueError::new_err(message));
        }
    };
    let functions = Functions {
        on_message: callable("on_message", on_message)?,
        on_close: callable("on_close", on_close)?,
        on_submit: None,
    };
    let new = NewPanel { html, title, size: size((width, height), USUAL), dock };
    let page = Page::new(Place::Window, functions);
    let panel = Arc::new(OnceLock::new());
    let (events, opened) = (page.clone(), panel.clone());
    let shown = show(move |interface| {
        let panel = interface.open_panel(&new, events.clone())?;
        // A set cell keeps its panel: this is the only one.
        let _ = opened.set(panel.clone());
        events.shown_in(panel);
        Ok(())
    });
    match shown.and_then(|shown| shown.map_err(refused)) {
        Ok(()) => Ok(UiDockPanel { page, panel }),
        Err(error) => {
            page.end_quietly(py);
            Err(error)
        }
    }
}

/// A panel with a page. May be used on any thread; a closed one stays closed.
#[pyclass(frozen, module = "orca.host.ui")]
struct UiDockPanel {
    page: Arc<Page>,
    panel: Arc<OnceLock<Arc<dyn Panel>>>,
}

impl UiDockPanel {
    fn tell(&self, act: fn(&dyn Panel)) {
        let panel = self.panel.clone();
        self.page.tell(move |_| {
            if let Some(panel) = panel.get() {
                act(&**panel);
            }
        });
    }
}

#[pymethods]
impl UiDockPanel {
    /// The number of the panel, from 1.
    #[getter]
    fn id(&self) -> u64 {
        self.page.id
    }

    /// Gives the page a message, which its functions of `orca.onMessage` get. Returns at once; nothing happens once
    /// the panel is closed. Raises ValueError for what JSON cannot hold.
    fn post(&self, data: &Bound<'_, PyAny>) -> PyResult<()> {
        self.page.post(data)
    }

    /// Shows it, where panels are shown. Returns at once.
    fn show(&self) {
        self.tell(|panel| panel.show());
    }

    /// Hides it; it stays open. Returns at once.
    fn hide(&self) {
        self.tell(|panel| panel.hide());
    }

    /// Closes it, without on_close(). Returns at once.
    fn close(&self) {
        self.page.close(Notice::Omitted);
    }

    /// Whether it is open, shown or hidden.
    fn is_open(&self) -> bool {
        self.page.is_open()
    }

    fn __repr__(&self) -> String {
        let state = if self.is_open() { "open" } else { "closed" };
        format!("<orca.host.ui.UiDockPanel id={} {state}>", self.id())
    }
}
