//! One plugin folder as it was found.

use crate::state::InstallState;
use matriline_manifest::{Descriptor, Problem, Severity};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a plugin is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EntryKind {
    /// One `.py` file.
    Script,
    /// One `.whl` file.
    Wheel,
}

/// A plugin that is installed, whether or not it can be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogEntry {
    /// What the plugin says about itself, as far as it can be read. The key is always set.
    pub descriptor: Descriptor,
    /// The plugin's folder, below the folder that was scanned; symbolic links are not resolved.
    pub folder: PathBuf,
    /// The file to load; `None` if the folder has no single one.
    pub entry: Option<PathBuf>,
    /// The kind of the entry file.
    pub kind: Option<EntryKind>,
    /// Wheels that the plugin brings for its dependencies, sorted: those beside a script, those in the folder
    /// `wheels/` beside a wheel.
    pub bundled_wheels: Vec<PathBuf>,
    /// Everything that is wrong, worst or not.
    pub problems: Vec<Problem>,
    /// What the sidecar remembers of the installation; `None` without one, and for one that can't be understood.
    pub install_state: Option<Box<InstallState>>,
}

impl CatalogEntry {
    /// True if no problem keeps the plugin from being loaded. One that only the cloud has is valid, and has to be
    /// installed first ([`CatalogEntry::has_local_package`]).
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// Why the plugin can't be used, with its folder; one line for each reason.
    pub fn error(&self) -> Option<String> {
        let folder = self.folder.display();
        let lines: Vec<_> =
            self.errors().map(|problem| format!("Plugin folder `{folder}`: {problem}")).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// True if the plugin is to be loaded at the start: its sidecar says so, or is there and doesn't say no. A plugin
    /// without a sidecar was put there by hand and is loaded when it is asked for.
    pub fn is_enabled(&self) -> bool {
        self.install_state.as_ref().is_some_and(|state| state.enabled)
    }

    fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }
}
