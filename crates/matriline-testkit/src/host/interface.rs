//! A user interface whose answers a test gives, and that remembers what it showed.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use matriline_host::{
    Answer, Message, NewPage, NewPanel, NewProgress, Notification, PageEvents, Panel, ProgressDialog,
    Refused, UserInterface, Window,
};
use serde_json::Value;

/// What the user does with a dialog: what it returns is what the page submits.
type DialogScript = Box<dyn FnOnce(&NewPage, &dyn PageEvents) -> Option<Value> + Send>;

/// A notification, and what a click on it does.
type Notified = (Notification, Option<Arc<dyn Fn() + Send + Sync>>);

/// A user interface that shows nothing. A message without an answer is cancelled, as is a dialog without a script.
#[derive(Default)]
pub struct ScriptedInterface {
    answers: Mutex<VecDeque<Answer>>,
    dialogs: Mutex<VecDeque<DialogScript>>,
    messages: Mutex<Vec<Message>>,
    shown_dialogs: Mutex<Vec<Arc<MemoryWindow>>>,
    windows: Mutex<Vec<Arc<MemoryWindow>>>,
    panels: Mutex<Vec<Arc<MemoryPanel>>>,
    progress: Mutex<Vec<Arc<MemoryProgress>>>,
    notifications: Mutex<Vec<Notified>>,
}

impl ScriptedInterface {
    /// One without answers.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The next message without an answer is answered so.
    pub fn answer(&self, answer: Answer) {
        self.answers.lock().unwrap().push_back(answer);
    }

    /// The next dialog without a script is used so.
    pub fn use_dialog(
        &self,
        script: impl FnOnce(&NewPage, &dyn PageEvents) -> Option<Value> + Send + 'static,
    ) {
        self.dialogs.lock().unwrap().push_back(Box::new(script));
    }

    /// The messages that were shown.
    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    /// The dialogs that were shown.
    pub fn dialogs(&self) -> Vec<Arc<MemoryWindow>> {
        self.shown_dialogs.lock().unwrap().clone()
    }

    /// The windows that were opened.
    pub fn windows(&self) -> Vec<Arc<MemoryWindow>> {
        self.windows.lock().unwrap().clone()
    }

    /// The panels that were opened.
    pub fn panels(&self) -> Vec<Arc<MemoryPanel>> {
        self.panels.lock().unwrap().clone()
    }

    /// The progress windows that were opened.
    pub fn progress(&self) -> Vec<Arc<MemoryProgress>> {
        self.progress.lock().unwrap().clone()
    }

    /// The notifications that were shown.
    pub fn notifications(&self) -> Vec<Notified> {
        self.notifications.lock().unwrap().clone()
    }
}

impl UserInterface for ScriptedInterface {
    fn message(&self, message: &Message) -> Answer {
        self.messages.lock().unwrap().push(message.clone());
        self.answers.lock().unwrap().pop_front().unwrap_or(Answer::Cancel)
    }

    fn show_dialog(&self, page: &NewPage, events: Arc<dyn PageEvents>) -> Result<Option<Value>, Refused> {
        let window = Arc::new(MemoryWindow { page: page.clone(), surface: Surface::new(events.clone()) });
        events.opened(window.clone());
        self.shown_dialogs.lock().unwrap().push(window);
        let script = self.dialogs.lock().unwrap().pop_front();
        Ok(script.and_then(|script| script(page, &*events)))
    }

    fn open_window(&self, page: &NewPage, events: Arc<dyn PageEvents>) -> Result<Arc<dyn Window>, Refused> {
        let window = Arc::new(MemoryWindow { page: page.clone(), surface: Surface::new(events) });
        self.windows.lock().unwrap().push(window.clone());
        Ok(window)
    }

    fn open_progress(&self, progress: &NewProgress) -> Result<Arc<dyn ProgressDialog>, Refused> {
        let window = Arc::new(MemoryProgress {
            new: progress.clone(),
            is_cancelled: AtomicBool::new(false),
            acts: Mutex::default(),
        });
        self.progress.lock().unwrap().push(window.clone());
        Ok(window)
    }

    fn open_panel(&self, panel: &NewPanel, events: Arc<dyn PageEvents>) -> Result<Arc<dyn Panel>, Refused> {
        let panel = Arc::new(MemoryPanel {
            new: panel.clone(),
            is_shown: AtomicBool::new(true),
            surface: Surface::new(events),
        });
        self.panels.lock().unwrap().push(panel.clone());
        Ok(panel)
    }

    fn notify(&self, notification: &Notification, on_click: Option<Arc<dyn Fn() + Send + Sync>>) {
        self.notifications.lock().unwrap().push((notification.clone(), on_click));
    }
}

/// What windows and panels have in common.
struct Surface {
    events: Arc<dyn PageEvents>,
    posted: Mutex<Vec<Value>>,
    is_closed: AtomicBool,
}

impl Surface {
    fn new(events: Arc<dyn PageEvents>) -> Self {
        Self { events, posted: Mutex::default(), is_closed: AtomicBool::new(false) }
    }

    fn post(&self, data: &Value) {
        self.posted.lock().unwrap().push(data.clone());
    }

    fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
    }
}

/// A window or a dialog that was opened.
pub struct MemoryWindow {
    /// As it was asked for.
    pub page: NewPage,
    surface: Surface,
}

impl MemoryWindow {
    /// What its page tells.
    pub fn events(&self) -> &dyn PageEvents {
        &*self.surface.events
    }

    /// What its page was told.
    pub fn posted(&self) -> Vec<Value> {
        self.surface.posted.lock().unwrap().clone()
    }

    /// Whether the plugin, or its unloading, has closed it.
    pub fn is_closed(&self) -> bool {
        self.surface.is_closed.load(Ordering::SeqCst)
    }
}

impl Window for MemoryWindow {
    fn post(&self, data: &Value) {
        self.surface.post(data);
    }

    fn close(&self) {
        self.surface.close();
    }
}

/// A panel that was opened.
pub struct MemoryPanel {
    /// As it was asked for.
    pub new: NewPanel,
    is_shown: AtomicBool,
    surface: Surface,
}

impl MemoryPanel {
    /// What its page tells.
    pub fn events(&self) -> &dyn PageEvents {
        &*self.surface.events
    }

    /// What its page was told.
    pub fn posted(&self) -> Vec<Value> {
        self.surface.posted.lock().unwrap().clone()
    }

    /// Whether it is shown.
    pub fn is_shown(&self) -> bool {
        self.is_shown.load(Ordering::SeqCst)
    }

    /// Whether the plugin, or its unloading, has closed it.
    pub fn is_closed(&self) -> bool {
        self.surface.is_closed.load(Ordering::SeqCst)
    }
}

impl Window for MemoryPanel {
    fn post(&self, data: &Value) {
        self.surface.post(data);
    }

    fn close(&self) {
        self.surface.close();
    }
}

impl Panel for MemoryPanel {
    fn show(&self) {
        self.is_shown.store(true, Ordering::SeqCst);
    }

    fn hide(&self) {
        self.is_shown.store(false, Ordering::SeqCst);
    }
}

/// A progress window that was opened.
pub struct MemoryProgress {
    /// As it was asked for.
    pub new: NewProgress,
    is_cancelled: AtomicBool,
    acts: Mutex<Vec<String>>,
}

impl MemoryProgress {
    /// The user cancels it.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::SeqCst);
    }

    /// What was done with it, in words: `update 5 text`, `pulse`, `start_pulse 100`, `stop_pulse`, `close`.
    pub fn acts(&self) -> Vec<String> {
        self.acts.lock().unwrap().clone()
    }

    fn act(&self, act: String) -> bool {
        self.acts.lock().unwrap().push(act.trim_end().to_owned());
        !self.is_cancelled.load(Ordering::SeqCst)
    }
}

impl ProgressDialog for MemoryProgress {
    fn update(&self, value: i32, message: &str) -> bool {
        self.act(format!("update {value} {message}"))
    }

    fn pulse(&self, message: &str) -> bool {
        self.act(format!("pulse {message}"))
    }

    fn start_pulse(&self, interval: Duration, message: &str) {
        self.act(format!("start_pulse {} {message}", interval.as_millis()));
    }

    fn stop_pulse(&self) {
        self.act("stop_pulse".into());
    }

    fn close(&self) {
        self.act("close".into());
    }
}
