//! Plugins that were running when a process died: they stay off until someone enables them.

use matriline_catalog::Catalog;

use crate::marker::Crash;
use crate::{Error, PluginLoader, PluginManager};

impl PluginManager {
    /// The plugins that were running when an earlier process on this data folder died, as this manager found at its
    /// start. They are not loaded by [`load_enabled`](Self::load_enabled) any more; loading one by its key enables it
    /// again.
    pub fn crashes(&self) -> &[Crash] {
        &self.loader().0.crashes
    }
}

impl PluginLoader {
    /// Switches those off that a discovery has found. No lock may be held.
    pub(crate) fn quarantine(&self, catalog: &Catalog) {
        for crash in self.0.crashes.iter().filter(|crash| self.is_kept_off(&crash.plugin)) {
            let is_told = self.plugin_load_error(&crash.plugin).is_some();
            let Some(entry) =
                catalog.get(&crash.plugin).filter(|entry| entry.has_local_package() && !is_told)
            else {
                continue;
            };
            self.0.wishes.quarantine(entry);
            let problem = format!("{crash}; it stays off until it is enabled");
            tracing::error!(target: "matriline::load", plugin = &*crash.plugin, "{problem}");
            self.keep_error(&crash.plugin, Some(Error::Reported { plugin: crash.plugin.clone(), problem }));
        }
    }

    /// Whether a plugin was running when an earlier process died, and nobody has loaded it since.
    pub(crate) fn is_kept_off(&self, key: &str) -> bool {
        self.0.kept_off.lock().contains(key)
    }
}
