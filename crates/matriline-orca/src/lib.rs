//! OrcaSlicer's plugin contract: the module `orca`, and the life of a plugin that imports it.
//!
//! The module is made in Rust, from the [table](matriline_capability::table) where the table says it: no Python
//! source is read at start. A plugin registers itself while it is imported (`capture`); what it registered is made
//! into capabilities and checked ([`load()`]) before anything of it can be called.

mod bases;
mod capture;
mod error;
mod load;
mod module;
mod steps;

pub use error::{LoadError, Stage};
pub use load::{LoadRequest, LoadedPlugin, Unloaded, load};
pub use module::{PACKAGE, install};
pub use steps::{FailedLoad, LoadTimes, Phase, Steps};
