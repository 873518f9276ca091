//! Configurations that a preset puts in the place of the stored ones.

use super::entries::{ConfigEntry, Entries, check_config};
use super::json::Json;
use super::{PluginConfig, StateError};
use matriline_capability::{CapabilityId, CapabilityType};

/// The configurations that one preset overrides. A preset keeps them as the text of an option.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(Entries);

impl Overrides {
    /// Reads the text of the option: empty, or a JSON array of entries as [`PluginConfig`] has them.
    ///
    /// # Errors
    /// [`StateError::OverridesNoJson`], [`StateError::OverridesNoArray`]. Such a text overrides nothing, and is left to
    /// the user.
    pub fn parse(text: &str) -> Result<Self, StateError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let json = Json::parse(text.as_bytes()).map_err(|_| StateError::OverridesNoJson)?;
        Ok(Self(Entries::of_list(&json).ok_or(StateError::OverridesNoArray)?))
    }

    /// The text of the option; empty without any override.
    pub fn to_text(&self) -> String {
        match self.0.is_empty() {
            true => String::new(),
            false => self.0.json().as_str().to_owned(),
        }
    }

    /// The configuration that the preset has for a capability.
    pub fn get(&self, id: &CapabilityId) -> Option<&ConfigEntry> {
        self.0.get(id)
    }

    /// Overrides the configuration of a capability, as [`PluginConfig::set`] changes it. False if the preset has the
    /// same already.
    ///
    /// # Errors
    /// Those of [`PluginConfig::set`].
    pub fn set(&mut self, id: &CapabilityId, plugin_version: &str, config: &str) -> Result<bool, StateError> {
        Ok(self.0.set(id, plugin_version, check_config(id, config)?))
    }

    /// Takes the override of a capability away. False if there was none.
    pub fn remove(&mut self, id: &CapabilityId) -> bool {
        let before = self.clone();
        self.0.retain(|other| other != id);
        *self != before
    }
}

/// The configuration that a capability works with: the preset's if it has one, else the stored one.
pub fn effective<'a>(
    id: &CapabilityId,
    stored: &'a PluginConfig,
    overrides: &'a Overrides,
) -> Option<&'a ConfigEntry> {
    overrides.get(id).or_else(|| stored.get(id))
}

/// The text of a preset's overrides without those that nothing in the preset uses, or `None` if it stays as it is.
///
/// `is_used` answers whether an option of the preset names a capability; the type is `Unknown` for an entry without
/// one, which any type may use. A text that can't be read stays.
pub fn prune_overrides(text: &str, mut is_used: impl FnMut(CapabilityType, &str) -> bool) -> Option<String> {
    let mut overrides = Overrides::parse(text).ok()?;
    let before = overrides.clone();
    overrides.0.retain(|id| is_used(id.kind, &id.name));
    (overrides != before).then(|| overrides.to_text())
}
