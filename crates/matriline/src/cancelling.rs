//! Asking the calls of a plugin to return, before it is unloaded.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Instant;

use matriline_capability::{Capability, Common, CommonCapability};
use matriline_orca::tell_cancelled;
use matriline_python::{PythonCapability, desk, logged_to};
use tracing::Dispatch;

use crate::slots::Stuck;

/// Capabilities that are being told, on a thread of its own: telling needs the GIL, which a call may keep.
pub(crate) struct Telling(Option<Receiver<()>>);

impl Telling {
    /// Tells those that have calls inside, if they want to be told.
    pub(crate) fn begin(stuck: &Stuck, dispatch: &Dispatch) -> Self {
        let busy = |capability: &&Arc<PythonCapability>| {
            let mut entries = stuck.entries.iter();
            let entry = entries.find(|entry| entry.id() == capability.id());
            capability.has(Common::OnCancelled) && entry.is_some_and(|entry| entry.gate().inside() > 0)
        };
        let told: Vec<_> = stuck.plugin.capabilities().iter().filter(busy).cloned().collect();
        if told.is_empty() {
            return Self(None);
        }
        let (ended, end) = channel();
        let dispatch = dispatch.clone();
        let tell = move || {
            logged_to(&dispatch, || told.iter().for_each(|capability| tell(capability)));
            // Nobody waits any more when the calls took too long.
            let _ = ended.send(());
        };
        let thread = std::thread::Builder::new().name("matriline-cancel".into()).spawn(tell);
        Self(thread.ok().map(|_| end))
    }

    /// Waits until they are told, or until `deadline`: an `on_cancelled` that hangs holds nothing up but itself. What
    /// it asks the application is answered meanwhile.
    pub(crate) fn wait(self, deadline: Instant) {
        let Some(end) = self.0 else { return };
        let told = |until: Option<Instant>| {
            let left = until.unwrap_or(deadline).saturating_duration_since(Instant::now());
            (end.recv_timeout(left) != Err(RecvTimeoutError::Timeout)).then_some(())
        };
        desk::wait(Some(deadline), told);
    }
}

fn tell(capability: &PythonCapability) {
    if let Some(raised) = tell_cancelled(capability) {
        let id = capability.id();
        let plugin = id.plugin_key.as_str();
        tracing::error!(target: "matriline::load", plugin, "Plugin `{plugin}` raised `{}` in `on_cancelled()` of capability `{}`{}\n{}", raised.kind, id.name, raised.suffix(), raised.traceback);
    }
}
