//! What the resolver asks: which plugins are installed, and what the loaded ones offer.

use matriline_capability::CapabilityType;
use std::sync::Arc;

/// Whether a plugin has a package in the plugin folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Package {
    /// None.
    Absent,
    /// One that can be loaded.
    Installed,
    /// One that cannot; the text says why.
    Invalid(Arc<str>),
}

/// Whether a capability of a loaded plugin can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapabilityState {
    /// It can.
    Enabled,
    /// It is there, and switched off.
    Disabled,
}

/// What is installed, by plugin key; a catalog answers it.
pub trait InstalledPlugins {
    /// The package of a plugin.
    fn package(&self, plugin_key: &str) -> Package;
}

/// What is loaded, by plugin key; a loader answers it.
pub trait LoadedPlugins {
    /// Whether a plugin is loaded.
    fn plugin(&self, plugin_key: &str) -> bool;

    /// The state of a capability of a type, or of any type; `None` when the plugin offers none of that name.
    fn capability(
        &self,
        plugin_key: &str,
        kind: Option<CapabilityType>,
        name: &str,
    ) -> Option<CapabilityState>;

    /// Why the last load of a plugin failed.
    fn load_error(&self, _plugin_key: &str) -> Option<Arc<str>> {
        None
    }
}

/// Nothing is loaded: the answer of an application that has not started Python.
impl LoadedPlugins for () {
    fn plugin(&self, _plugin_key: &str) -> bool {
        false
    }

    fn capability(&self, _: &str, _: Option<CapabilityType>, _: &str) -> Option<CapabilityState> {
        None
    }
}
