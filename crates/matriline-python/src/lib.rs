//! CPython, for everybody above: started isolated, entered safely, watched, and called without waste.
//!
//! The choice that shapes the crate: **what a thread runs is known at every moment**. A guard says that it is the
//! application's code, a scope that it is a plugin's, and a thread of which neither is said may write nowhere. The
//! scope of a call is on the stack of the calling thread, so that knowing costs nanoseconds and allocates nothing.
//!
//! In reading order: [`Interpreter`] starts Python, `attach` lets threads in and keeps their state, [`identity`]
//! says whose code runs, `audit` asks the policy, `threads` and [`output`] follow what plugins start and print,
//! [`imports`] finds their modules, and the trampoline calls them by the [table](matriline_capability::table). What
//! plugins ask of the application goes over the [`desk`].
//!
//! The crate knows no contract: what the module is called that plugins import, and what it holds, is said by the
//! crates above it.

mod answers;
mod attach;
pub mod audit;
mod classes;
pub mod desk;
mod exception;
mod forms;
mod gil_state;
pub mod given;
mod home;
pub mod identity;
pub mod imports;
mod interpreter;
pub mod json;
mod log;
mod modules;
mod objects;
pub mod output;
mod panicked;
mod passing;
mod replaced;
mod sys;
mod threads;
mod trampoline;
mod variables;
mod version;

pub use classes::enumeration::member as member_of;
pub use classes::{
    add_member, binding, enumeration, enumeration_of, record_class, result_class, set_statuses,
};
pub use exception::{lossy, raised, type_name};
pub use gil_state::GilState;
pub use interpreter::{FinalizeError, Interpreter, InterpreterOptions, MINOR, StartError};
pub use log::{is_telling, logged, logged_to, set_log, tell};
pub use modules::{module, modules};
pub use objects::{Misread, ObjectClass, set_object_class};
pub use panicked::panic_text;
pub use threads::import_threading;
pub use trampoline::PythonCapability;
pub use version::{system_version, version};
