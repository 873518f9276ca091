//! Loading what is enabled when the application starts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use matriline_catalog::state::InstallState;
use matriline_catalog::{CatalogEntry, Progress};

use crate::{Error, LoadOptions, Loading, PluginManager};

/// The loads of a start, all under way at once.
#[derive(Clone, Debug)]
pub struct StartUp(Vec<Loading>);

impl StartUp {
    /// The loads, by key.
    pub fn loads(&self) -> &[Loading] {
        &self.0
    }

    /// How many loads are over, well or not, and of how many.
    pub fn progress(&self) -> Progress {
        let is_over = |load: &&Loading| load.wait_for(Duration::ZERO).is_some();
        Progress { done: self.0.iter().filter(is_over).count(), total: self.0.len() }
    }

    /// Waits for all of them, for so long at most. True when all are over.
    pub fn wait(&self, limit: Option<Duration>) -> bool {
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        self.0.iter().all(|load| load.0.wait(deadline).is_some())
    }

    /// The plugins that failed, and why; of those that are over.
    pub fn failures(&self) -> Vec<(String, Error)> {
        let failure = |load: &Loading| {
            let error = load.wait_for(Duration::ZERO)?.err()?;
            Some((load.plugin().to_owned(), error))
        };
        self.0.iter().filter_map(failure).collect()
    }
}

impl PluginManager {
    /// Loads every installed plugin that is enabled, as the last discovery found it. Returns at once.
    pub fn load_enabled(&self) -> StartUp {
        self.load_all(self.enabled_plugin_keys())
    }

    /// Loads those of the named plugins that are enabled, and no other: a start that looks for the plugin that does
    /// harm.
    pub fn load_enabled_among(&self, keys: &[String]) -> StartUp {
        self.load_all(self.enabled_plugin_keys().into_iter().filter(|key| keys.contains(key)))
    }

    fn load_all(&self, keys: impl IntoIterator<Item = String>) -> StartUp {
        let load = |key: String| self.loader().load_plugin(&key, LoadOptions::default());
        StartUp(keys.into_iter().map(load).collect())
    }

    /// The plugins to load at the start, in the order of their folders: those that can be loaded and whose sidecar says
    /// *enabled*, without those that have brought the application down ([`crashes`](Self::crashes)).
    pub fn enabled_plugin_keys(&self) -> Vec<String> {
        let catalog = self.catalog();
        let local = catalog.valid().filter(|entry| entry.has_local_package());
        let loader = self.loader();
        let is_enabled = |entry: &&Arc<CatalogEntry>| {
            !loader.is_kept_off(&entry.descriptor.plugin_key)
                && loader.0.wishes.known(entry).is_some_and(|state| state.enabled)
        };
        local.filter(is_enabled).map(|entry| entry.descriptor.plugin_key.clone()).collect()
    }

    /// What the sidecar of an installed plugin says now; `None` without one.
    pub fn install_state(&self, key: &str) -> Option<InstallState> {
        self.catalog().get(key).and_then(|entry| self.loader().0.wishes.known(entry))
    }
}
