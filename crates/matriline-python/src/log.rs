//! Where messages go that come from inside of Python.
//!
//! The audit hook speaks on any thread, also on those that never met the manager, so its log is one for the process.

use std::cell::Cell;

use matriline_registry::lock::Mutex;
use tracing::{Dispatch, dispatcher};

static LOG: Mutex<Option<Dispatch>> = Mutex::new(None);

/// Sets where messages go; `None` for nowhere.
pub fn set_log(log: Option<Dispatch>) {
    let earlier = std::mem::replace(&mut *LOG.lock(), log);
    // The last of a dispatcher may drop the application's callback, so it goes without the lock.
    drop(earlier);
}

thread_local! {
    /// Whether this thread is inside of the application's log callback.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `body` with messages going to `log`.
///
/// Inside of the log callback they go nowhere: `tracing` lends its dispatcher out for the time of an event, and a
/// message about a message might never end.
pub fn logged_to<R>(log: &Dispatch, body: impl FnOnce() -> R) -> R {
    match TELLING.get() {
        true => body(),
        false => dispatcher::with_default(log, body),
    }
}

/// Whether this thread is inside of the application's log callback.
pub fn is_telling() -> bool {
    TELLING.get()
}

/// Runs the application's log callback, which may call back.
pub fn tell<R>(callback: impl FnOnce() -> R) -> R {
    struct Telling;
    impl Drop for Telling {
        fn drop(&mut self) {
            TELLING.set(false);
        }
    }
    TELLING.set(true);
    let _telling = Telling;
    callback()
}

/// Runs `body` with messages going where [`set_log`] said.
pub fn logged<R>(body: impl FnOnce() -> R) -> R {
    let log = LOG.lock().clone();
    logged_to(&log.unwrap_or_else(Dispatch::none), body)
}
