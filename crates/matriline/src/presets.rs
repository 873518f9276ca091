//! What presets need of plugins: whether it is there, and what a preset says when it is saved.

use std::sync::Arc;

use matriline_capability::{CapabilityId, CapabilityType};
use matriline_refs::{
    Available, CapabilityState, LoadedPlugins, ManifestUpdate, PluginOptions, Preset, Resolution,
    update_manifest,
};
use matriline_registry::Entry;

use crate::{Catalog, PluginLoader, PluginManager};

impl PluginManager {
    /// The options of the application's presets that hold names of capabilities.
    pub fn plugin_options(&self) -> &PluginOptions {
        &self.0.parts.plugin_options
    }

    /// What the selected presets lack: pass the print, the printer and every filament preset.
    ///
    /// Threads: any.
    pub fn resolve(&self, presets: &[Preset]) -> Resolution {
        let hub = self.0.parts.hub.as_deref();
        matriline_refs::resolve(self.plugin_options(), presets, &*self.catalog(), self.loader(), hub)
    }

    /// The `plugins` array a preset should be saved with: references go when no option uses them, and names in use
    /// get one of what is loaded.
    ///
    /// Threads: any.
    pub fn update_manifest(&self, preset: &Preset) -> ManifestUpdate {
        update_manifest(self.plugin_options(), preset, &self.available())
    }

    /// Whether any of the presets uses a capability; asked before it is disabled or its plugin removed.
    ///
    /// Threads: any.
    pub fn capability_in_use(&self, presets: &[Preset], id: &CapabilityId) -> bool {
        matriline_refs::capability_in_use(self.plugin_options(), presets, id)
    }

    /// The enabled capabilities that an option of a type may name, by name and then by plugin key.
    ///
    /// Threads: any.
    pub fn pickable(&self, kind: CapabilityType) -> Vec<Available> {
        let available = self.available();
        matriline_refs::pickable(kind, &available).into_iter().cloned().collect()
    }

    /// The capabilities of all loaded plugins, enabled or not.
    fn available(&self) -> Vec<Available> {
        let (catalog, loader) = (self.catalog(), self.loader());
        let keys = loader.loaded_plugins();
        let entries = keys.iter().flat_map(|key| loader.loaded_plugin_capabilities(key));
        entries.map(|entry| available(&catalog, loader, &entry)).collect()
    }
}

fn available(catalog: &Catalog, loader: &PluginLoader, entry: &Entry) -> Available {
    let id = entry.id();
    let descriptor = catalog.get(&id.plugin_key).map(|found| &found.descriptor);
    let cloud = descriptor.and_then(|descriptor| descriptor.cloud.as_deref());
    Available {
        plugin_key: id.plugin_key.clone(),
        name: descriptor.map(|descriptor| descriptor.name.clone()).unwrap_or_default(),
        uuid: cloud.map(|cloud| cloud.uuid.clone()).unwrap_or_default(),
        kind: id.kind,
        capability_name: id.name.clone(),
        agent_id: loader.0.agents.id_of(id),
        enabled: entry.gate().is_enabled(),
    }
}

impl LoadedPlugins for PluginLoader {
    fn plugin(&self, plugin_key: &str) -> bool {
        self.is_plugin_loaded(plugin_key)
    }

    fn capability(
        &self,
        plugin_key: &str,
        kind: Option<CapabilityType>,
        name: &str,
    ) -> Option<CapabilityState> {
        let state = |entry: &Entry| match entry.gate().is_enabled() {
            true => CapabilityState::Enabled,
            false => CapabilityState::Disabled,
        };
        match kind {
            Some(kind) => self.with_plugin_capability(plugin_key, kind, name, |entry| state(entry)),
            None => {
                let entries = self.loaded_plugin_capabilities(plugin_key);
                let named = entries.iter().filter(|entry| entry.id().name == name);
                // an enabled one of any type is as good as the only one
                named.map(|entry| state(entry)).min_by_key(|state| *state == CapabilityState::Disabled)
            }
        }
    }

    fn load_error(&self, plugin_key: &str) -> Option<Arc<str>> {
        self.plugin_load_error(plugin_key).map(|error| error.to_string().into())
    }
}
