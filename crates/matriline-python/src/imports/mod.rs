//! Imports of plugins: each sees the standard library, `orca`, its own names and those of its environment.
//!
//! One `table` knows, for each top-level name that plugins bring, where it comes from and whose it is. The `finder`
//! stands before Python's own and serves it; the `scope` is the one import function of the process, which looks at
//! who imports; `paths` lets a plugin edit `sys.path` and takes the edits back; `release` undoes a load.
//!
//! A name of a plugin's own code belongs to one plugin at a time. A name of an environment is shared by all plugins
//! whose environments hold the same content under it, and stays once it was imported: many native modules cannot be
//! imported twice in one process.

mod finder;
mod paths;
mod release;
mod scope;
mod table;
mod watch;

use std::path::PathBuf;

use pyo3::prelude::*;

use crate::modules::modules;

pub use paths::settle;
pub use release::release;
pub use scope::{explain, restore_builtins};
pub use table::folders_in_use;

/// Where a top-level name comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A module in one file, whatever the file is called.
    File(PathBuf),
    /// A module or package in a folder.
    Folder(PathBuf),
    /// An object that the plugin put into `sys.modules` itself.
    Made,
}

/// A top-level name that an environment brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentName {
    /// The name that is imported.
    pub name: String,
    /// The folder of the environment that holds it.
    pub folder: PathBuf,
    /// The distribution it is part of, for messages.
    pub distribution: String,
    /// The version of the distribution, for messages.
    pub version: String,
    /// A hash over what is imported under the name: environments with the same one share it.
    pub content: String,
}

/// What one load brings.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// The key of the plugin.
    pub owner: String,
    /// The top-level names of its own code.
    pub names: Vec<(String, Source)>,
    /// The top-level names of its environment.
    pub environment: Vec<EnvironmentName>,
    /// The folders its own code lies in, canonical; [`release`] removes what was imported from there.
    pub folders: Vec<PathBuf>,
    /// The folders in which `importlib.metadata` finds its distributions.
    pub distributions: Vec<PathBuf>,
}

/// Why a plugin cannot have a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameTaken {
    /// Another plugin has it.
    #[error(
        "The module name `{name}` is taken by plugin `{owner}`; rename the file or folder in one of them"
    )]
    ByPlugin {
        /// The name.
        name: String,
        /// The plugin that has it.
        owner: String,
    },
    /// Python has it, or the application.
    #[error(
        "The module name `{name}` is that of a module of Python itself or of the application; rename the file or folder"
    )]
    ByPython {
        /// The name.
        name: String,
    },
    /// The environment of another plugin has it, with another content.
    #[error(transparent)]
    ByEnvironment(Box<Conflict>),
}

/// Two environments bring one name with two contents.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Its environment and that of plugin `{}` bring the module `{name}` with different contents, {} and {}, and one process holds only one of them{}; give both plugins requirements that agree",
    .there.plugin, .here.distribution(), .there.distribution(),
    if *.is_unloaded { " until it ends" } else { "" }
)]
pub struct Conflict {
    /// The name.
    pub name: String,
    /// What brings it to the plugin that is to be loaded.
    pub here: Side,
    /// What brought it first.
    pub there: Side,
    /// Whether no plugin uses what was there first any more: it was imported, so it stays.
    pub is_unloaded: bool,
}

/// One of the two sides of a [`Conflict`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The key of the plugin.
    pub plugin: String,
    /// The distribution that holds the name.
    pub distribution: String,
    /// Its version.
    pub version: String,
}

impl Side {
    fn distribution(&self) -> String {
        match &*self.version {
            "" => format!("`{}`", self.distribution),
            version => format!("`{}` {version}", self.distribution),
        }
    }
}

/// Whether a name is one of the standard library, built in, or `orca`.
///
/// # Errors
/// What Python raises when it cannot tell.
pub fn is_standard(py: Python<'_>, name: &str) -> PyResult<bool> {
    Ok(table::standard(py)?.contains(name))
}

/// Gives top-level names to a plugin; all of them or none.
///
/// A name of an environment that the standard library has as well is left to the standard library, and one that the
/// plugin's own code has to that code.
///
/// # Errors
/// [`NameTaken`] when one of them is not free. Nothing was imported.
pub fn claim(py: Python<'_>, claim: Claim) -> Result<(), NameTaken> {
    let modules = modules(py);
    let is_loaded = |name: &str| modules.contains(name).unwrap_or(false);
    let loaded: Vec<_> = (claim.names.iter().map(|(name, _)| name))
        .chain(claim.environment.iter().map(|part| &part.name))
        .filter(|name| is_loaded(name))
        .cloned()
        .collect();
    paths::see_made(py);
    let path = paths::entries(py).unwrap_or_default();
    let standard = table::standard(py).ok();
    table::with(|table| {
        table.claim(claim, |name| standard.is_none_or(|names| names.contains(name)), &loaded, path)
    })
}

/// Puts the finder before `PathFinder` and the one import function into `builtins`.
pub(crate) fn install(py: Python<'_>) -> PyResult<()> {
    table::standard(py)?;
    finder::install(py)?;
    scope::install(py)
}
