//! A capability in the registry.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use matriline_capability::{CallError, Capability, CapabilityId, Sink, Value};

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
    body: Box<dyn Capability>,
}

impl Entry {
    /// An entry whose gate is open, or shut when `enabled` is false.
    pub fn new(body: Box<dyn Capability>, enabled: bool) -> Self {
        let live = Live { id: body.id().clone(), gate: Gate::default(), body };
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
        inside::call(&self.id, || match self.gate.enter() {
            Ok(_pass) => self.body.call(method, args, answer),
            Err(refusal) => Err(self.refused(refusal)),
        })
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
