//! Where messages go that come from inside of Python.
//!
//! The audit hook speaks on any thread, also on those that never met the manager, so its log is one for the process.

use matriline_registry::lock::Mutex;
use tracing::Dispatch;

static LOG: Mutex<Option<Dispatch>> = Mutex::new(None);

/// Sets where messages go; `None` for nowhere.
pub fn set_log(log: Option<Dispatch>) {
    let earlier = std::mem::replace(&mut *LOG.lock(), log);
    // The last of a dispatcher may drop the application's callback, so it goes without the lock.
    drop(earlier);
}

/// Runs `body` with messages going there.
pub(crate) fn logged<R>(body: impl FnOnce() -> R) -> R {
    let log = LOG.lock().clone();
    tracing::dispatcher::with_default(&log.unwrap_or_else(Dispatch::none), body)
}
