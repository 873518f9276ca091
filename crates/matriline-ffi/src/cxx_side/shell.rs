//! The one C++ object of a capability.

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use cxx::{CxxString, ExternType, SharedPtr, kind, type_id};
use matriline::{
    CallError, Capability, CapabilityId, Entry, ErrorCode, PrinterAgentCapability, Value, within,
};

use crate::boundary::{Fault, Outcome, catch};
use crate::bridge::ffi;

/// What the C++ object of a capability holds of it.
pub struct CapabilityHandle {
    capability: Arc<dyn Capability>,
    /// The entry holds the C++ object and that holds this: a strong one would keep both for ever.
    entry: Weak<Entry>,
}

// SAFETY: the bridge declares the type under this very name.
unsafe impl ExternType for CapabilityHandle {
    type Id = type_id!("matriline::detail::CapabilityHandle");
    type Kind = kind::Opaque;
}

impl CapabilityHandle {
    pub(crate) fn is_enabled(&self) -> bool {
        catch(|| {
            Ok(self
                .entry
                .upgrade()
                .is_some_and(|entry| entry.gate().is_enabled() && !entry.gate().is_closed()))
        })
        .unwrap_or(false)
    }

    pub(crate) fn capability(&self) -> &Arc<dyn Capability> {
        &self.capability
    }

    pub(crate) fn id(&self) -> &CapabilityId {
        self.capability.id()
    }

    /// Calls a method.
    pub(crate) fn call(
        &self,
        method: usize,
        args: &[Value<'_>],
        answer: &mut dyn FnMut(Value<'_>),
    ) -> Result<(), CallError> {
        self.capability.call(method, args, answer)
    }

    /// Calls a method whose answer is a text.
    pub(crate) fn call_for_text(
        &self,
        method: usize,
        args: &[Value<'_>],
        mut answer: Pin<&mut CxxString>,
    ) -> Outcome<()> {
        let mut is_text = false;
        self.capability.call(method, args, &mut |value| {
            if let Value::Text(text) = value {
                answer.as_mut().push_str(text);
                is_text = true;
            }
        })?;
        is_text.then_some(()).ok_or_else(Fault::no_answer)
    }

    /// Calls a method that answers nothing.
    pub(crate) fn call_for_nothing(&self, method: usize, args: &[Value<'_>]) -> Outcome<()> {
        Ok(self.capability.call(method, args, &mut |_| ())?)
    }

    /// Calls a method whose answer is an `ExecutionResult`; its texts are copied once, while Python owns them.
    #[inline]
    pub(crate) fn call_for_result(
        &self,
        method: usize,
        args: &[Value<'_>],
        mut answer: Pin<&mut ffi::ExecutionResult>,
    ) -> Outcome<()> {
        let mut copied = None;
        self.capability.call(method, args, &mut |value| {
            if let Value::Result(status, message, data) = value {
                copied = Some(ffi::set_result(answer.as_mut(), status as u8, message, data));
            }
        })?;
        match copied {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(Fault::new(ErrorCode::WrongAnswer, error.what())),
            None => Err(Fault::no_answer()),
        }
    }
}

struct Shell(SharedPtr<ffi::LoadedPluginCapability>);

// SAFETY: the C++ object is immutable, and its handle is `Send` and `Sync`.
unsafe impl Send for Shell {}
// SAFETY: as above.
unsafe impl Sync for Shell {}

/// The C++ object of an entry, made at the first call.
#[inline]
pub(crate) fn shell(entry: &Arc<Entry>) -> SharedPtr<ffi::LoadedPluginCapability> {
    match entry.shell(|| make(entry)) {
        Some(Shell(object)) => object.clone(),
        None => SharedPtr::null(),
    }
}

#[cold]
fn make(entry: &Arc<Entry>) -> Shell {
    Shell(object(entry, entry.capability()))
}

/// Another C++ object of an entry of a printer agent, whose calls end in time.
pub(crate) fn shell_within(entry: &Arc<Entry>, limit: Duration) -> SharedPtr<ffi::LoadedPluginCapability> {
    let patient = within::<dyn PrinterAgentCapability>(&entry.capability(), limit);
    object(entry, patient.capability().clone())
}

fn object(entry: &Arc<Entry>, capability: Arc<dyn Capability>) -> SharedPtr<ffi::LoadedPluginCapability> {
    let handle = CapabilityHandle { capability, entry: Arc::downgrade(entry) };
    let id = entry.id();
    let object = ffi::make_shell(Box::new(handle), id.kind.number(), &id.name, &id.plugin_key);
    object.unwrap_or_else(|_| SharedPtr::null())
}
