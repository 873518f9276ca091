//! Typed calls of types that an application declares: a trait for its own side, made by [`capability_type!`].

use std::sync::OnceLock;

use crate::call::{CallError, Capability, Value};
use crate::{CapabilityType, ExecutionResult, Kind, LifecycleContext, LifecycleEvent};

/// What an argument may be declared as.
pub trait ArgumentKind {
    /// Its kind in the table.
    const KIND: Kind;

    /// What it is passed as.
    type Passed<'a>;

    /// Hands it over as a [`Value`].
    fn pass<R>(passed: Self::Passed<'_>, go: impl FnOnce(Value<'_>) -> R) -> R;
}

/// What an answer may be declared as.
pub trait AnswerKind {
    /// Its kind in the table.
    const KIND: Kind;

    /// What the caller gets.
    type Answer: Default;

    /// The answer that a value holds; `None` for a value of another kind.
    fn answer(value: Value<'_>) -> Option<Self::Answer>;
}

/// Words for kinds, to declare arguments and answers with.
pub mod kinds {
    /// Text: `str`.
    #[derive(Debug)]
    pub struct Text;

    /// The path of a file: `str`. The call may write to its folder.
    #[derive(Debug)]
    pub struct File;

    /// Any value that JSON can hold, as its text.
    #[derive(Debug)]
    pub struct Json;

    /// A whole number: `int`.
    #[derive(Debug)]
    pub struct Number;

    /// A number with a fraction: `float`.
    #[derive(Debug)]
    pub struct Real;

    /// Yes or no: `bool`.
    #[derive(Debug)]
    pub struct Flag;

    /// Nothing: `None`.
    #[derive(Debug)]
    pub struct Unit;

    /// An `orca.ExecutionResult`.
    pub use crate::ExecutionResult as Result;

    /// A member of `orca.LifecycleEvent`.
    pub use crate::LifecycleEvent;

    /// An `orca.LifecycleEventContext`.
    #[derive(Debug)]
    pub struct LifecycleEventContext;
}

macro_rules! arguments {
    ($($kind:ty = $spec:expr, $passed:ty, $value:ident => $given:expr;)*) => {
        $(impl ArgumentKind for $kind {
            const KIND: Kind = $spec;

            type Passed<'a> = $passed;

            #[inline]
            fn pass<R>($value: Self::Passed<'_>, go: impl FnOnce(Value<'_>) -> R) -> R {
                go($given)
            }
        })*
    };
}

arguments! {
    kinds::Text = Kind::Text, &'a str, text => Value::Text(text);
    kinds::File = Kind::File, &'a str, path => Value::Text(path);
    kinds::Json = Kind::Json, &'a str, text => Value::Json(text);
    kinds::Number = Kind::Number, i64, number => Value::Number(number);
    kinds::Real = Kind::Real, f64, number => Value::Real(number);
    kinds::Flag = Kind::Flag, bool, flag => Value::Flag(flag);
    LifecycleEvent = Kind::Member(&LifecycleEvent::SPEC), Self, event => Value::Number(event as i64);
    kinds::LifecycleEventContext =
        Kind::Record(&LifecycleContext::SPEC), &'a LifecycleContext<'a>, context => Value::Record(&context.values());
}

macro_rules! answers {
    ($($kind:ty = $spec:expr, $answer:ty, $pattern:pat => $given:expr;)*) => {
        $(impl AnswerKind for $kind {
            const KIND: Kind = $spec;

            type Answer = $answer;

            #[inline]
            fn answer(value: Value<'_>) -> Option<Self::Answer> {
                match value {
                    $pattern => Some($given),
                    _ => None,
                }
            }
        })*
    };
}

answers! {
    kinds::Unit = Kind::Unit, (), Value::Unit => ();
    kinds::Text = Kind::Text, String, Value::Text(text) => text.to_owned();
    kinds::Json = Kind::Json, String, Value::Json(text) => text.to_owned();
    kinds::Number = Kind::Number, i64, Value::Number(number) => number;
    kinds::Real = Kind::Real, f64, Value::Real(number) => number;
    kinds::Flag = Kind::Flag, bool, Value::Flag(flag) => flag;
    ExecutionResult = Kind::Result, Self, Value::Result(status, message, data) =>
        Self { status, message: message.to_owned(), data: data.to_owned() };
}

/// Calls a method and copies its answer out. What is called for an answer of that kind answers with it, since the
/// table says so.
///
/// # Errors
/// What [`Capability::call`] says.
#[inline]
pub fn fetch<A: AnswerKind>(
    capability: &dyn Capability,
    method: usize,
    args: &[Value<'_>],
) -> Result<A::Answer, CallError> {
    let mut answer = None;
    capability.call(method, args, &mut |value| answer = A::answer(value))?;
    Ok(answer.unwrap_or_default())
}

/// The type of that text, kept in `known` once it is declared.
pub fn typed_kind(text: &str, known: &OnceLock<CapabilityType>) -> CapabilityType {
    known.get().copied().unwrap_or_else(|| match CapabilityType::from_text(text) {
        CapabilityType::Unknown => CapabilityType::Unknown,
        kind => *known.get_or_init(|| kind),
    })
}

/// Declares a capability type in one place: a trait for the application's side, whose methods are the calls, and
/// `<dyn Trait>::declaration()`, a [`TypeDeclaration`](crate::TypeDeclaration) to start the manager with.
///
/// It names the trait, the text of the type, the module below `orca` and the base class for plugins; then the methods,
/// with kinds of [`kinds`] (anything that is an [`ArgumentKind`] or an [`AnswerKind`]). `, optional` behind the answer
/// lets plugins leave a method out. Comments become docstrings.
///
/// ```
/// use matriline_capability::capability_type;
/// use matriline_capability::kinds::{Real, Result, Text};
///
/// capability_type! {
///     /// Simulates a print.
///     pub Simulator = "simulator", "simulation" SimulatorPluginCapabilityBase {
///         /// Simulates the G-code of a file, so many times as fast.
///         fn simulate(gcode_path: Text, speed: Real) -> Result;
///         /// What the user chooses it by.
///         fn get_label() -> Text, optional;
///     }
/// }
///
/// let declaration = <dyn Simulator>::declaration();
/// assert_eq!(declaration.declare().unwrap().as_str(), "simulator");
/// ```
#[macro_export]
macro_rules! capability_type {
    (
        $(#[doc = $doc:literal])*
        $vis:vis $trait:ident = $text:literal, $module:literal $class:ident {
            $($(#[doc = $method_doc:literal])*
            fn $method:ident($($arg:ident: $kind:ty),* $(,)?) -> $answer:ty $(, $optional:ident)?;)*
        }
    ) => {
        $(#[doc = $doc])*
        $vis trait $trait: ::core::marker::Send + ::core::marker::Sync {
            /// The capability behind the typed view.
            fn capability(&self) -> &::std::sync::Arc<dyn $crate::Capability>;

            /// Whether the plugin has written the method of that name. One that it may leave out answers with nothing
            /// where it has not.
            fn is_written(&self, method: &str) -> bool;

            $($(#[doc = $method_doc])*
            ///
            /// # Errors
            /// `CallError` when the capability is gone, raised an exception or answered another kind.
            ///
            /// Threads: any; the call takes the GIL and waits for it.
            fn $method(
                &self,
                $($arg: <$kind as $crate::ArgumentKind>::Passed<'_>),*
            ) -> ::core::result::Result<<$answer as $crate::AnswerKind>::Answer, $crate::CallError>;)*
        }

        const _: () = {
            /// The places of the methods.
            #[allow(non_camel_case_types)]
            enum Place {
                $($method),*
            }

            impl<C: $crate::CapabilityView> $trait for C {
                fn capability(&self) -> &::std::sync::Arc<dyn $crate::Capability> {
                    self.inner()
                }

                fn is_written(&self, method: &str) -> bool {
                    let place = match method {
                        $(stringify!($method) => Place::$method as usize,)*
                        _ => return false,
                    };
                    $crate::Capability::is_written(&**self.inner(), place)
                }

                $(fn $method(
                    &self,
                    $($arg: <$kind as $crate::ArgumentKind>::Passed<'_>),*
                ) -> ::core::result::Result<<$answer as $crate::AnswerKind>::Answer, $crate::CallError> {
                    $crate::capability_type!(@call self, Place::$method, $answer, [] $($arg: $kind),*)
                })*
            }

            impl dyn $trait {
                /// What a manager is started with, so that plugins find the type.
                pub fn declaration() -> $crate::TypeDeclaration {
                    $crate::TypeDeclaration::new($text)
                        .doc(concat!($($doc),*))
                        .base($module, stringify!($class))
                        $(.method(
                            $crate::MethodDeclaration::new(
                                stringify!($method),
                                <$answer as $crate::AnswerKind>::KIND,
                            )
                            .doc(concat!($($method_doc),*))
                            $(.arg(stringify!($arg), <$kind as $crate::ArgumentKind>::KIND))*
                            $(.$optional())?
                        ))*
                }
            }

            impl $crate::Typed for dyn $trait {
                fn kind() -> $crate::CapabilityType {
                    static KNOWN: ::std::sync::OnceLock<$crate::CapabilityType> = ::std::sync::OnceLock::new();
                    $crate::typed_kind($text, &KNOWN)
                }

                fn view(capability: ::std::sync::Arc<dyn $crate::Capability>) -> ::std::sync::Arc<Self> {
                    ::std::sync::Arc::new($crate::View(capability))
                }
            }
        };
    };
    (@call $self:ident, $place:expr, $answer:ty, [$($done:expr),*]) => {
        $crate::fetch::<$answer>(&**$self.inner(), $place as usize, &[$($done),*])
    };
    (@call $self:ident, $place:expr, $answer:ty, [$($done:expr),*] $arg:ident: $kind:ty $(, $rest:ident: $rest_kind:ty)*) => {
        <$kind as $crate::ArgumentKind>::pass($arg, |value| {
            $crate::capability_type!(@call $self, $place, $answer, [$($done,)* value] $($rest: $rest_kind),*)
        })
    };
}
