//! A capability in the registry.

use std::any::Any;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use matriline_capability::{CallError, Capability, CapabilityId, Sink, Value};

use crate::timing::{Timing, Timings};
use crate::{Gate, Refusal, inside};

/// One capability of a loaded plugin.
pub struct Entry {
    live: Arc<Live>,
    shell: OnceLock<Box<dyn Any + Send + Sync>>,
}

/// What a holder keeps: the gate and the capability behind it.
struct Live {
    id: CapabilityId,
    gate: Gate,
    watch: Watch,
    body: Box<dyn Capability>,
}

/// How the calls of a capability are watched.
#[derive(Clone, Debug)]
pub struct Watch {
    /// What the slot of a thread says while it is inside; zero says nothing.
    pub number: u32,
    /// Where whoever runs the capability records its calls.
    pub timings: Arc<Timings>,
}

impl Default for Watch {
    /// Not at all.
    fn default() -> Self {
        Self { number: 0, timings: Arc::new(Timings::new(0)) }
    }
}

impl Entry {
    /// An entry whose gate is open, or shut when `enabled` is false. Its calls are not watched.
    pub fn new(body: Box<dyn Capability>, enabled: bool) -> Self {
        Self::watched(body, enabled, Watch::default())
    }

    /// The same, watched.
    pub fn watched(body: Box<dyn Capability>, enabled: bool, watch: Watch) -> Self {
        let live = Live { id: body.id().clone(), gate: Gate::default(), watch, body };
        live.gate.set_enabled(enabled);
        Self { live: Arc::new(live), shell: OnceLock::new() }
    }

    /// The identity of the capability.
    pub fn id(&self) -> &CapabilityId {
        &self.live.id
    }

    /// The gate in front of it.
    pub fn gate(&self) -> &Gate {
        &self.live.gate
    }

    /// The capability, behind its gate. It may be kept for ever.
    pub fn capability(&self) -> Arc<dyn Capability> {
        self.live.clone()
    }

    /// The capability, behind its gate but for one thing: it answers while it is disabled. For what concerns its
    /// settings, never for its work.
    pub fn settings(&self) -> impl Capability + use<> {
        Settings(self.live.clone())
    }

    /// What its methods have taken so far, by their place in the table.
    pub fn timings(&self) -> Vec<Timing> {
        self.live.watch.timings.read()
    }

    /// What one of its calls may take; `None` for as long as it likes. A call that takes longer is not stopped: the
    /// hook of [`timing`](crate::timing) is told of it when it ends.
    pub fn set_budget(&self, budget: Option<Duration>) {
        self.live.watch.timings.set_budget(budget);
    }

    /// What a surface made for this capability, such as its C++ object; made at the first call.
    ///
    /// A shell holds [`capability`](Self::capability), never the entry, or neither would ever go.
    pub fn shell<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Option<&T> {
        self.shell.get_or_init(|| Box::new(make())).downcast_ref()
    }
}

impl Capability for Live {
    fn id(&self) -> &CapabilityId {
        &self.id
    }

    #[inline]
    fn call(&self, method: usize, args: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError> {
        inside::call(&self.id, self.watch.number, || match self.gate.enter() {
            Ok(_pass) => self.body.call(method, args, answer),
            Err(refusal) => Err(self.refused(refusal)),
        })
    }

    fn is_written(&self, method: usize) -> bool {
        self.body.is_written(method)
    }
}

/// A capability that answers while it is disabled.
struct Settings(Arc<Live>);

impl Capability for Settings {
    fn id(&self) -> &CapabilityId {
        &self.0.id
    }

    fn call(&self, method: usize, args: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError> {
        let live = &self.0;
        inside::call(&live.id, live.watch.number, || match live.gate.enter_disabled() {
            Ok(_pass) => live.body.call(method, args, answer),
            Err(refusal) => Err(live.refused(refusal)),
        })
    }

    fn is_written(&self, method: usize) -> bool {
        self.0.is_written(method)
    }
}

impl Live {
    #[cold]
    fn refused(&self, refusal: Refusal) -> CallError {
        match refusal {
            Refusal::Closed => CallError::Unloaded(self.id.clone()),
            Refusal::Disabled => CallError::Disabled(self.id.clone()),
        }
    }
}
