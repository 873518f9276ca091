//! The user interface: messages, windows, progress, panels, notifications.
//!
//! Pages are HTML; what they and plugins tell each other is JSON. A plugin's windows are closed when it is unloaded.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::Refused;

/// The buttons of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Buttons {
    #[default]
    Ok,
    OkCancel,
    YesNo,
    YesNoCancel,
}

/// The picture of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Icon {
    #[default]
    Info,
    Warning,
    Error,
    Question,
}

/// The button that was pressed. A message that was closed otherwise is answered by [`Cancel`](Self::Cancel).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Answer {
    Ok,
    Cancel,
    Yes,
    No,
}

impl Answer {
    /// As plugins see it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Cancel => "cancel",
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

/// A message to the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What it says.
    pub text: String,
    /// The title of its window.
    pub title: String,
    /// How it can be answered.
    pub buttons: Buttons,
    /// What it looks like.
    pub icon: Icon,
}

/// Whether a window blocks the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WindowStyle {
    /// It does not.
    #[default]
    Modeless,
    /// It does, while it is open; the call that opens it returns at once.
    Modal,
}

/// A window that shows a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPage {
    /// The page.
    pub html: String,
    /// The title of the window.
    pub title: String,
    /// Its width and height in pixels, at least 320 by 240.
    pub size: (u32, u32),
    /// Whether it blocks the others.
    pub style: WindowStyle,
}

/// Where a panel stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Dock {
    Left,
    #[default]
    Right,
    Bottom,
    Float,
}

/// A panel that shows a page beside the plater.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPanel {
    /// The page.
    pub html: String,
    /// The title of the panel.
    pub title: String,
    /// Its width and height in pixels.
    pub size: (u32, u32),
    /// Where it stands at first.
    pub dock: Dock,
}

/// A window that shows how far something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProgress {
    /// The title of the window.
    pub title: String,
    /// What is being done.
    pub message: String,
    /// The value at which it is done.
    pub maximum: i32,
    /// The bits `PD_…`, as wxWidgets numbers them.
    pub style: i64,
}

/// How much a notification matters. The numbers are those that plugins see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Level {
    ProgressBar = 1,
    Hint,
    Regular,
    PrintInfo,
    PrintInfoShort,
    Important,
    Warning,
    SeriousWarning,
    Error,
}

impl Level {
    /// All of them, with the names that plugins see.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::ProgressBar, "ProgressBarNotificationLevel"),
        (Self::Hint, "HintNotificationLevel"),
        (Self::Regular, "RegularNotificationLevel"),
        (Self::PrintInfo, "PrintInfoNotificationLevel"),
        (Self::PrintInfoShort, "PrintInfoShortNotificationLevel"),
        (Self::Important, "ImportantNotificationLevel"),
        (Self::Warning, "WarningNotificationLevel"),
        (Self::SeriousWarning, "SeriousWarningNotificationLevel"),
        (Self::Error, "ErrorNotificationLevel"),
    ];
}

/// A few words at the edge of the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub text: String,
    /// What can be clicked; empty for nothing.
    pub hyper_text: String,
}

/// What the application tells of a page. What it tells after [`closed`](Self::closed) is dropped.
///
/// Threads: any; the plugin's function runs on the calling one and is waited for. The main thread is what plugins
/// expect.
pub trait PageEvents: Send + Sync {
    /// The window of a dialog is there, and can be closed: see [`UserInterface::show_dialog`].
    fn opened(&self, window: Arc<dyn Window>);

    /// The page called `orca.postMessage`.
    fn message(&self, data: Value);

    /// The page called `orca.submit`; the application closes the window then and tells of that as well.
    fn submit(&self, data: Value);

    /// The user or the page closed the window.
    fn closed(&self);
}

/// A window that is open. Dropping it changes nothing.
pub trait Window: Send + Sync {
    /// Gives the page a message, which its functions of `orca.onMessage` get.
    fn post(&self, data: &Value);

    /// Closes the window. Telling of it is not necessary.
    fn close(&self);
}

/// A panel that was opened and not closed. Dropping it changes nothing.
pub trait Panel: Window {
    /// Shows it, where panels are shown now.
    fn show(&self);

    /// Hides it; it stays open.
    fn hide(&self);
}

/// A progress window that is open. Dropping it changes nothing.
pub trait ProgressDialog: Send + Sync {
    /// Sets how far it is, and what it says unless that is empty; false once the user has cancelled or closed it.
    fn update(&self, value: i32, message: &str) -> bool;

    /// Shows that something goes on, and what it says unless that is empty; false as for [`update`](Self::update).
    fn pulse(&self, message: &str) -> bool;

    /// Pulses by itself in that interval, until it is stopped or closed.
    fn start_pulse(&self, interval: Duration, message: &str);

    /// Ends [`start_pulse`](Self::start_pulse).
    fn stop_pulse(&self);

    /// Closes the window.
    fn close(&self);
}

/// What the application can show.
///
/// Threads: the main thread of the application when it gave a function that posts to it, else any.
pub trait UserInterface: Send + Sync {
    /// Shows a message and waits for its answer.
    fn message(&self, message: &Message) -> Answer;

    /// Shows a page in a window that blocks the others, and waits until it is closed. Answers what the page submitted,
    /// if it did.
    ///
    /// Before it waits it tells [`PageEvents::opened`], so that the window is closed when the plugin is unloaded; its
    /// event loop must run what is posted to the main thread meanwhile.
    ///
    /// # Errors
    /// [`Refused`] when it cannot be shown.
    fn show_dialog(&self, page: &NewPage, events: Arc<dyn PageEvents>) -> Result<Option<Value>, Refused>;

    /// Opens a window with a page and returns at once.
    ///
    /// # Errors
    /// [`Refused`] when it cannot be shown.
    fn open_window(&self, page: &NewPage, events: Arc<dyn PageEvents>) -> Result<Arc<dyn Window>, Refused>;

    /// Opens a progress window.
    ///
    /// # Errors
    /// [`Refused`] when it cannot be shown.
    fn open_progress(&self, progress: &NewProgress) -> Result<Arc<dyn ProgressDialog>, Refused>;

    /// Opens a panel. Belongs to [`Feature::DockPanels`](crate::Feature::DockPanels).
    ///
    /// # Errors
    /// [`Refused`] when it cannot be shown.
    fn open_panel(&self, panel: &NewPanel, events: Arc<dyn PageEvents>) -> Result<Arc<dyn Panel>, Refused> {
        let _ = (panel, events);
        Err(Refused("This application has no dock panels".into()))
    }

    /// Shows a notification; `on_click` is there when a click is to be told. Belongs to
    /// [`Feature::Notifications`](crate::Feature::Notifications).
    fn notify(&self, notification: &Notification, on_click: Option<Arc<dyn Fn() + Send + Sync>>) {
        let _ = (notification, on_click);
    }
}
