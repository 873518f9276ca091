//! The configurations of capabilities, for the application: to show, to change, to put back.

use matriline_capability::{CapabilityId, CapabilityType, CommonCapability};
use matriline_catalog::state::prune_overrides;
use matriline_orca::default_config;
use matriline_refs::{PluginOptions, Preset};
use matriline_registry::Entry;
use std::sync::Arc;

use crate::config_store::CapabilityConfig;
use crate::{Error, PluginManager};

/// Where a configuration is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigScope {
    /// For all presets.
    Base,
    /// In the edited preset, in the place of the one for all.
    Preset,
}

impl PluginManager {
    /// What is kept of the configuration of a capability, whether its plugin is loaded or not.
    ///
    /// Threads: any; may read the disk.
    pub fn capability_config(&self, id: &CapabilityId) -> CapabilityConfig {
        self.logged(|| self.loader().0.configs.get(id))
    }

    /// Stores a configuration, any JSON value. Answers whether that changed anything.
    ///
    /// # Errors
    /// [`Error::Config`] for what is no JSON, an override that cannot be read, a file that cannot be written;
    /// [`Error::NoPreset`] for an override when no preset is edited. What was stored stays.
    ///
    /// Threads: any; waits for the disk.
    pub fn save_capability_config(
        &self,
        id: &CapabilityId,
        scope: ConfigScope,
        config: &str,
    ) -> Result<bool, Error> {
        let (configs, version) = (&self.loader().0.configs, self.version_of(&id.plugin_key));
        self.logged(|| match scope {
            ConfigScope::Base => Ok(configs.save_base(id, &version, config)?),
            ConfigScope::Preset => configs
                .change_overrides(id.kind, |overrides| overrides.set(id, &version, config))?
                .ok_or_else(|| Error::NoPreset { id: id.clone() }),
        })
    }

    /// Takes the override of the edited preset away, so that the one for all counts again. False when there is none.
    ///
    /// # Errors
    /// [`Error::Config`] for overrides that cannot be read; they stay.
    ///
    /// Threads: any.
    pub fn remove_config_override(&self, id: &CapabilityId) -> Result<bool, Error> {
        let configs = &self.loader().0.configs;
        let removed = configs.change_overrides(id.kind, |overrides| Ok(overrides.remove(id)))?;
        Ok(removed.unwrap_or(false))
    }

    /// Stores the configuration that a capability begins with, for all presets, and answers it.
    ///
    /// # Errors
    /// [`Error::NoCapability`] when its plugin is not loaded, [`Error::Call`] when it raises, [`Error::Config`] when it
    /// cannot be written. What was stored stays.
    ///
    /// Threads: any; runs Python.
    pub fn restore_default_config(&self, id: &CapabilityId) -> Result<String, Error> {
        let entry = self.loaded(id)?;
        let config = self.logged(|| default_config(&entry.settings()))?;
        self.save_capability_config(id, ConfigScope::Base, &config)?;
        Ok(config)
    }

    /// Whether a capability has a page of its own for its configuration, as it said when it was loaded.
    ///
    /// Threads: any; does not touch Python.
    pub fn has_config_ui(&self, id: &CapabilityId) -> bool {
        self.loader().0.slots.has_config_ui(id)
    }

    /// The page for the configuration of a capability, as HTML; `None` when it has none, or an empty one: the
    /// application then offers an editor of JSON. Disabled capabilities are configured as well.
    ///
    /// # Errors
    /// [`Error::NoCapability`] when its plugin is not loaded; [`Error::Call`] when it raises or answers something else,
    /// and the editor is offered beside the error.
    ///
    /// Threads: any; runs Python.
    pub fn config_ui(&self, id: &CapabilityId) -> Result<Option<String>, Error> {
        let entry = self.loaded(id)?;
        if !self.has_config_ui(id) {
            return Ok(None);
        }
        let page = self.logged(|| entry.settings().get_config_ui())?;
        Ok(Some(page).filter(|page| !page.is_empty()))
    }

    /// The text of a preset's overrides as the preset should be saved with it: without those of capabilities that none
    /// of its options names. `None` if `text` stays; one that cannot be read stays.
    ///
    /// Threads: any.
    pub fn prune_config_overrides(&self, preset: &Preset, text: &str) -> Option<String> {
        prune_overrides(text, |kind, name| is_named(self.plugin_options(), preset, kind, name))
    }

    fn loaded(&self, id: &CapabilityId) -> Result<Arc<Entry>, Error> {
        let found = self.loader().plugin_capability_by_name(&id.plugin_key, id.kind, &id.name);
        found.ok_or_else(|| Error::NoCapability {
            plugin: id.plugin_key.clone(),
            kind: id.kind,
            name: id.name.clone(),
        })
    }

    /// The version that configurations of a plugin are stored with; empty for one that is not installed.
    fn version_of(&self, key: &str) -> String {
        let catalog = self.catalog();
        catalog.get(key).map(|entry| running_version(&entry.descriptor).to_owned()).unwrap_or_default()
    }
}

/// The version that a plugin runs as.
pub(crate) fn running_version(descriptor: &matriline_manifest::Descriptor) -> &str {
    match descriptor.installed_version.as_str() {
        "" => &descriptor.version,
        version => version,
    }
}

/// Whether an option of a preset names a capability of that type.
fn is_named(options: &PluginOptions, preset: &Preset, kind: CapabilityType, name: &str) -> bool {
    let takes = |key: &str| {
        options.get(key).is_some_and(|option| kind == CapabilityType::Unknown || option.takes(kind))
    };
    let names =
        |(key, values): &(String, Vec<String>)| takes(key) && values.iter().any(|value| value == name);
    preset.options.iter().any(names)
}
