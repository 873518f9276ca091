//! Sessions of capabilities that draw.
//!
//! A capability has one session at the most. A snapshot that it takes is the session's from then on; one that it does not
//! take leaves the session as it was. Calls of a capability follow each other.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Instant;

use matriline_capability::{
    CapabilityId, CapabilityType, ExecutionResult, Status, Typed, VisualizationCapability,
    VisualizationContext, VisualizationInputSpec,
};
use matriline_python::{desk, identity};
use matriline_registry::Entry;
use matriline_registry::lock::{Condvar, Mutex};

use crate::agents::PATIENCE;
use crate::{Error, PluginLoader, PluginManager, within};

/// What has become of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// What the capability answered.
    pub result: ExecutionResult,
    /// The revision that the session shows now, of whose snapshot the file must stay; `None` when there is no session.
    pub revision: Option<i64>,
}

/// The sessions of a loader.
#[derive(Default)]
pub(crate) struct Drawings {
    all: Mutex<HashMap<CapabilityId, Drawing>>,
    /// A call has returned.
    moved: Condvar,
}

/// What is kept of a capability that draws, for as long as it is loaded.
#[derive(Default)]
struct Drawing {
    entry: Weak<Entry>,
    inputs: Option<Arc<[VisualizationInputSpec]>>,
    revision: Option<i64>,
    /// A call is inside.
    is_busy: bool,
}

impl PluginManager {
    /// The first kind of input that a capability can draw and the application can make. The capability is asked once for
    /// each load.
    ///
    /// # Errors
    /// [`Error::NoCapability`] when its plugin is not loaded, [`Error::Call`] when it is disabled, raises or answers
    /// something else.
    ///
    /// Threads: any; waits for a call of the capability that is inside.
    pub fn drawable_input(
        &self,
        key: &str,
        name: &str,
        can_make: &dyn Fn(&VisualizationInputSpec) -> bool,
    ) -> Result<Option<VisualizationInputSpec>, Error> {
        let turn = self.loader().turn(key, name)?;
        let known = turn.look(|drawing| drawing.inputs.clone());
        let inputs = match known {
            Some(inputs) => inputs,
            None => {
                let inputs: Arc<[_]> = turn.capability.get_supported_inputs()?.into();
                turn.look(|drawing| drawing.inputs = Some(inputs.clone()));
                inputs
            }
        };
        Ok(inputs.iter().find(|input| can_make(input)).cloned())
    }

    /// Has a capability draw a snapshot: it begins a session, or goes on with the one it has.
    ///
    /// A snapshot with the status `Success` is the session's from now on; others leave it as it was, and `FatalError`
    /// ends it.
    ///
    /// # Errors
    /// As for [`drawable_input`](Self::drawable_input); the session stays as it was.
    ///
    /// Threads: any, best one of its own; waits for a call of the capability that is inside.
    pub fn draw(&self, key: &str, name: &str, context: &VisualizationContext<'_>) -> Result<Drawn, Error> {
        let turn = self.loader().turn(key, name)?;
        let was_open = turn.look(|drawing| drawing.revision.is_some());
        let result = match was_open {
            true => turn.capability.update(context)?,
            false => turn.capability.open(context)?,
        };
        match result.status {
            Status::Success => turn.look(|drawing| drawing.revision = Some(context.revision)),
            Status::FatalError if was_open => {
                turn.look(|drawing| drawing.revision = None);
                turn.capability.close()?;
            }
            _ => {}
        }
        Ok(Drawn { result, revision: turn.look(|drawing| drawing.revision) })
    }

    /// Ends the session of a capability, if it has one.
    ///
    /// # Errors
    /// As for [`drawable_input`](Self::drawable_input); the session has ended all the same.
    pub fn end_drawing(&self, key: &str, name: &str) -> Result<(), Error> {
        let turn = self.loader().turn(key, name)?;
        match turn.look(|drawing| drawing.revision.take()) {
            Some(_) => Ok(turn.capability.close()?),
            None => Ok(()),
        }
    }
}

impl PluginLoader {
    /// Waits for the call that is inside of a capability, and keeps others out.
    fn turn(&self, key: &str, name: &str) -> Result<Turn<'_>, Error> {
        let kind = CapabilityType::Visualization;
        let entry = self.plugin_capability_by_name(key, kind, name);
        let entry =
            entry.ok_or_else(|| Error::NoCapability { plugin: key.into(), kind, name: name.into() })?;
        let (drawings, id) = (&self.0.drawings, entry.id().clone());
        identity::host_call(|| desk::wait(None, |until| drawings.enter(&entry, until)));
        Ok(Turn { drawings, id, capability: <dyn VisualizationCapability>::view(entry.capability()) })
    }

    /// A capability is about to be unloaded or disabled: its session ends, while it can be told.
    pub(crate) fn drawing_leaves(&self, id: &CapabilityId) {
        if id.kind != CapabilityType::Visualization {
            return;
        }
        let left = self.0.drawings.all.lock().remove(id);
        let Some(entry) =
            left.filter(|drawing| drawing.revision.is_some()).and_then(|drawing| drawing.entry.upgrade())
        else {
            return;
        };
        if let Err(error) = within::<dyn VisualizationCapability>(&entry.capability(), PATIENCE).close() {
            self.logged(|| {
                tracing::warn!(target: "matriline::call", plugin = &*id.plugin_key, "The drawing was not closed: {error}");
            });
        }
    }
}

impl Drawings {
    fn enter(&self, entry: &Arc<Entry>, until: Option<Instant>) -> Option<()> {
        let mut all = self.all.lock();
        loop {
            let drawing = all.entry(entry.id().clone()).or_default();
            if !drawing.entry.upgrade().is_some_and(|known| Arc::ptr_eq(&known, entry)) {
                *drawing = Drawing { entry: Arc::downgrade(entry), ..Drawing::default() };
            }
            if !drawing.is_busy {
                drawing.is_busy = true;
                return Some(());
            }
            match until {
                Some(until) if Instant::now() >= until => return None,
                Some(until) => self.moved.wait_until(&mut all, until),
                None => self.moved.wait(&mut all),
            }
        }
    }
}

/// A call of a capability may be inside until this goes.
struct Turn<'a> {
    drawings: &'a Drawings,
    id: CapabilityId,
    capability: Arc<dyn VisualizationCapability>,
}

impl Turn<'_> {
    fn look<R: Default>(&self, look: impl FnOnce(&mut Drawing) -> R) -> R {
        self.drawings.all.lock().get_mut(&self.id).map(look).unwrap_or_default()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.look(|drawing| drawing.is_busy = false);
        self.drawings.moved.notify_all();
    }
}
