//! The types everyone shares: what a capability is, how it is named, what a call takes and gives.
//!
//! One choice shapes the crate: **a capability type is a row of one table** ([`table`]).
//! The row names the methods, their arguments and results, and the classes that stand for the type in
//! Python, Rust, C++ and C. The Rust traits are made from the row by a macro, the C++ classes, the C
//! functions and the reference page by `cargo xtask headers`, the Python classes and the calls into them
//! at run time by the Python layer. A new type is a new row, not new code.
//!
//! Nothing here knows Python, a disk or a process: a live capability is whatever answers
//! [`Capability::call`].

mod call;
mod common;
mod declare;
mod function;
mod id;
mod members;
mod owned;
mod result;
mod spec;
pub mod table;
mod typed;

pub use call::{
    Answer, Answered, CallError, Capability, CapabilityView, Fill, Nested, Object, Raised, Sink, Slice,
    Typed, Value, View,
};
pub use common::{Common, CommonCapability};
pub use declare::{DeclareError, Defined, MOST_ARGUMENTS, MOST_RECORDS, MethodDeclaration, TypeDeclaration};
pub use function::{
    CancelFn, FUNCTIONS, Function, LocalConnectFn, MessageFn, QueueOnMainFn, ServerFn, SnapshotFn, SsdpFn,
    Task, TopicFn, UpdateFn, UserMessageFn, WaitFn,
};
pub use id::{CapabilityId, CapabilityType};
pub use members::{CameraStreamMode, ENUMERATIONS, FilamentSyncMode, LifecycleEvent, LifecycleEvtCode, Step};
pub use owned::{FilledFields, OwnedValue, with_values};
pub use result::{ExecutionResult, Status};
pub use spec::{
    Access, ArgSpec, Caller, Duty, EnumSpec, Failures, FieldSpec, FunctionSpec, Kind, Life, MethodSpec,
    ObjectSpec, OlderArg, RecordSpec, TypeSpec,
};
pub use table::{
    AgentInfo, Context, DetectResult, GcodeCapability, GcodeContext, LifecycleContext, PagesCapability,
    PrintParams, PrinterAgentCapability, PrinterConnectionParams, ScriptCapability, SlicingCapability,
    SlicingContext, VisualizationCapability, VisualizationContext, VisualizationInput,
    VisualizationInputSpec,
};
pub use typed::{AnswerKind, ArgumentKind, fetch, kinds, typed_kind};
