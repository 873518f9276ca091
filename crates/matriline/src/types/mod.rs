//! Capability types of the specification that an application takes when it says so.
//!
//! Each is declared in one place, as an application declares its own with [`capability_type!`](crate::capability_type);
//! their kinds stand in [`kinds`](crate::kinds).
//!
//! ```no_run
//! use matriline::PluginManager;
//! use matriline::types::Importer;
//!
//! # fn main() -> Result<(), matriline::Error> {
//! let manager = PluginManager::builder("data").capability_type(<dyn Importer>::declaration()).start()?;
//! manager.discover_plugins();
//! for entry in manager.loader().plugin_capabilities_by_type(matriline::CapabilityType::Importer) {
//!     println!("{}", entry.id());
//! }
//! # Ok(())
//! # }
//! ```

mod analysis;
mod automation;
mod exporter;
mod importer;

pub use analysis::Analysis;
pub use automation::Automation;
pub use exporter::Exporter;
pub use importer::Importer;
