//! The user interface of an application, as the table of its functions offers it.

use std::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

use matriline::ErrorCode;
use matriline::host::json::{JsonError, parse};
use matriline::host::{
    self, Answer, Dock, Message, NewPage, NewPanel, NewProgress, Notification, PAGE_SCRIPT, PageEvents,
    PageMessage, Panel, ProgressDialog, Refused, UserInterface, Window, WindowStyle,
};
use serde_json::Value;

use super::callback::matriline_drop_callback;
use super::error::{matriline_error, matriline_result};
use super::host::{Table, accepted, no_such};
use super::text::{matriline_str, matriline_text, take_text};
use super::{enter, give, object, slot};
use crate::boundary::{Fault, Outcome};

/// The buttons of a message.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_buttons {
    /// One.
    OK = 0,
    /// Two.
    OK_CANCEL = 1,
    /// Two.
    YES_NO = 2,
    /// Three.
    YES_NO_CANCEL = 3,
}

/// The picture of a message.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_icon {
    /// Something to know.
    INFO = 0,
    /// Something to mind.
    WARNING = 1,
    /// Something went wrong.
    ERROR = 2,
    /// Something is asked.
    QUESTION = 3,
}

/// The button that was pressed; `CANCEL` for a message that was closed otherwise.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_answer {
    /// It is fine.
    OK = 0,
    /// It is not to be done.
    CANCEL = 1,
    /// Yes.
    YES = 2,
    /// No.
    NO = 3,
}

/// Where a panel stands at first.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_dock {
    /// Left of the plater.
    LEFT = 0,
    /// Right of it.
    RIGHT = 1,
    /// Below it.
    BOTTOM = 2,
    /// In a window of its own.
    FLOAT = 3,
}

/// What `matriline_page_events_tell` found.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_page_told {
    /// Nothing of this protocol: nobody was told.
    NOTHING = 0,
    /// A message.
    MESSAGE = 1,
    /// A submission: the application closes the window now.
    SUBMIT = 2,
    /// The same without a submission.
    CLOSE = 3,
}

/// A message to the user. The texts live until the function that shows it returns, as all those below.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_message {
    /// What it says.
    pub text: matriline_str,
    /// The title of its window.
    pub title: matriline_str,
    /// A `matriline_buttons`.
    pub buttons: u8,
    /// A `matriline_icon`.
    pub icon: u8,
}

/// A window or a panel that shows a page.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_page {
    /// The page.
    pub html: matriline_str,
    /// The title.
    pub title: matriline_str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether a window blocks the others while it is open.
    pub is_modal: bool,
    /// Where a panel stands at first, a `matriline_dock`.
    pub dock: u8,
}

/// A window that shows how far something is.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_progress {
    /// The title of the window.
    pub title: matriline_str,
    /// What is being done.
    pub message: matriline_str,
    /// The value at which it is done.
    pub maximum: i32,
    /// The bits `PD_…`, as wxWidgets numbers them.
    pub style: i64,
}

/// The functions of a window or a panel that was opened. Those that are NULL do nothing.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_window {
    /// Given to every function.
    pub userdata: *mut c_void,
    /// Gives the page a message, JSON, which its functions of `orca.onMessage` get.
    pub post: Option<extern "C" fn(userdata: *mut c_void, json: matriline_str)>,
    /// Closes it. Telling of it is not necessary.
    pub close: Option<extern "C" fn(userdata: *mut c_void)>,
    /// Shows a panel, or hides it; it stays open.
    pub show: Option<extern "C" fn(userdata: *mut c_void, shown: bool)>,
    /// Called once, when nobody needs the functions any more; that closes nothing.
    pub drop: matriline_drop_callback,
}

/// The functions of a progress window that was opened. Those that are NULL do nothing and answer true.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_progress_window {
    /// Given to every function.
    pub userdata: *mut c_void,
    /// Sets how far it is, and what it says unless that is empty; false once the user has cancelled or closed it.
    pub update: Option<extern "C" fn(userdata: *mut c_void, value: i32, message: matriline_str) -> bool>,
    /// Shows that something goes on; message and answer as for `update`.
    pub pulse: Option<extern "C" fn(userdata: *mut c_void, message: matriline_str) -> bool>,
    /// Pulses by itself in that interval until it is stopped or closed.
    pub start_pulse: Option<extern "C" fn(userdata: *mut c_void, milliseconds: u64, message: matriline_str)>,
    /// Ends that.
    pub stop_pulse: Option<extern "C" fn(userdata: *mut c_void)>,
    /// Closes the window.
    pub close: Option<extern "C" fn(userdata: *mut c_void)>,
    /// Called once, when nobody needs the functions any more; that closes nothing.
    pub drop: matriline_drop_callback,
}

/// What the application tells of a page. A plugin's function runs on the calling thread and is waited for; plugins
/// expect the main thread. What is told after `closed` is dropped.
pub struct matriline_page_events(Arc<dyn PageEvents>);

/// Who wants to know of a click on a notification.
pub struct matriline_click(Arc<dyn Fn() + Send + Sync>);

/// The page called `orca.postMessage` with this JSON.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_page_events_message(
    events: *const matriline_page_events,
    json: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (events, json) = unsafe { (object(events, "events")?, parsed(json)?) };
        events.0.message(json);
        Ok(())
    })
}

/// The page called `orca.submit` with this JSON; the application closes the window then and tells of that as well.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_page_events_submit(
    events: *const matriline_page_events,
    json: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (events, json) = unsafe { (object(events, "events")?, parsed(json)?) };
        events.0.submit(json);
        Ok(())
    })
}

/// The user or the page closed the window. Threads: any.
///
/// # Safety
/// `events` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_page_events_closed(events: *const matriline_page_events) {
    // SAFETY: the caller's promise.
    super::answer((), || unsafe { events.as_ref() }.into_iter().for_each(|events| events.0.closed()));
}

/// The window of a dialog is there, and can be closed: see `matriline_host.show_dialog`. The functions of `window` are
/// copied, and its `drop` is called also when this fails, unless `window` is NULL. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid; the functions of `window` may be called as those of the table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_page_events_opened(
    events: *const matriline_page_events,
    window: *const matriline_window,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let window = Opened(*unsafe { object(window, "window") }?);
        // SAFETY: the caller's promise.
        unsafe { object(events, "events") }?.0.opened(Arc::new(window));
        Ok(())
    })
}

/// Tells what a page has sent through its native channel (`matriline_page_script`). `told_out` may be NULL; otherwise it
/// receives what that was, a `matriline_page_told`. Fails for what is nested deeper than 200. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, `text` readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_page_events_tell(
    events: *const matriline_page_events,
    text: matriline_str,
    told_out: *mut u8,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (events, text) = unsafe { (object(events, "events")?, text.read("text")?) };
        let message = PageMessage::read(text).map_err(refused)?;
        let told = match &message {
            None => matriline_page_told::NOTHING,
            Some(PageMessage::Message(_)) => matriline_page_told::MESSAGE,
            Some(PageMessage::Submit(_)) => matriline_page_told::SUBMIT,
            Some(PageMessage::Close) => matriline_page_told::CLOSE,
        };
        message.into_iter().for_each(|message| message.tell(&*events.0));
        // SAFETY: the caller's promise.
        unsafe { told_out.as_mut() }.into_iter().for_each(|out| *out = told as u8);
        Ok(())
    })
}

/// Frees what a page tells through. Nobody is told of that. Threads: any.
///
/// # Safety
/// `events` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_page_events_free(events: *mut matriline_page_events) {
    // SAFETY: the caller's promise.
    unsafe { super::take(events) }
}

/// The notification was clicked; that may happen again. Threads: any.
///
/// # Safety
/// `click` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_click_run(click: *const matriline_click) {
    // SAFETY: the caller's promise.
    super::answer((), || unsafe { click.as_ref() }.into_iter().for_each(|click| (click.0)()));
}

/// Frees a click: the notification is gone. Threads: any.
///
/// # Safety
/// `click` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_click_free(click: *mut matriline_click) {
    // SAFETY: the caller's promise.
    unsafe { super::take(click) }
}

/// The script that gives a page its `window.orca`; run it in a page before those of its own. The page sends text through
/// `window.wx.postMessage` or `window.ipc.postMessage`. The text lives for ever. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_page_script() -> matriline_str {
    matriline_str::of(PAGE_SCRIPT)
}

/// The script that gives a page a message, JSON, as `post` of a window is to. `script_out` receives it, to free with
/// `matriline_text_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_page_dispatch(
    json: matriline_str,
    script_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (json, out) = unsafe { (parsed(json)?, slot(script_out, "script_out")?) };
        give(out, matriline_text(host::page_dispatch(&json)));
        Ok(())
    })
}

/// # Safety
/// The text is readable.
unsafe fn parsed(json: matriline_str) -> Outcome<Value> {
    // SAFETY: the caller's promise.
    let text = unsafe { json.read("json") }?;
    parse(text).map_err(refused)
}

fn refused(error: JsonError) -> Box<Fault> {
    Fault::new(ErrorCode::InvalidArgument, error.to_string())
}

/// The part of a table that shows something.
pub(super) struct Interface(pub(super) Arc<Table>);

impl UserInterface for Interface {
    fn message(&self, message: &Message) -> Answer {
        let table = &self.0.0;
        let data = matriline_message {
            text: matriline_str::of(&message.text),
            title: matriline_str::of(&message.title),
            buttons: message.buttons as u8,
            icon: message.icon as u8,
        };
        match table.message.map(|message| message(table.userdata, &data)) {
            Some(0) => Answer::Ok,
            Some(2) => Answer::Yes,
            Some(3) => Answer::No,
            _ => Answer::Cancel,
        }
    }

    fn show_dialog(&self, page: &NewPage, events: Arc<dyn PageEvents>) -> Result<Option<Value>, Refused> {
        let table = &self.0.0;
        let show = table.show_dialog.ok_or_else(|| no_such("show_dialog"))?;
        let mut submitted = std::ptr::null_mut();
        let refusal = show(table.userdata, &page_data(page), given(events), &mut submitted);
        // SAFETY: the text comes from `matriline_text_new`, and the function gives it away.
        let text = unsafe { take_text(submitted) };
        accepted(refusal)?;
        text.map(|text| parse(&text).map_err(|error| Refused(error.to_string()))).transpose()
    }

    fn open_window(&self, page: &NewPage, events: Arc<dyn PageEvents>) -> Result<Arc<dyn Window>, Refused> {
        let table = &self.0.0;
        let open = table.open_window.ok_or_else(|| no_such("open_window"))?;
        let mut window = Opened::nothing();
        accepted(open(table.userdata, &page_data(page), given(events), &mut window.0))?;
        Ok(Arc::new(window))
    }

    fn open_panel(&self, panel: &NewPanel, events: Arc<dyn PageEvents>) -> Result<Arc<dyn Panel>, Refused> {
        let table = &self.0.0;
        let open = table.open_panel.ok_or_else(|| no_such("open_panel"))?;
        let dock = match panel.dock {
            Dock::Left => matriline_dock::LEFT,
            Dock::Right => matriline_dock::RIGHT,
            Dock::Bottom => matriline_dock::BOTTOM,
            Dock::Float => matriline_dock::FLOAT,
        };
        let data = matriline_page {
            html: matriline_str::of(&panel.html),
            title: matriline_str::of(&panel.title),
            width: panel.size.0,
            height: panel.size.1,
            is_modal: false,
            dock: dock as u8,
        };
        let mut window = Opened::nothing();
        accepted(open(table.userdata, &data, given(events), &mut window.0))?;
        Ok(Arc::new(window))
    }

    fn open_progress(&self, progress: &NewProgress) -> Result<Arc<dyn ProgressDialog>, Refused> {
        let table = &self.0.0;
        let open = table.open_progress.ok_or_else(|| no_such("open_progress"))?;
        let data = matriline_progress {
            title: matriline_str::of(&progress.title),
            message: matriline_str::of(&progress.message),
            maximum: progress.maximum,
            style: progress.style,
        };
        let mut window = Progress::nothing();
        accepted(open(table.userdata, &data, &mut window.0))?;
        Ok(Arc::new(window))
    }

    fn notify(&self, notification: &Notification, on_click: Option<Arc<dyn Fn() + Send + Sync>>) {
        let table = &self.0.0;
        let Some(notify) = table.notify else { return };
        let click =
            on_click.map_or(std::ptr::null_mut(), |click| Box::into_raw(Box::new(matriline_click(click))));
        let (text, hyper_text) =
            (matriline_str::of(&notification.text), matriline_str::of(&notification.hyper_text));
        notify(table.userdata, notification.level as u8, text, hyper_text, click);
    }
}

fn given(events: Arc<dyn PageEvents>) -> *mut matriline_page_events {
    Box::into_raw(Box::new(matriline_page_events(events)))
}

fn page_data(page: &NewPage) -> matriline_page {
    matriline_page {
        html: matriline_str::of(&page.html),
        title: matriline_str::of(&page.title),
        width: page.size.0,
        height: page.size.1,
        is_modal: page.style == WindowStyle::Modal,
        dock: matriline_dock::FLOAT as u8,
    }
}

/// A window or a panel of the application.
struct Opened(matriline_window);

// SAFETY: whoever gives the functions promises that they may be called with their `userdata` as the table's are.
unsafe impl Send for Opened {}
// SAFETY: as above.
unsafe impl Sync for Opened {}

impl Opened {
    fn nothing() -> Self {
        Self(matriline_window {
            userdata: std::ptr::null_mut(),
            post: None,
            close: None,
            show: None,
            drop: None,
        })
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Some(drop) = self.0.drop {
            drop(self.0.userdata);
        }
    }
}

impl Window for Opened {
    fn post(&self, data: &Value) {
        if let Some(post) = self.0.post {
            post(self.0.userdata, matriline_str::of(&data.to_string()));
        }
    }

    fn close(&self) {
        if let Some(close) = self.0.close {
            close(self.0.userdata);
        }
    }
}

impl Panel for Opened {
    fn show(&self) {
        if let Some(show) = self.0.show {
            show(self.0.userdata, true);
        }
    }

    fn hide(&self) {
        if let Some(show) = self.0.show {
            show(self.0.userdata, false);
        }
    }
}

/// A progress window of the application.
struct Progress(matriline_progress_window);

// SAFETY: as for `Opened`.
unsafe impl Send for Progress {}
// SAFETY: as above.
unsafe impl Sync for Progress {}

impl Progress {
    fn nothing() -> Self {
        Self(matriline_progress_window {
            userdata: std::ptr::null_mut(),
            update: None,
            pulse: None,
            start_pulse: None,
            stop_pulse: None,
            close: None,
            drop: None,
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(drop) = self.0.drop {
            drop(self.0.userdata);
        }
    }
}

impl ProgressDialog for Progress {
    fn update(&self, value: i32, message: &str) -> bool {
        self.0.update.is_none_or(|update| update(self.0.userdata, value, matriline_str::of(message)))
    }

    fn pulse(&self, message: &str) -> bool {
        self.0.pulse.is_none_or(|pulse| pulse(self.0.userdata, matriline_str::of(message)))
    }

    fn start_pulse(&self, interval: Duration, message: &str) {
        if let Some(start) = self.0.start_pulse {
            let milliseconds = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
            start(self.0.userdata, milliseconds, matriline_str::of(message));
        }
    }

    fn stop_pulse(&self) {
        if let Some(stop) = self.0.stop_pulse {
            stop(self.0.userdata);
        }
    }

    fn close(&self) {
        if let Some(close) = self.0.close {
            close(self.0.userdata);
        }
    }
}
