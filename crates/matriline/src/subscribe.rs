//! Who wants to be told of what happens to plugins.

use matriline_capability::CapabilityId;

use crate::events::{Listener, Subscription};
use crate::timings::{Budgets, OverBudget, PluginTimings};
use crate::{PluginLoader, PluginManager};

/// Subscribers are called in the order of their subscription, on the thread that
/// [`ManagerBuilder::post`](crate::ManagerBuilder::post) chose, or where the event happens. They may load, unload,
/// subscribe and unsubscribe. What a shutdown of the manager does is not told, and once it has ended nobody is called.
impl PluginLoader {
    /// Calls `act` with the key of a plugin whose load has ended, well or not.
    pub fn subscribe_on_load(&self, act: impl Fn(&str) + Send + Sync + 'static) -> Subscription {
        self.0.events.subscribe(Listener::Load(Box::new(act)))
    }

    /// Calls `act` with the key of a plugin that was unloaded.
    pub fn subscribe_on_unload(&self, act: impl Fn(&str) + Send + Sync + 'static) -> Subscription {
        self.0.events.subscribe(Listener::Unload(Box::new(act)))
    }

    /// Calls `act` with a capability that was loaded enabled, or was enabled.
    pub fn subscribe_on_capability_load(
        &self,
        act: impl Fn(&CapabilityId) + Send + Sync + 'static,
    ) -> Subscription {
        self.0.events.subscribe(Listener::CapabilityLoad(Box::new(act)))
    }

    /// Calls `act` with a capability that was disabled, or unloaded while it was enabled.
    pub fn subscribe_on_capability_unload(
        &self,
        act: impl Fn(&CapabilityId) + Send + Sync + 'static,
    ) -> Subscription {
        self.0.events.subscribe(Listener::CapabilityUnload(Box::new(act)))
    }

    /// Calls `act` with the key of a plugin of which something changed that a list of plugins shows.
    pub fn subscribe_on_changed(&self, act: impl Fn(&str) + Send + Sync + 'static) -> Subscription {
        self.0.events.subscribe(Listener::Changed(Box::new(act)))
    }

    /// Calls `act` with what took longer than its budget.
    pub fn subscribe_on_over_budget(
        &self,
        act: impl Fn(&OverBudget) + Send + Sync + 'static,
    ) -> Subscription {
        self.0.events.subscribe(Listener::OverBudget(Box::new(act)))
    }

    /// Calls a subscriber no more. Answers whether it had subscribed.
    pub fn unsubscribe(&self, token: Subscription) -> bool {
        self.0.events.unsubscribe(token)
    }
}

impl PluginManager {
    /// What a plugin has taken so far.
    pub fn timings(&self, key: &str) -> PluginTimings {
        let loader = &self.loader().0;
        loader.timekeeper.timings(key, &loader.registry)
    }

    /// What plugins may take from now on; whatever takes longer is a warning in the log and told to
    /// [`PluginLoader::subscribe_on_over_budget`].
    pub fn set_budgets(&self, budgets: Budgets) {
        let loader = &self.loader().0;
        loader.timekeeper.set_budgets(budgets, &loader.registry);
    }
}
