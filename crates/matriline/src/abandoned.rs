//! Plugins whose manager went without a shutdown.
//!
//! A destructor runs no Python, so the next manager unloads them.

use std::time::Duration;

use matriline_registry::lock::Mutex;

use crate::slots::Stuck;
use crate::unload::{end, still_running};

static ABANDONED: Mutex<Vec<Stuck>> = Mutex::new(Vec::new());

/// Leaves a plugin, whose capabilities are closed, to the next manager.
pub(crate) fn leave(stuck: Stuck) {
    ABANDONED.lock().push(stuck);
}

/// Unloads what an earlier manager left, waiting so long for each plugin's calls.
pub(crate) fn unload(patience: Duration) {
    let abandoned = std::mem::take(&mut *ABANDONED.lock());
    for stuck in abandoned {
        let key = stuck.plugin.identity().key().to_owned();
        match stuck.entries.iter().find(|entry| !entry.gate().wait_until_empty(patience)) {
            None => end(&key, stuck.plugin),
            Some(entry) => {
                let error = still_running(entry);
                tracing::error!(target: "matriline::load", plugin = &*key, "{error}");
                leave(stuck);
            }
        }
    }
}
