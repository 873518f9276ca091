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
mod id;
mod result;
mod spec;
pub mod table;

pub use call::{CallError, Capability, CapabilityView, Raised, Sink, Typed, Value};
pub use id::{CapabilityId, CapabilityType};
pub use result::{ExecutionResult, Status};
pub use spec::{ArgSpec, Caller, FieldSpec, Kind, MethodSpec, RecordSpec, TypeSpec};
pub use table::{GcodeCapability, GcodeContext, ScriptCapability};
