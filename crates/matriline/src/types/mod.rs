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

use crate::TypeDeclaration;

/// The declaration of the type of that text, for surfaces that know types by their texts alone; `None` where none of
/// them is called so.
pub fn declaration(text: &str) -> Option<TypeDeclaration> {
    let all = [
        <dyn Importer>::declaration(),
        <dyn Exporter>::declaration(),
        <dyn Analysis>::declaration(),
        <dyn Automation>::declaration(),
    ];
    all.into_iter().find(|declared| declared.text() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_found_by_its_text() {
        assert_eq!(declaration("exporter"), Some(<dyn Exporter>::declaration()));
        assert_eq!(declaration("automation"), Some(<dyn Automation>::declaration()));
        assert_eq!(declaration("script"), None);
    }
}
