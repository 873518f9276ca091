//! The user interface that C++ offers.

use std::sync::Arc;
use std::time::Duration;

use matriline::host::json::parse;
use matriline::host::{
    Answer, Dock, Message, NewPage, NewPanel, NewProgress, Notification, PageEvents, Panel, ProgressDialog,
    Refused, UserInterface, Window, WindowStyle,
};
use serde_json::Value;

use super::page::{Click, Events};
use super::{Shared, refused};
use crate::offer::ffi;

pub(super) struct Interface(pub(super) Shared<ffi::HostInterface>);

impl UserInterface for Interface {
    fn message(&self, message: &Message) -> Answer {
        let data = ffi::MessageToUser {
            text: &message.text,
            title: &message.title,
            buttons: message.buttons as u8,
            icon: message.icon as u8,
        };
        match ffi::show_message_box(&self.0.0, &data) {
            0 => Answer::Ok,
            2 => Answer::Yes,
            3 => Answer::No,
            _ => Answer::Cancel,
        }
    }

    fn show_dialog(&self, page: &NewPage, events: Arc<dyn PageEvents>) -> Result<Option<Value>, Refused> {
        let mut text = String::new();
        let submitted = ffi::show_page(&self.0.0, &page_data(page), Box::new(Events(events)), &mut text);
        if !submitted.map_err(refused)? {
            return Ok(None);
        }
        parse(&text).map(Some).map_err(|error| Refused(error.to_string()))
    }

    fn open_window(&self, page: &NewPage, events: Arc<dyn PageEvents>) -> Result<Arc<dyn Window>, Refused> {
        let window = ffi::open_page(&self.0.0, &page_data(page), Box::new(Events(events)));
        Ok(Arc::new(CppWindow(Shared(window.map_err(refused)?))))
    }

    fn open_progress(&self, progress: &NewProgress) -> Result<Arc<dyn ProgressDialog>, Refused> {
        let data = ffi::ProgressWindow {
            title: &progress.title,
            message: &progress.message,
            maximum: progress.maximum,
            style: progress.style,
        };
        let window = ffi::open_progress_window(&self.0.0, &data).map_err(refused)?;
        Ok(Arc::new(CppProgress(Shared(window))))
    }

    fn open_panel(&self, panel: &NewPanel, events: Arc<dyn PageEvents>) -> Result<Arc<dyn Panel>, Refused> {
        let place = match panel.dock {
            Dock::Left => 0,
            Dock::Right => 1,
            Dock::Bottom => 2,
            Dock::Float => 3,
        };
        let (width, height) = panel.size;
        let data = ffi::PageData { html: &panel.html, title: &panel.title, width, height, place };
        let panel = ffi::open_page_panel(&self.0.0, &data, Box::new(Events(events))).map_err(refused)?;
        Ok(Arc::new(CppPanel(Shared(panel))))
    }

    fn notify(&self, notification: &Notification, on_click: Option<Arc<dyn Fn() + Send + Sync>>) {
        let Notification { level, text, hyper_text } = notification;
        ffi::show_notification(&self.0.0, *level as u8, text, hyper_text, Box::new(Click(on_click)));
    }
}

fn page_data(page: &NewPage) -> ffi::PageData<'_> {
    let (width, height) = page.size;
    let place = u8::from(page.style == WindowStyle::Modal);
    ffi::PageData { html: &page.html, title: &page.title, width, height, place }
}

/// A window of the application.
pub(super) struct CppWindow(pub(super) Shared<ffi::HostWindow>);

impl Window for CppWindow {
    fn post(&self, data: &Value) {
        ffi::window_post(&self.0.0, &data.to_string());
    }

    fn close(&self) {
        ffi::window_close(&self.0.0);
    }
}

struct CppPanel(Shared<ffi::HostPanel>);

impl Window for CppPanel {
    fn post(&self, data: &Value) {
        ffi::panel_post(&self.0.0, &data.to_string());
    }

    fn close(&self) {
        ffi::panel_close(&self.0.0);
    }
}

impl Panel for CppPanel {
    fn show(&self) {
        ffi::panel_show(&self.0.0, true);
    }

    fn hide(&self) {
        ffi::panel_show(&self.0.0, false);
    }
}

struct CppProgress(Shared<ffi::HostProgress>);

impl ProgressDialog for CppProgress {
    fn update(&self, value: i32, message: &str) -> bool {
        ffi::progress_update(&self.0.0, value, message)
    }

    fn pulse(&self, message: &str) -> bool {
        ffi::progress_pulse(&self.0.0, message)
    }

    fn start_pulse(&self, interval: Duration, message: &str) {
        let milliseconds = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        ffi::progress_start_pulse(&self.0.0, milliseconds, message);
    }

    fn stop_pulse(&self) {
        ffi::progress_stop_pulse(&self.0.0);
    }

    fn close(&self) {
        ffi::progress_close(&self.0.0);
    }
}
