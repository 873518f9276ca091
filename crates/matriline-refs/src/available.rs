//! The capabilities that the loaded plugins offer, as the crate needs to know them.

use crate::{CapabilityRef, CapabilityState, RefError, sanitize_name};
use matriline_capability::CapabilityType;

/// A capability of a loaded plugin, enabled or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available {
    /// The key of its plugin.
    pub plugin_key: String,
    /// The display name of its plugin.
    pub name: String,
    /// The uuid of a cloud plugin, empty for a local one.
    pub uuid: String,
    /// The type of the capability.
    pub kind: CapabilityType,
    /// Its name.
    pub capability_name: String,
    /// The id of a printer agent.
    pub agent_id: Option<String>,
    /// Whether it is enabled: a disabled one is still referenced, and not offered for picking.
    pub enabled: bool,
}

impl Available {
    /// The key that its reference leads to: the uuid of a cloud plugin, the plugin key of a local one.
    pub fn key(&self) -> &str {
        if self.uuid.is_empty() { &self.plugin_key } else { &self.uuid }
    }

    /// Whether it can be called.
    pub(crate) fn state(&self) -> CapabilityState {
        if self.enabled { CapabilityState::Enabled } else { CapabilityState::Disabled }
    }

    /// How a preset names it: `<name>;<uuid>;<capability>` for a cloud plugin, whose name a user can search
    /// for, `<plugin key>;;<capability>` for a local one.
    ///
    /// Fails for a capability that no reference can name: an empty name, a `;` in a plugin key or uuid.
    pub fn reference(&self) -> Result<CapabilityRef, RefError> {
        if self.uuid.is_empty() {
            return CapabilityRef::new(&self.plugin_key, "", &self.capability_name);
        }
        CapabilityRef::new(&sanitize_name(&self.name), &self.uuid, &self.capability_name)
    }
}

/// The enabled capabilities that an option of a type may name, by name and then by plugin key.
///
/// [`CapabilityType::Unknown`] stands for any type. The value to store in the option is the capability name,
/// for an agent the agent id.
pub fn pickable(kind: CapabilityType, available: &[Available]) -> Vec<&Available> {
    let fits = |found: &&Available| {
        found.enabled && (kind == CapabilityType::Unknown || found.kind == kind) && found.reference().is_ok()
    };
    let mut all: Vec<_> = available.iter().filter(fits).collect();
    all.sort_by_key(|found| (&found.capability_name, found.key()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn available(plugin_key: &str, uuid: &str, capability_name: &str) -> Available {
        let [plugin_key, uuid, capability_name] = [plugin_key, uuid, capability_name].map(str::to_owned);
        let kind = CapabilityType::PostProcessing;
        let name = "A; name".to_owned();
        Available { plugin_key, name, uuid, kind, capability_name, agent_id: None, enabled: true }
    }

    #[test]
    fn a_local_plugin_is_named_by_its_key() {
        assert_eq!(available("key", "", "x").reference().unwrap().to_string(), "key;;x");
    }

    #[test]
    fn a_cloud_plugin_is_named_by_its_display_name() {
        assert_eq!(available("key", "uuid", "x").reference().unwrap().to_string(), "A_ name;uuid;x");
    }

    #[test]
    fn a_key_with_a_separator_cannot_be_referenced() {
        assert!(available("a;b", "", "x").reference().is_err());
    }

    #[test]
    fn pickable_are_the_enabled_of_the_type_by_name() {
        let all = [
            available("q", "", "b"),
            Available { enabled: false, ..available("p", "", "off") },
            Available { kind: CapabilityType::Script, ..available("p", "", "script") },
            available("p", "", "b"),
            available("z", "", "a"),
            available("a;b", "", "c"),
        ];
        let found = pickable(CapabilityType::PostProcessing, &all);
        let texts: Vec<_> = found.iter().map(|found| found.reference().unwrap().to_string()).collect();
        assert_eq!(texts, ["z;;a", "p;;b", "q;;b"]);
        assert_eq!(pickable(CapabilityType::Unknown, &all).len(), 4);
    }
}
