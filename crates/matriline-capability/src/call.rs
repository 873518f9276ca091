//! The one way to call a capability, and the typed views on it.

use std::sync::Arc;

use crate::{CapabilityId, CapabilityType, ExecutionResult, Status};

/// An argument or a result on its way. It borrows from the caller's strings, or from Python's.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// Nothing.
    Unit,
    /// Text.
    Text(&'a str),
    /// The parts of an [`ExecutionResult`].
    Result(Status, &'a str, &'a str),
    /// The fields of a record, in the order of the table.
    Record(&'a [Value<'a>]),
}

/// Takes the result of a call. It is called once at the most, while Python still owns the text: copy what
/// you keep, and call nothing that waits.
pub type Sink<'a> = &'a mut dyn FnMut(Value<'_>);

/// A live capability, wherever it runs.
pub trait Capability: Send + Sync {
    /// Its identity.
    fn id(&self) -> &CapabilityId;

    /// Calls the method at place `method` of its row in the [table](crate::table).
    ///
    /// # Errors
    /// [`CallError`] when the capability is unloaded, disabled, raised an exception or answered another
    /// kind than the table says. `answer` is then not called.
    ///
    /// Threads: any. Waits for the GIL; no lock of ours is held meanwhile.
    fn call(&self, method: usize, args: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError>;
}

impl<C: Capability + ?Sized> Capability for Arc<C> {
    fn id(&self) -> &CapabilityId {
        (**self).id()
    }

    #[inline]
    fn call(&self, method: usize, args: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError> {
        (**self).call(method, args, answer)
    }
}

/// A call that did not give a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The plugin is no longer loaded.
    #[error("The capability {0} is unloaded; look it up again after loading its plugin")]
    Unloaded(CapabilityId),
    /// The capability is switched off.
    #[error("The capability {0} is disabled; enable it before calling it")]
    Disabled(CapabilityId),
    /// Python is not running, or no longer.
    #[error("The Python interpreter is shutting down; {0} cannot be called")]
    ShuttingDown(CapabilityId),
    /// The plugin raised.
    #[error("Plugin `{}` raised `{}` in `{}` of capability `{}`{}", .id.plugin_key, .raised.kind, .method, .id.name, .raised.suffix())]
    Raised {
        /// Which capability.
        id: CapabilityId,
        /// Which method.
        method: &'static str,
        /// The exception.
        raised: Box<Raised>,
    },
    /// The plugin answered with something else than the table says.
    #[error("Plugin `{}` answered `{}` of capability `{}` with `{found}`; it must return {expected}", .id.plugin_key, .method, .id.name)]
    WrongAnswer {
        /// Which capability.
        id: CapabilityId,
        /// Which method.
        method: &'static str,
        /// What the table asks for.
        expected: &'static str,
        /// The Python type that came.
        found: String,
    },
    /// An argument is not what the table says.
    #[error("The call of `{method}` of capability {id} does not fit the table: {problem}")]
    WrongArgument {
        /// Which capability.
        id: CapabilityId,
        /// Which method.
        method: &'static str,
        /// What does not fit.
        problem: String,
    },
}

impl CallError {
    /// The capability the call was for.
    pub fn id(&self) -> &CapabilityId {
        match self {
            Self::Unloaded(id) | Self::Disabled(id) | Self::ShuttingDown(id) => id,
            Self::Raised { id, .. } | Self::WrongAnswer { id, .. } | Self::WrongArgument { id, .. } => id,
        }
    }

    /// The exception, where a plugin raised one.
    pub fn raised(&self) -> Option<&Raised> {
        match self {
            Self::Raised { raised, .. } => Some(raised),
            _ => None,
        }
    }
}

/// A Python exception, as text: nothing is summarised away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The exception's type, with its module unless that is `builtins`: `ValueError`, `json.JSONDecodeError`.
    pub kind: String,
    /// `str(exception)`.
    pub message: String,
    /// The whole traceback as Python prints it, chained causes included.
    pub traceback: String,
}

impl Raised {
    /// The end of a sentence about the exception: `: <message>`, or nothing for an exception without one.
    pub fn suffix(&self) -> String {
        match self.message.is_empty() {
            true => String::new(),
            false => format!(": {}", self.message),
        }
    }
}

/// Something that stands for a live capability. What implements it has the typed traits of every row.
pub trait CapabilityView: Send + Sync {
    /// The capability itself.
    fn inner(&self) -> &Arc<dyn Capability>;
}

/// A typed trait of the table, such as `dyn GcodeCapability`.
pub trait Typed: Send + Sync {
    /// The type whose capabilities have the trait.
    const KIND: CapabilityType;

    /// Sees a capability of that type through the trait.
    fn view(capability: Arc<dyn Capability>) -> Arc<Self>;
}

pub(crate) struct View(pub(crate) Arc<dyn Capability>);

impl CapabilityView for View {
    fn inner(&self) -> &Arc<dyn Capability> {
        &self.0
    }
}

pub(crate) fn fetch_result(
    capability: &dyn Capability,
    method: usize,
    args: &[Value<'_>],
) -> Result<ExecutionResult, CallError> {
    let mut result = ExecutionResult::default();
    capability.call(method, args, &mut |value| {
        if let Value::Result(status, message, data) = value {
            result = ExecutionResult { status, message: message.into(), data: data.into() };
        }
    })?;
    Ok(result)
}
