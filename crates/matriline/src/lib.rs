//! matriline gives an application a Python plugin system.
//!
//! ```no_run
//! use matriline::{GcodeCapability, GcodeContext, PluginManager};
//!
//! # fn main() -> Result<(), matriline::Error> {
//! let manager = PluginManager::builder("data").application_version("2.4.0").start()?;
//! manager.discover_plugins();
//! manager.loader().load_plugin("header_stamp")?;
//! let stamp = manager.loader().capability::<dyn GcodeCapability>("header_stamp", "header-stamp");
//! if let Some(stamp) = stamp {
//!     let context =
//!         GcodeContext { orca_version: "2.4.0", gcode_path: "out.gcode", host: "File", output_name: "out.gcode" };
//!     println!("{}", stamp.execute(&context)?.message);
//! }
//! manager.shutdown()
//! # }
//! ```
//!
//! The choice that shapes the crate: **what is installed is data, what is loaded is alive**. The [`Catalog`] says
//! what lies in the data folder and what is wrong with it, and is replaced whole by a scan; the [`PluginLoader`]
//! holds what runs. Neither ever changes the other.

mod builder;
mod discovery;
mod error;
mod lease;
mod loader;
mod log;
mod manager;
mod post_process;
mod presets;
mod source;
mod target;
mod unpack;

pub use builder::ManagerBuilder;
pub use error::{Error, ErrorCode};
pub use loader::PluginLoader;
pub use log::{LogLevel, LogRecord};
pub use manager::PluginManager;
pub use matriline_capability::{
    CallError, Capability, CapabilityId, CapabilityType, ExecutionResult, GcodeCapability, GcodeContext,
    Raised, ScriptCapability, Status, Typed, Value,
};
pub use matriline_catalog::{Catalog, CatalogEntry, Progress};
pub use matriline_manifest::{CloudOverlay, Descriptor};
pub use matriline_orca::LoadError;
pub use matriline_refs::{
    Available, CapabilityRef, ManifestUpdate, MissingPlugin, OptionValue, PluginOption, PluginOptions,
    Preset, PresetDocument, PresetKind, Resolution,
};
pub use matriline_registry::Entry;
pub use post_process::{PostProcess, PostProcessStep};
pub use target::running_target;

/// For applications that touch Python themselves.
pub mod python {
    pub use matriline_python::{FinalizeError, GilState, Interpreter, InterpreterOptions, StartError};
}

/// The example of the project's front page.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct FrontPage;
