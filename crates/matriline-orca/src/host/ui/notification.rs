//! `push_notification` and `NotificationLevel`.

use std::sync::Arc;

use matriline_host::{Feature, Level, Notification};
use matriline_python::given::{Opened, call_back, remember, sweep};
use matriline_python::identity::Captured;
use matriline_registry::lock::Mutex;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyModule;

use super::{callable, show};
use crate::host::offer;

static LEVELS: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();

pub(super) fn add_to(ui: &Bound<'_, PyModule>) -> PyResult<()> {
    let members = Level::ALL.map(|(level, name)| (name, level as i64));
    let (class, made) =
        matriline_python::enumeration(ui.py(), "orca.host.ui", "NotificationLevel", &members)?;
    // A set cell keeps its members: the module is made once.
    let _ = LEVELS.set(ui.py(), made);
    offer::optional(ui, "NotificationLevel", &class, Feature::Notifications)?;
    let push = wrap_pyfunction!(push_notification, ui)?;
    offer::optional(ui, "push_notification", &push, Feature::Notifications)
}

/// Shows a few words at the edge of the window.
///
/// level is a NotificationLevel. on_click() is called on the main thread of the application when the user clicks
/// hyper_text. Raises RuntimeError without an application. May be called on any thread.
#[pyfunction]
#[pyo3(
    signature = (level, text, hyper_text = String::new(), on_click = None),
    text_signature = "(level, text, hyper_text='', on_click=None)"
)]
fn push_notification(
    py: Python<'_>,
    level: &Bound<'_, PyAny>,
    text: String,
    hyper_text: String,
    on_click: Option<Bound<'_, PyAny>>,
) -> PyResult<()> {
    let members = LEVELS.get(py).map(Vec::as_slice).unwrap_or_default();
    let Some(place) = members.iter().position(|member| level.is(member)) else {
        let found = level.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "level must be a member of NotificationLevel, not {found}"
        )));
    };
    let notification = Notification { level: Level::ALL[place].0, text, hyper_text };
    sweep(py);
    let click = callable("on_click", on_click)?.map(Click::new);
    show(move |interface| {
        let on_click = click.map(|click| Arc::new(move || click.clicked()) as Arc<dyn Fn() + Send + Sync>);
        interface.notify(&notification, on_click);
    })
}

/// The function of a notification.
struct Click {
    maker: Captured,
    /// Let go of under the GIL: when nobody can click any more, or with the plugin.
    function: Mutex<Option<Py<PyAny>>>,
}

impl Click {
    fn new(function: Py<PyAny>) -> Arc<Self> {
        let click = Arc::new(Self { maker: Captured::now(), function: Mutex::new(Some(function)) });
        remember(click.clone());
        click
    }

    fn clicked(&self) {
        let find = |py: Python<'_>| self.function.lock().as_ref().map(|function| function.clone_ref(py));
        call_back(&self.maker, "on_click", find, |function| function.call0().map(drop));
    }
}

impl Opened for Click {
    fn maker(&self) -> &Captured {
        &self.maker
    }

    fn end(&self, py: Python<'_>) {
        let function = self.function.lock().take();
        self.maker.run(py, || drop(function));
    }
}
