//! Why a plugin was not loaded.

use matriline_capability::{CapabilityType, Raised};
use matriline_python::imports::{Conflict, NameTaken};

/// What a plugin was doing when it raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its module was imported.
    Import,
    /// Its class was made.
    Package,
    /// `register_capabilities()` ran.
    Register,
    /// The class of a capability was made.
    Capability,
    /// A capability was asked for its type.
    GetType,
    /// A capability was asked for its name.
    GetName,
    /// A capability's `on_load()` ran.
    OnLoad,
}

impl Stage {
    /// How the message of a failure begins: programs and users know these words.
    const fn opening(self) -> &'static str {
        match self {
            Self::Import => "Failed to load plugin module",
            Self::Package | Self::Register | Self::Capability | Self::GetName => "Plugin registration failed",
            Self::GetType => "Plugin capability materialization failed",
            Self::OnLoad => "Plugin on_load failed",
        }
    }

    /// The words of a message: "raised … *at*".
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Import => "while its module was imported",
            Self::Package => "while its plugin class was made",
            Self::Register => "in `register_capabilities()`",
            Self::Capability => "while a capability was made",
            Self::GetType => "in `get_type()`",
            Self::GetName => "in `get_name()`",
            Self::OnLoad => "in `on_load()`",
        }
    }
}

/// Why a plugin was not loaded. Nothing of it remains.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It raised.
    #[error("{}: Plugin `{plugin}` raised `{}` {}{}{}", .stage.opening(), .raised.kind, .stage.describe(), class_suffix(.class), .raised.suffix())]
    Raised {
        /// The key of the plugin.
        plugin: String,
        /// When.
        stage: Stage,
        /// The class of the capability, where there is one.
        class: Option<String>,
        /// The exception.
        raised: Box<Raised>,
    },
    /// One of its module names is not free.
    #[error("Failed to load plugin module: Plugin `{plugin}` cannot be imported. {taken}")]
    NameTaken {
        /// The key of the plugin.
        plugin: String,
        /// Which name, and whose it is.
        taken: NameTaken,
    },
    /// Its environment and that of another plugin cannot be in one process.
    #[error("Failed to load plugin module: Plugin `{plugin}` cannot be imported. {conflict}")]
    Conflict {
        /// The key of the plugin.
        plugin: String,
        /// Which name, and what brings it on both sides.
        conflict: Box<Conflict>,
    },
    /// The load was cancelled.
    #[error("Plugin `{plugin}` was not loaded: the load was cancelled")]
    Cancelled {
        /// The key of the plugin.
        plugin: String,
    },
    /// There is no `@orca.plugin`.
    #[error(
        "Plugin registration failed: Plugin did not register a package class; decorate that of plugin `{plugin}` with @orca.plugin"
    )]
    NoPackageClass {
        /// The key of the plugin.
        plugin: String,
    },
    /// It registered nothing.
    #[error(
        "Plugin module did not register any capabilities: call `orca.register_capability(…)` in `register_capabilities()` of plugin `{plugin}`"
    )]
    NoCapabilities {
        /// The key of the plugin.
        plugin: String,
    },
    /// A capability answered with something else.
    #[error(
        "{}: Plugin `{plugin}`: `{method}()` of class `{class}` answered `{found}`; it must return {expected}",
        match *.method { "get_type" => Stage::GetType.opening(), _ => Stage::GetName.opening() }
    )]
    WrongAnswer {
        /// The key of the plugin.
        plugin: String,
        /// The class of the capability.
        class: String,
        /// `get_name` or `get_type`.
        method: &'static str,
        /// What it must return.
        expected: &'static str,
        /// The type of what came.
        found: String,
    },
    /// A name is empty.
    #[error(
        "Plugin registration failed: Plugin `{plugin}`: the capability name of class `{class}` is empty; return a name from `get_name()`"
    )]
    EmptyName {
        /// The key of the plugin.
        plugin: String,
        /// The class of the capability.
        class: String,
    },
    /// A name holds the separator of references.
    #[error(
        "Plugin registration failed: Capability name must not contain ';': {name} (plugin `{plugin}`); it separates the parts of a reference, so choose another character"
    )]
    SeparatorInName {
        /// The key of the plugin.
        plugin: String,
        /// The name.
        name: String,
    },
    /// Two capabilities of one type have one name.
    #[error(
        "Plugin declares duplicate capability '{name}' for type {kind}: give each of plugin `{plugin}` its own name"
    )]
    Duplicate {
        /// The key of the plugin.
        plugin: String,
        /// The name of both.
        name: String,
        /// The type of both.
        kind: CapabilityType,
    },
    /// What it asked for was refused.
    #[error(
        "Plugin registration failed: Plugin `{plugin}` may not read {}: it asked for that, and it was denied; allow it, and load the plugin again",
        .paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
    )]
    PermissionDenied {
        /// The key of the plugin.
        plugin: String,
        /// What it asked to read.
        paths: Vec<String>,
    },
    /// Python is not running.
    #[error("Plugin `{plugin}` cannot be loaded: Python is not running")]
    NotRunning {
        /// The key of the plugin.
        plugin: String,
    },
}

fn class_suffix(class: &Option<String>) -> String {
    class.as_ref().map(|class| format!(" (class `{class}`)")).unwrap_or_default()
}

impl LoadError {
    pub(crate) fn taken(plugin: String, taken: NameTaken) -> Self {
        match taken {
            NameTaken::ByEnvironment(conflict) => Self::Conflict { plugin, conflict },
            NameTaken::ByPlugin { .. } | NameTaken::ByPython { .. } => Self::NameTaken { plugin, taken },
        }
    }

    /// The key of the plugin.
    pub fn plugin(&self) -> &str {
        match self {
            Self::Raised { plugin, .. }
            | Self::NameTaken { plugin, .. }
            | Self::Conflict { plugin, .. }
            | Self::Cancelled { plugin }
            | Self::NoPackageClass { plugin }
            | Self::NoCapabilities { plugin }
            | Self::WrongAnswer { plugin, .. }
            | Self::EmptyName { plugin, .. }
            | Self::SeparatorInName { plugin, .. }
            | Self::Duplicate { plugin, .. }
            | Self::PermissionDenied { plugin, .. }
            | Self::NotRunning { plugin } => plugin,
        }
    }

    /// The exception, where there was one.
    pub fn raised(&self) -> Option<&Raised> {
        match self {
            Self::Raised { raised, .. } => Some(raised),
            _ => None,
        }
    }
}
