//! The application's log: what matriline says goes to one callback of the application.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use matriline_python::{identity, tell};
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LogLevel {
    /// For those who work on matriline.
    Trace = 0,
    /// For those who look for a fault.
    Debug = 1,
    /// What happened.
    Info = 2,
    /// What should not have happened.
    Warn = 3,
    /// What failed.
    Error = 4,
}

/// A message.
#[derive(Clone, Copy, Debug)]
pub struct LogRecord<'a> {
    /// How much it matters.
    pub level: LogLevel,
    /// What it is about: `matriline::catalog`, `matriline::load`, `matriline::audit`, `matriline::post_process`,
    /// `matriline::events`, `matriline::timing`, `matriline::marker`.
    pub target: &'a str,
    /// The key of the plugin it is about.
    pub plugin: Option<&'a str>,
    /// The message.
    pub text: &'a str,
}

/// A callback that takes messages.
pub(crate) type Callback = Arc<dyn Fn(&LogRecord<'_>) + Send + Sync>;

/// A dispatcher that hands every message to the callback, or, without one, to nothing.
pub(crate) fn dispatch(callback: Option<Callback>) -> Dispatch {
    match callback {
        Some(callback) => Dispatch::new(tracing_subscriber::registry().with(ToCallback(callback))),
        None => Dispatch::none(),
    }
}

struct ToCallback(Callback);

impl<S: Subscriber> Layer<S> for ToCallback {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let record = LogRecord {
            level: level(*metadata.level()),
            target: metadata.target(),
            plugin: fields.plugin.as_deref(),
            text: &fields.text,
        };
        // A callback that panics loses its message, nothing else.
        let _ = catch_unwind(AssertUnwindSafe(|| tell(|| identity::host_call(|| (self.0)(&record)))));
    }
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::TRACE => LogLevel::Trace,
        Level::DEBUG => LogLevel::Debug,
        Level::INFO => LogLevel::Info,
        Level::WARN => LogLevel::Warn,
        Level::ERROR => LogLevel::Error,
    }
}

/// The fields of an event that a record has.
#[derive(Default)]
struct Fields {
    text: String,
    plugin: Option<String>,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "plugin" => self.plugin = Some(value.to_owned()),
            "message" => self.text.push_str(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.text, "{value:?}");
        }
    }
}
