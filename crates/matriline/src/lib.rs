//! matriline gives an application a Python plugin system.
//!
//! ```no_run
//! use matriline::{GcodeCapability, GcodeContext, LoadOptions, PluginManager};
//!
//! # fn main() -> Result<(), matriline::Error> {
//! let manager = PluginManager::builder("data").application_version("2.4.0").start()?;
//! manager.discover_plugins();
//! manager.loader().load_plugin("header_stamp", LoadOptions::default()).wait()?;
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

mod abandoned;
mod agents;
pub mod audit;
mod bisect;
mod builder;
mod cancelling;
mod config;
mod config_store;
mod dependencies;
mod discovery;
mod drawing;
mod error;
mod events;
mod install;
mod lease;
mod lifecycle;
mod load;
mod loader;
mod loading;
mod log;
mod manager;
mod marker;
mod post_process;
mod presets;
mod quarantine;
mod script;
mod services;
mod slicing;
mod slots;
mod source;
mod startup;
mod storage;
mod subscribe;
mod target;
mod timings;
pub mod types;
mod unload;
mod wishes;
mod within;
mod workers;

pub use agents::{AgentFunctions, ListedAgent, OwnAgent, PrinterAgents};
pub use bisect::{Answer, Bisect, BisectError, Finding};
pub use builder::ManagerBuilder;
pub use config::ConfigScope;
pub use config_store::{CapabilityConfig, PresetConfigs, StoredConfig};
pub use dependencies::DependencyOptions;
pub use drawing::Drawn;
pub use error::{Error, ErrorCode};
pub use events::{Post, Subscription};
pub use loader::PluginLoader;
pub use loading::{LoadOptions, LoadStage, Loading};
pub use log::{LogLevel, LogRecord};
pub use manager::PluginManager;
pub use marker::{Activity, Crash};
pub use matriline_capability::{
    AgentInfo, Answered, CallError, CameraStreamMode, CancelFn, Capability, CapabilityId, CapabilityType,
    DeclareError, DetectResult, ExecutionResult, FilamentSyncMode, GcodeCapability, GcodeContext, Kind,
    LifecycleContext, LifecycleEvent, LifecycleEvtCode, LocalConnectFn, MOST_ARGUMENTS, MessageFn,
    MethodDeclaration, PagesCapability, PrintParams, PrinterAgentCapability, PrinterConnectionParams,
    QueueOnMainFn, Raised, ScriptCapability, ServerFn, Slice, SlicingCapability, SlicingContext, SnapshotFn,
    SsdpFn, Status, Step, Task, TopicFn, TypeDeclaration, Typed, UpdateFn, UserMessageFn, Value,
    VisualizationCapability, VisualizationContext, VisualizationInput, VisualizationInputSpec, WaitFn,
    capability_type,
};
pub use matriline_catalog::state::InstallState;
pub use matriline_catalog::{Catalog, CatalogEntry, Progress};
pub use matriline_install::environment::{Collected, EnvironmentError, Index};
pub use matriline_install::{Existing, Inspection, InstallError, Installed, PreviousVersion};
pub use matriline_manifest::{CloudOverlay, Descriptor};
pub use matriline_orca::objects::{ImportedMesh, Report};
pub use matriline_orca::{BringError, LoadError, PyInit};
pub use matriline_refs::{
    Available, CapabilityRef, ManifestUpdate, MissingPlugin, OptionValue, PluginOption, PluginOptions,
    Preset, PresetDocument, PresetKind, Resolution,
};
pub use matriline_registry::Entry;
pub use matriline_registry::timing::Timing;
pub use post_process::{PostProcess, PostProcessStep};
pub use services::PermissionRequest;
pub use startup::StartUp;
pub use target::running_target;
pub use timings::{Budgets, Measured, MethodTiming, OverBudget, Phase, PhaseTimings, PluginTimings};
pub use within::within;

/// Words for what methods take and give, for [`capability_type!`].
pub mod kinds {
    pub use matriline_capability::kinds::{
        File, Flag, Json, LifecycleEvent, LifecycleEventContext, Number, Real, Result, Text, Unit,
    };
    pub use matriline_orca::objects::{Meshes, Model, Progress, Texts};
}

/// What an application offers to plugins; see [`ManagerBuilder::host`].
pub use matriline_host as host;

/// For applications that touch Python themselves.
pub mod python {
    pub use matriline_python::{FinalizeError, GilState, Interpreter, InterpreterOptions, StartError};
}

/// The example of the project's front page.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct FrontPage;

/// The example of the page on permissions.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/permissions.md")]
struct PermissionsPage;

/// The example of the page on types of an application.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/own-capability-types.md")]
struct OwnTypes;
