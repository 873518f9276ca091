//! Who has which id.

use std::sync::{Arc, Weak};

use matriline_capability::{AgentInfo, CapabilityId};
use matriline_registry::Entry;

/// A printer agent that the application brings itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAgent {
    /// Its id, which no plugin can take.
    pub id: String,
    /// What the user reads.
    pub name: String,
}

impl OwnAgent {
    /// An agent of that id and name.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into() }
    }

    /// Those of OrcaSlicer.
    pub fn of_orca() -> Vec<Self> {
        [
            ("orca", "OrcaSlicer"),
            ("bbl", "Bambu Lab"),
            ("qidi", "Qidi"),
            ("snapmaker", "Snapmaker"),
            ("crealityprint", "Creality Print"),
            ("moonraker", "Moonraker"),
        ]
        .map(|(id, name)| Self::new(id, name))
        .into()
    }
}

/// An agent in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAgent {
    /// What it says of itself; of the application's own the id and the name.
    pub info: AgentInfo,
    /// The capability; `None` for the application's own.
    pub capability: Option<CapabilityId>,
}

/// Who has which id, and who could not have one.
#[derive(Default)]
pub(super) struct Ids {
    own: Vec<OwnAgent>,
    of_plugins: Vec<Agent>,
    /// Capabilities whose id belongs to another, and that id.
    refused: Vec<(CapabilityId, String)>,
}

struct Agent {
    info: AgentInfo,
    capability: CapabilityId,
    entry: Weak<Entry>,
    /// Somebody has asked for it.
    was_taken: bool,
}

/// An id that belongs to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clash {
    /// Whose it is.
    pub(super) owner: String,
}

/// An agent that is no longer there.
pub(super) struct Left {
    pub(super) id: String,
    pub(super) was_taken: bool,
    pub(super) entry: Option<Arc<Entry>>,
}

impl Ids {
    pub(super) fn new(own: Vec<OwnAgent>) -> Self {
        Self { own, ..Self::default() }
    }

    /// The capability is that agent from now on, whatever it was before.
    pub(super) fn add(&mut self, info: AgentInfo, entry: &Arc<Entry>) -> Result<(), Clash> {
        let capability = entry.id().clone();
        self.of_plugins.retain(|agent| agent.capability != capability);
        self.refused.retain(|(refused, _)| *refused != capability);
        let of_application =
            self.own.iter().any(|own| own.id == info.id).then(|| "the application".to_owned());
        let of_plugin = || self.of_plugins.iter().find(|agent| agent.info.id == info.id);
        let owner =
            of_application.or_else(|| of_plugin().map(|agent| format!("capability {}", agent.capability)));
        if let Some(owner) = owner {
            self.refused.push((capability, info.id));
            return Err(Clash { owner });
        }
        self.of_plugins.push(Agent { info, capability, entry: Arc::downgrade(entry), was_taken: false });
        Ok(())
    }

    /// The capability is no agent any more.
    pub(super) fn remove(&mut self, capability: &CapabilityId) -> Option<Left> {
        self.refused.retain(|(refused, _)| refused != capability);
        let place = self.of_plugins.iter().position(|agent| agent.capability == *capability)?;
        let Agent { info, entry, was_taken, .. } = self.of_plugins.remove(place);
        Some(Left { id: info.id, was_taken, entry: entry.upgrade() })
    }

    /// Those who could not have an id that is free now.
    pub(super) fn refused(&self, id: &str) -> Vec<CapabilityId> {
        self.refused
            .iter()
            .filter(|(_, wanted)| wanted == id)
            .map(|(capability, _)| capability.clone())
            .collect()
    }

    /// The agent of that id, which is used from now on.
    pub(super) fn take(&mut self, id: &str) -> Option<Arc<Entry>> {
        let agent = self.of_plugins.iter_mut().find(|agent| agent.info.id == id)?;
        agent.was_taken = true;
        agent.entry.upgrade()
    }

    pub(super) fn id_of(&self, capability: &CapabilityId) -> Option<String> {
        let agent = self.of_plugins.iter().find(|agent| agent.capability == *capability);
        agent.map(|agent| agent.info.id.clone())
    }

    pub(super) fn list(&self) -> Vec<ListedAgent> {
        let own = self.own.iter().map(|own| {
            let info = AgentInfo { id: own.id.clone(), name: own.name.clone(), ..AgentInfo::default() };
            ListedAgent { info, capability: None }
        });
        let of_plugins = self.of_plugins.iter().map(|agent| ListedAgent {
            info: agent.info.clone(),
            capability: Some(agent.capability.clone()),
        });
        own.chain(of_plugins).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_capability::{CallError, Capability, CapabilityType, Sink, Value};

    struct Silent(CapabilityId);

    impl Capability for Silent {
        fn id(&self) -> &CapabilityId {
            &self.0
        }

        fn call(&self, _: usize, _: &[Value<'_>], _: Sink<'_>) -> Result<(), CallError> {
            Err(CallError::Unloaded(self.0.clone()))
        }
    }

    fn entry(plugin: &str) -> Arc<Entry> {
        let id = CapabilityId {
            kind: CapabilityType::PrinterConnection,
            name: "agent".into(),
            plugin_key: plugin.into(),
        };
        Arc::new(Entry::new(Box::new(Silent(id)), true))
    }

    fn info(id: &str) -> AgentInfo {
        AgentInfo { id: id.into(), ..AgentInfo::default() }
    }

    #[test]
    fn an_id_has_one_owner() {
        let mut ids = Ids::new(OwnAgent::of_orca());
        let (first, second) = (entry("first"), entry("second"));
        assert_eq!(ids.add(info("a"), &first), Ok(()));
        let owner = "capability `agent` (printer-connection) of plugin `first`".to_owned();
        assert_eq!(ids.add(info("a"), &second), Err(Clash { owner }));
        assert_eq!(ids.add(info("bbl"), &second), Err(Clash { owner: "the application".into() }));
        assert_eq!(ids.refused("a"), []);
        assert_eq!(ids.refused("bbl"), [second.id().clone()]);
    }

    #[test]
    fn another_id_takes_the_place_of_the_one_before() {
        let mut ids = Ids::default();
        let first = entry("first");
        ids.add(info("a"), &first).unwrap();
        ids.add(info("b"), &first).unwrap();
        assert!(ids.take("a").is_none());
        assert!(ids.take("b").is_some());
        assert_eq!(ids.id_of(first.id()).unwrap(), "b");
    }

    #[test]
    fn who_leaves_frees_its_id() {
        let mut ids = Ids::default();
        let (first, second) = (entry("first"), entry("second"));
        ids.add(info("a"), &first).unwrap();
        ids.add(info("a"), &second).unwrap_err();
        ids.take("a");
        let left = ids.remove(first.id()).unwrap();
        assert!(left.id == "a" && left.was_taken && left.entry.is_some());
        assert_eq!(ids.refused("a"), [second.id().clone()]);
        assert_eq!(ids.add(info("a"), &second), Ok(()));
        assert!(ids.refused("a").is_empty() && ids.remove(first.id()).is_none());
    }

    #[test]
    fn the_applications_own_come_first() {
        let mut ids = Ids::new(vec![OwnAgent::new("own", "Own")]);
        ids.add(info("a"), &entry("first")).unwrap();
        let listed: Vec<_> = ids.list().into_iter().map(|agent| agent.info.id).collect();
        assert_eq!(listed, ["own", "a"]);
    }
}
