//! The one way to call a capability, and the typed views on it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{CapabilityId, CapabilityType, ExecutionResult, Function, Status, Task};

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
    /// A whole number, also that of a member of an enumeration.
    Number(i64),
    /// A number with a fraction.
    Real(f64),
    /// Something that the [kind of object](crate::ObjectSpec) says.
    Object(&'a dyn Object),
    /// Yes or no.
    Flag(bool),
    /// The text of a JSON value.
    Json(&'a str),
    /// The slice under way, where there is one.
    Slice(Option<&'a Arc<dyn Slice>>),
    /// A record that stands in a field of another.
    Nested(&'a dyn Nested),
    /// A code.
    Code(i32),
    /// A code and a text.
    CodeAndText(i32, &'a str),
    /// The fields of a record that the method fills in, and where they go.
    Filled(&'a [Value<'a>], &'a dyn Fill),
    /// Records, each a [`Value::Record`].
    List(&'a [Value<'a>]),
    /// A function of the application, or none.
    Function(Option<&'a Function>),
    /// Something to be done.
    Task(&'a Task),
}

/// Something of the application, or made for it, on its way: anything that can be cloned.
pub trait Object: Any + Send + Sync {
    /// A clone, for a call that outlives its caller.
    fn shared(&self) -> Arc<dyn Object>;
}

impl<T: Any + Clone + Send + Sync> Object for T {
    fn shared(&self) -> Arc<dyn Object> {
        Arc::new(self.clone())
    }
}

impl dyn Object {
    /// What it is, if that is a `T`.
    pub fn downcast_ref<T: Any>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }
}

impl fmt::Debug for dyn Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object")
    }
}

/// A record that stands in a field of another.
pub trait Nested: fmt::Debug {
    /// Lends its fields out, in the order of the table.
    fn with(&self, act: &mut dyn FnMut(&[Value<'_>]));
}

/// Takes the fields of a record that a method has filled in.
pub trait Fill {
    /// Takes the fields, in the order of the table. Called once at the most, by a call that does well, and under the
    /// same rules as a [`Sink`].
    fn fill(&self, fields: &[Value<'_>]);
}

impl fmt::Debug for dyn Fill + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fill")
    }
}

/// The slice or export that a capability works for, as the application knows it.
///
/// Threads: asked from any thread of the plugin, without the GIL, and perhaps still when the call is over.
pub trait Slice: Send + Sync {
    /// The value of an option of the whole print configuration, as presets spell it; `None` for an unknown one.
    fn config_value(&self, key: &str) -> Option<String>;

    /// Whether the user has cancelled it.
    fn cancelled(&self) -> bool;
}

impl fmt::Debug for dyn Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slice")
    }
}

/// Takes the result of a call. It is called once at the most, while Python still owns the text: copy what
/// you keep, and call nothing that waits.
pub type Sink<'a> = &'a mut dyn FnMut(Value<'_>);

/// A live capability, wherever it runs.
pub trait Capability: Send + Sync {
    /// Its identity.
    fn id(&self) -> &CapabilityId;

    /// Calls the method at place `method` of its row in the [table](crate::table), or one that all capabilities have
    /// ([`Common::place`](crate::Common::place)).
    ///
    /// # Errors
    /// [`CallError`] when the capability is unloaded, disabled, raised an exception or answered another
    /// kind than the table says. `answer` is then not called.
    ///
    /// Threads: any. Waits for the GIL; no lock of ours is held meanwhile.
    fn call(&self, method: usize, args: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError>;

    /// Whether the plugin has written the method at that place; a call of one that it has not does nothing.
    fn is_written(&self, method: usize) -> bool {
        let _ = method;
        true
    }
}

impl<C: Capability + ?Sized> Capability for Arc<C> {
    fn id(&self) -> &CapabilityId {
        (**self).id()
    }

    #[inline]
    fn call(&self, method: usize, args: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError> {
        (**self).call(method, args, answer)
    }

    fn is_written(&self, method: usize) -> bool {
        (**self).is_written(method)
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
    /// It takes longer than the caller waits, and goes on.
    #[error("`{method}` of capability {id} has not answered within {} s, and goes on: the plugin may hang", .limit.as_secs_f64())]
    TimedOut {
        /// Which capability.
        id: CapabilityId,
        /// Which method.
        method: &'static str,
        /// How long the caller waited.
        limit: Duration,
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
            Self::Raised { id, .. } | Self::WrongAnswer { id, .. } => id,
            Self::TimedOut { id, .. } | Self::WrongArgument { id, .. } => id,
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

/// The answer of a method that answers also when its call fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered<A> {
    /// What the plugin answered, or the [answer of a call that failed](Answer::failure).
    pub value: A,
    /// Why it failed, if it did.
    pub error: Option<CallError>,
}

impl<A: Answer> Answered<A> {
    pub(crate) fn of(answer: Result<A, CallError>) -> Self {
        match answer {
            Ok(value) => Self { value, error: None },
            Err(error) => Self { value: A::failure(), error: Some(error) },
        }
    }

    /// The answer of the plugin.
    ///
    /// # Errors
    /// Why there is none.
    pub fn into_result(self) -> Result<A, CallError> {
        self.error.map_or(Ok(self.value), Err)
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
    /// The type whose capabilities have the trait; [`Unknown`](CapabilityType::Unknown) for one that is not declared yet.
    fn kind() -> CapabilityType;

    /// Sees a capability of that type through the trait.
    fn view(capability: Arc<dyn Capability>) -> Arc<Self>;
}

/// A capability, seen through the traits.
pub struct View(pub Arc<dyn Capability>);

impl CapabilityView for View {
    fn inner(&self) -> &Arc<dyn Capability> {
        &self.0
    }
}

/// What a method may answer.
pub trait Answer: Sized {
    /// The answer that a value holds; `None` for a value of another kind.
    fn of(value: Value<'_>) -> Option<Self>;

    /// What stands in its place when a call fails: -1 for a code, no, an empty text, nothing.
    fn failure() -> Self;
}

/// Calls a method and copies its answer out.
#[inline]
pub(crate) fn fetch<A: Answer>(
    capability: &(impl Capability + ?Sized),
    method: usize,
    args: &[Value<'_>],
) -> Result<A, CallError> {
    let mut answer = None;
    capability.call(method, args, &mut |value| answer = A::of(value))?;
    Ok(answer.unwrap_or_else(A::failure))
}

macro_rules! answers {
    ($($answer:ty { $($pattern:pat => $taken:expr,)+ } else $failure:expr;)*) => {
        $(impl Answer for $answer {
            #[allow(unreachable_patterns, reason = "nothing is what anything can be taken for")]
            fn of(value: Value<'_>) -> Option<Self> {
                match value {
                    $($pattern => Some($taken),)+
                    _ => None,
                }
            }

            fn failure() -> Self {
                $failure
            }
        })*
    };
}

answers! {
    () { _ => (), } else ();
    bool { Value::Flag(flag) => flag, } else false;
    i32 { Value::Code(code) => code, } else -1;
    String { Value::Text(text) => text.into(), Value::Json(text) => text.into(), } else Self::new();
    (i32, String) { Value::CodeAndText(code, text) => (code, text.into()), } else (-1, String::new());
    ExecutionResult {
        Value::Result(status, message, data) => Self { status, message: message.into(), data: data.into() },
    } else Self::default();
}

impl<A: Answer> Answer for Vec<A> {
    fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::List(all) => all.iter().map(|one| A::of(*one)).collect(),
            _ => None,
        }
    }

    fn failure() -> Self {
        Self::new()
    }
}
