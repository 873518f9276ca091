//! The printer agents of the application and of plugins, by their ids.
//!
//! An agent is there while its capability is loaded and enabled: it comes and goes with what subscribers are told of,
//! before they are told. One that goes away is disconnected first, if it was ever asked for.

mod feed;
mod ids;
mod selection;
mod turn;

use std::sync::Arc;

use matriline_capability::{CapabilityId, PrinterAgentCapability, Typed};
use matriline_registry::Entry;
use matriline_registry::lock::Mutex;

pub(crate) use feed::PATIENCE;
use ids::Ids;
pub use ids::{ListedAgent, OwnAgent};
pub use selection::AgentFunctions;
use selection::Selected;
use turn::Turns;

use crate::{PluginLoader, PluginManager};

/// What the loader keeps of printer agents.
#[derive(Default)]
pub(crate) struct Agents {
    ids: Mutex<Ids>,
    selected: Mutex<Option<Selected>>,
    turns: Turns,
}

impl Agents {
    pub(crate) fn new(own: Vec<OwnAgent>) -> Self {
        Self { ids: Mutex::new(Ids::new(own)), ..Self::default() }
    }

    /// The id of the agent that a capability is.
    pub(crate) fn id_of(&self, capability: &CapabilityId) -> Option<String> {
        self.ids.lock().id_of(capability)
    }
}

/// The printer agents there are. A handle: clones stand for the same.
///
/// Threads: any.
#[derive(Clone)]
pub struct PrinterAgents(PluginLoader);

impl PluginManager {
    /// The printer agents of the application and of the plugins that are loaded.
    pub fn printer_agents(&self) -> PrinterAgents {
        PrinterAgents(self.loader().clone())
    }
}

impl PrinterAgents {
    /// All agents: the application's own first, then those of plugins, in the order in which they came.
    pub fn list(&self) -> Vec<ListedAgent> {
        self.0.0.agents.ids.lock().list()
    }

    /// The agent of a plugin that has the id, as presets name it; `None` for one of the application's own.
    ///
    /// It may be kept: once its plugin is unloaded or it is disabled, its calls answer as those that fail.
    pub fn get(&self, id: &str) -> Option<Arc<dyn PrinterAgentCapability>> {
        self.entry(id).map(|entry| <dyn PrinterAgentCapability>::view(entry.capability()))
    }

    /// The same as the loader has it.
    pub fn entry(&self, id: &str) -> Option<Arc<Entry>> {
        self.0.0.agents.ids.lock().take(id)
    }

    /// The id of the agent that a capability is; `None` while it is none.
    pub fn id_of(&self, capability: &CapabilityId) -> Option<String> {
        self.0.0.agents.id_of(capability)
    }
}
