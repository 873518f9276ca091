//! Agents that come and go with their capabilities.

use std::sync::Arc;
use std::time::Duration;

use matriline_capability::{AgentInfo, CapabilityId, CapabilityType, PrinterAgentCapability};
use matriline_registry::Entry;

use super::ids::Left;
use crate::{PluginLoader, within};

/// How long a capability may take to say what it is, or to end what it does, before the application goes on without it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

impl PluginLoader {
    /// A capability was loaded or enabled: an agent says what it is, and has its id from now on.
    pub(crate) fn agent_arrives(&self, entry: &Arc<Entry>) {
        if entry.id().kind != CapabilityType::PrinterConnection || !entry.gate().is_enabled() {
            return;
        }
        let CapabilityId { name, plugin_key: plugin, .. } = entry.id();
        let agent = within::<dyn PrinterAgentCapability>(&entry.capability(), PATIENCE);
        let info = match agent.get_agent_info().into_result() {
            Ok(info) if info.id.is_empty() => Err("its `get_agent_info()` gives an empty id".into()),
            Ok(info) => Ok(info),
            Err(error) => Err(error.to_string()),
        };
        match info {
            Ok(info) => self.register_agent(info, entry),
            Err(problem) => self.logged(|| {
                tracing::warn!(target: "matriline::agents", plugin = &**plugin, "Printer-agent '{name}' could not be enabled: {problem}");
            }),
        }
    }

    fn register_agent(&self, info: AgentInfo, entry: &Arc<Entry>) {
        let CapabilityId { kind, name, plugin_key: plugin } = entry.id();
        let id = info.id.clone();
        let added = self.0.agents.ids.lock().add(info, entry);
        if let Err(clash) = added {
            let owner = clash.owner;
            let problem = format!(
                "Printer-agent '{name}' could not be enabled: agent ID '{id}' is already registered by {owner}; give it another id in `get_agent_info()`"
            );
            self.logged(|| tracing::warn!(target: "matriline::agents", plugin = &**plugin, "{problem}"));
            self.set_plugin_error(plugin, &problem);
            return;
        }
        // While it said what it is it may have been unloaded, loaded again, or disabled.
        let is_there = self.0.registry.get(plugin, *kind, name).is_some_and(|now| Arc::ptr_eq(&now, entry));
        if !is_there || !entry.gate().is_enabled() {
            self.agent_is_gone(entry.id());
        }
    }

    /// A capability is about to be unloaded or disabled: an agent that was used is disconnected, while it can be.
    pub(crate) fn agent_leaves(&self, capability: &CapabilityId) {
        if capability.kind != CapabilityType::PrinterConnection {
            return;
        }
        let left = self.0.agents.ids.lock().remove(capability);
        let Some(Left { id, was_taken, entry }) = left else { return };
        let selected = self.0.agents.selected.lock().take_if(|selected| selected.id == id);
        if let Some(entry) = entry.filter(|_| was_taken) {
            let agent = within::<dyn PrinterAgentCapability>(&entry.capability(), PATIENCE);
            if let Some(error) = agent.disconnect_printer().error {
                self.logged(|| {
                    tracing::warn!(target: "matriline::agents", plugin = &*capability.plugin_key, "Printer agent '{id}' was not disconnected: {error}");
                });
            }
        }
        // What it told while it was disconnected was still heard.
        drop(selected);
        self.agents_try_again(&id);
    }

    /// The capability was unloaded or disabled meanwhile, and is not called any more.
    pub(crate) fn agent_is_gone(&self, capability: &CapabilityId) {
        let left = self.0.agents.ids.lock().remove(capability);
        if let Some(left) = left {
            self.agents_try_again(&left.id);
        }
    }

    /// An id is free again: whoever wanted it has it now.
    fn agents_try_again(&self, id: &str) {
        if self.0.slots.is_closed() {
            return;
        }
        let waiting = self.0.agents.ids.lock().refused(id);
        for CapabilityId { kind, name, plugin_key } in waiting {
            if let Some(entry) = self.0.registry.get(&plugin_key, kind, &name) {
                self.clear_plugin_error(&plugin_key);
                self.agent_arrives(&entry);
            }
        }
    }
}
