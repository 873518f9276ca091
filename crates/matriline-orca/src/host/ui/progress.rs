//! `create_progress_dialog`, `ProgressDialog` and the bits of its style.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use matriline_host::NewProgress;
use matriline_python::desk;
use matriline_python::given::{Opened, forget, next_id, remember};
use matriline_python::identity::Captured;
use pyo3::prelude::*;
use pyo3::types::{PyModule, PyTuple};

use super::{refused, show};
use crate::host::application::unanswered;

/// The bits of a style, as wxWidgets numbers them.
const STYLES: [(&str, i64); 7] = [
    ("PD_CAN_ABORT", 0x01),
    ("PD_APP_MODAL", 0x02),
    ("PD_AUTO_HIDE", 0x04),
    ("PD_ELAPSED_TIME", 0x08),
    ("PD_ESTIMATED_TIME", 0x10),
    ("PD_REMAINING_TIME", 0x40),
    ("PD_CAN_SKIP", 0x80),
];

/// `PD_APP_MODAL | PD_AUTO_HIDE`.
const USUAL: i64 = 0x06;

pub(super) fn add_to(ui: &Bound<'_, PyModule>) -> PyResult<()> {
    for (name, bits) in STYLES {
        ui.add(name, bits)?;
    }
    ui.add_class::<ProgressDialog>()?;
    ui.add_function(wrap_pyfunction!(create_progress_dialog, ui)?)
}

/// Opens a window that shows how far something is; see ProgressDialog.
///
/// maximum is the value at which it is done; style are bits PD_... joined by |. Raises RuntimeError without an
/// application. May be called on any thread.
#[pyfunction]
#[pyo3(
    signature = (title, message, maximum = 100, style = USUAL),
    text_signature = "(title, message, maximum=100, style=6)"
)]
fn create_progress_dialog(
    title: String,
    message: String,
    maximum: i32,
    style: i64,
) -> PyResult<ProgressDialog> {
    ProgressDialog::new(title, message, maximum, style)
}

/// A window that shows how far something is: `with ProgressDialog("Title", "Reading") as progress: ...`.
///
/// May be used on any thread. It is closed when the plugin is unloaded.
#[pyclass(frozen, module = "orca.host.ui")]
struct ProgressDialog(Arc<Dialog>);

struct Dialog {
    id: u64,
    maker: Captured,
    is_open: AtomicBool,
    window: OnceLock<Arc<dyn matriline_host::ProgressDialog>>,
}

impl Dialog {
    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// It is shown in that window.
    fn shown_in(&self, window: Arc<dyn matriline_host::ProgressDialog>) {
        // A set cell keeps its window: a dialog is shown once.
        let _ = self.window.set(window.clone());
        if !self.is_open() {
            // The plugin went while the window was opened.
            desk::tell(move || window.close());
        }
    }

    /// Asks the window whether it goes on.
    fn goes_on(
        self: &Arc<Self>,
        act: impl FnOnce(&dyn matriline_host::ProgressDialog) -> bool + Send + 'static,
    ) -> PyResult<bool> {
        if !self.is_open() {
            return Ok(false);
        }
        let dialog = self.clone();
        desk::ask(move || {
            dialog.window.get().filter(|_| dialog.is_open()).is_some_and(|window| act(&**window))
        })
        .map_err(unanswered)
    }

    fn tell(self: &Arc<Self>, act: impl FnOnce(&dyn matriline_host::ProgressDialog) + Send + 'static) {
        let dialog = self.clone();
        desk::tell(move || {
            if let Some(window) = dialog.window.get() {
                act(&**window);
            }
        });
    }

    fn close(&self) {
        if self.is_open.swap(false, Ordering::AcqRel)
            && let Some(window) = self.window.get().cloned()
        {
            desk::tell(move || window.close());
        }
        forget(self);
    }
}

impl Opened for Dialog {
    fn maker(&self) -> &Captured {
        &self.maker
    }

    fn end(&self, _py: Python<'_>) {
        self.close();
    }
}

#[pymethods]
impl ProgressDialog {
    #[new]
    #[pyo3(
    signature = (title, message, maximum = 100, style = USUAL),
    text_signature = "(title, message, maximum=100, style=6)"
)]
    fn new(title: String, message: String, maximum: i32, style: i64) -> PyResult<Self> {
        let maximum = if maximum <= 0 { 100 } else { maximum };
        let new = NewProgress { title, message, maximum, style };
        let dialog = Arc::new(Dialog {
            id: next_id(),
            maker: Captured::now(),
            is_open: AtomicBool::new(true),
            window: OnceLock::new(),
        });
        remember(dialog.clone());
        let shown = dialog.clone();
        let opened =
            show(move |interface| interface.open_progress(&new).map(|window| shown.shown_in(window)));
        match opened.and_then(|opened| opened.map_err(refused)) {
            Ok(()) => Ok(Self(dialog)),
            Err(error) => {
                dialog.close();
                Err(error)
            }
        }
    }

    /// The number of the window, from 1.
    #[getter]
    fn id(&self) -> u64 {
        self.0.id
    }

    /// Sets how far it is, and the message unless that is "". False once the user has cancelled it or it is closed.
    #[pyo3(signature = (value, message = String::new()), text_signature = "($self, value, message='')")]
    fn update(&self, value: i32, message: String) -> PyResult<bool> {
        self.0.goes_on(move |window| window.update(value, &message))
    }

    /// Shows that something goes on, and the message unless that is "". False once the user has cancelled it or it is
    /// closed.
    #[pyo3(signature = (message = String::new()), text_signature = "($self, message='')")]
    fn pulse(&self, message: String) -> PyResult<bool> {
        self.0.goes_on(move |window| window.pulse(&message))
    }

    /// Pulses by itself, until stop_pulse(). Returns at once.
    #[pyo3(
        signature = (interval_ms = 100, message = String::new()),
        text_signature = "($self, interval_ms=100, message='')"
    )]
    fn start_pulse(&self, interval_ms: i64, message: String) {
        let interval = Duration::from_millis(u64::try_from(interval_ms.max(1)).unwrap_or(1));
        if self.0.is_open() {
            self.0.tell(move |window| window.start_pulse(interval, &message));
        }
    }

    /// Ends start_pulse(). Returns at once.
    fn stop_pulse(&self) {
        if self.0.is_open() {
            self.0.tell(|window| window.stop_pulse());
        }
    }

    /// Closes the window. Returns at once.
    fn close(&self) {
        self.0.close();
    }

    /// Whether the plugin has not closed it.
    fn is_open(&self) -> bool {
        self.0.is_open()
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) -> bool {
        self.close();
        false
    }

    fn __repr__(&self) -> String {
        let state = if self.is_open() { "open" } else { "closed" };
        format!("<orca.host.ui.ProgressDialog id={} {state}>", self.id())
    }
}
