//! Telling plugins what happens in the application.

use matriline_capability::{
    CallError, Capability, Common, CommonCapability, LifecycleContext, LifecycleEvent,
};

use crate::PluginManager;

impl PluginManager {
    /// Tells every enabled capability of every loaded plugin that something happened, one after the other, on this
    /// thread: plugins in the order of their keys, the capabilities of each in the order of their registration. What one
    /// raises is logged and stops nobody.
    ///
    /// Threads: any. It takes as long as the plugins do, so a thread that must go on raises events elsewhere.
    pub fn raise_lifecycle_event(&self, event: LifecycleEvent, context: &LifecycleContext<'_>) {
        self.raise_slicing_event(event, context, &|| false);
    }

    /// The same for an event of slicing: those who were not told yet when the slice is cancelled are told nothing.
    ///
    /// Threads: any; `cancelled` is asked on this one, without the GIL.
    pub fn raise_slicing_event(
        &self,
        event: LifecycleEvent,
        context: &LifecycleContext<'_>,
        cancelled: &dyn Fn() -> bool,
    ) {
        let loader = self.loader();
        let keys = loader.loaded_plugins();
        for entry in keys.iter().flat_map(|key| loader.loaded_plugin_capabilities(key)) {
            let capability = entry.capability();
            if !entry.gate().is_enabled() || !capability.has(Common::OnLifecycleEvent) {
                continue;
            }
            if cancelled() {
                return;
            }
            if let Err(error) = capability.on_lifecycle_event(event, context) {
                self.logged(|| tell_of(&capability, event, &error));
            }
        }
    }
}

/// One that was unloaded or disabled meanwhile is not told, which is no error.
fn tell_of(capability: &impl Capability, event: LifecycleEvent, error: &CallError) {
    if let Some(raised) = error.raised() {
        let plugin = capability.id().plugin_key.as_str();
        tracing::error!(target: "matriline::lifecycle", plugin, "{error} (event `{}`)\n{}", event.member(), raised.traceback);
    }
}
