//! A page that is shown: what it tells reaches the plugin's functions, as the plugin.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use matriline_host::{PageEvents, Window};
use matriline_python::desk;
use matriline_python::given::{Opened, call_back, forget, next_id, remember};
use matriline_python::identity::{Captured, host_call};
use matriline_python::json::{to_json, to_python};
use matriline_registry::lock::Mutex;
use pyo3::prelude::*;
use serde_json::Value;

/// The functions of a plugin that a page calls.
#[derive(Default)]
pub(super) struct Functions {
    pub(super) on_message: Option<Py<PyAny>>,
    pub(super) on_submit: Option<Py<PyAny>>,
    pub(super) on_close: Option<Py<PyAny>>,
}

/// A page in a window or a panel.
pub(super) struct Page {
    pub(super) id: u64,
    maker: Captured,
    place: Place,
    is_open: AtomicBool,
    /// Let go of under the GIL: when the page is closed, or with its plugin.
    functions: Mutex<Functions>,
    /// Let go of when the page is closed: a window holds its page.
    window: Mutex<Option<Arc<dyn Window>>>,
}

impl Page {
    /// A page that is about to be shown.
    pub(super) fn new(place: Place, functions: Functions) -> Arc<Self> {
        let page = Arc::new(Self {
            id: next_id(),
            maker: Captured::now(),
            place,
            is_open: AtomicBool::new(true),
            functions: Mutex::new(functions),
            window: Mutex::default(),
        });
        remember(page.clone());
        page
    }

    /// It is shown in that window.
    pub(super) fn shown_in(&self, window: Arc<dyn Window>) {
        {
            let mut slot = self.window.lock();
            if self.is_open() {
                *slot = Some(window);
                return;
            }
        }
        // The plugin went while the window was opened.
        desk::tell(move || window.close());
    }

    fn window(&self) -> Option<Arc<dyn Window>> {
        self.window.lock().clone()
    }

    fn let_go_of_window(&self) -> Option<Arc<dyn Window>> {
        self.window.lock().take()
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// Gives the page a message, soon; nothing once it is closed.
    pub(super) fn post(self: &Arc<Self>, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let data = to_json(data)?;
        self.tell(move |window| window.post(&data));
        Ok(())
    }

    /// Has something done with the window, soon; nothing once it is closed.
    pub(super) fn tell(self: &Arc<Self>, act: impl FnOnce(&dyn Window) + Send + 'static) {
        if !self.is_open() {
            return;
        }
        let page = self.clone();
        desk::tell(move || {
            if let Some(window) = page.window().filter(|_| page.is_open()) {
                act(&*window);
            }
        });
    }

    /// Closes it, soon, on behalf of the plugin.
    pub(super) fn close(self: &Arc<Self>, notice: Notice) {
        if !self.is_open.swap(false, Ordering::AcqRel) {
            return;
        }
        let page = self.clone();
        desk::tell(move || {
            if let Some(window) = page.let_go_of_window() {
                window.close();
            }
            page.over(notice);
        });
    }

    /// Calls `on_close`, if it is to be, and lets go of the functions.
    fn over(&self, notice: Notice) {
        let take = |py: Python<'_>| {
            let mut functions = std::mem::take(&mut *self.functions.lock());
            let on_close = functions.on_close.take_if(|_| notice == Notice::Given);
            self.maker.run(py, || drop(functions));
            on_close
        };
        call_back(&self.maker, "on_close", take, |function| function.call0().map(drop));
        forget(self);
    }

    /// Calls one of the functions with what the page said.
    fn said(&self, what: &'static str, data: &Value, pick: fn(&Functions) -> Option<&Py<PyAny>>) {
        let find = |py: Python<'_>| {
            let functions = self.functions.lock();
            pick(&functions).filter(|_| self.is_open()).map(|function| function.clone_ref(py))
        };
        call_back(&self.maker, what, find, |function| {
            function.call1((to_python(function.py(), data)?,)).map(drop)
        });
    }

    /// Closes its window, soon, unless that was done.
    fn close_window(&self) {
        if !self.is_open.swap(false, Ordering::AcqRel) {
            return;
        }
        if let Some(window) = self.let_go_of_window() {
            desk::tell(move || window.close());
        }
    }

    /// It was not shown after all, or is shown no more, and nobody is told.
    pub(super) fn end_quietly(&self, py: Python<'_>) {
        self.is_open.store(false, Ordering::Release);
        let window = self.let_go_of_window();
        host_call(|| drop(window));
        let functions = std::mem::take(&mut *self.functions.lock());
        self.maker.run(py, || drop(functions));
        forget(self);
    }
}

/// Where a page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a window that a thread waits for.
    Dialog,
    /// In a window or a panel that nobody waits for.
    Window,
}

/// Whether `on_close` is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    Given,
    Omitted,
}

impl PageEvents for Page {
    fn opened(&self, window: Arc<dyn Window>) {
        self.shown_in(window);
    }

    fn message(&self, data: Value) {
        self.said("on_message", &data, |functions| functions.on_message.as_ref());
    }

    fn submit(&self, data: Value) {
        self.said("on_submit", &data, |functions| functions.on_submit.as_ref());
    }

    fn closed(&self) {
        if self.is_open.swap(false, Ordering::AcqRel) {
            drop(self.let_go_of_window());
            self.over(Notice::Given);
        }
    }
}

impl Opened for Page {
    fn maker(&self) -> &Captured {
        &self.maker
    }

    fn end(&self, py: Python<'_>) {
        let functions = std::mem::take(&mut *self.functions.lock());
        self.maker.run(py, || drop(functions));
        self.close_window();
    }

    fn dismiss(&self) {
        if self.place == Place::Dialog {
            self.close_window();
        }
    }
}
