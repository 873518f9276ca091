//! OrcaSlicer's plugin contract: the module `orca`, and the life of a plugin that imports it.
//!
//! The module is made in Rust, from the [table](matriline_capability::table) where the table says it: no Python
//! source is read at start. A plugin registers itself while it is imported (`capture`); what it registered is made
//! into capabilities and checked ([`load()`]) before anything of it can be called. What the application offers to it
//! ([`offer()`]) stands in `orca.host`.

mod absent;
mod agent;
mod bases;
mod brought;
mod capture;
mod defaults;
mod error;
mod generations;
mod handles;
mod host;
mod load;
mod module;
pub mod objects;
mod pages;
mod services;
mod settings;
mod slicing;
mod steps;
mod submodules;
mod types;
mod visualization;

pub use brought::{BringError, bring};
pub use defaults::default_config;
pub use error::{LoadError, Stage};
pub use host::{Offer, Offering, offer, withdraw};
pub use load::{LoadRequest, LoadedPlugin, Unloaded, load, tell_cancelled};
pub use module::{PACKAGE, install};
pub use services::Services;
pub use steps::{FailedLoad, LoadTimes, Phase, Steps};
pub use submodules::{PyInit, Submodule};
