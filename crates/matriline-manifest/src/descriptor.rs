//! What a plugin says about itself.

use crate::{Problem, Severity};

/// The data of one plugin, whether or not it can be loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// The plugin's identity on this machine, made from the name of its entry file ([`crate::plugin_key_from_stem`]).
    pub plugin_key: String,
    /// The name to show; empty for a script without a metadata block. Holds no `;`.
    pub name: String,
    /// One line about the plugin, or empty.
    pub description: String,
    /// Who wrote it, or empty.
    pub author: String,
    /// The version as it was written, or empty.
    pub version: String,
    /// The package to import, for wheels only.
    pub entry_package: Option<String>,
    /// Requirements in the form of PEP 508, as they were written.
    pub dependencies: Vec<String>,
    /// The Python versions the plugin asks for, in the form of PEP 440.
    pub requires_python: Option<String>,
}

/// A descriptor, and what is wrong with the place it was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// What could be read; complete if there is no error.
    pub descriptor: Descriptor,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

impl Manifest {
    /// True if no problem is an error: the plugin can be loaded.
    pub fn is_valid(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }
}
