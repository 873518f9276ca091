//! The loader: what is alive.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use matriline_capability::{CapabilityType, Typed};
use matriline_catalog::Catalog;
use matriline_install::environment::Environments;
use matriline_python::{logged_to, set_log};
use matriline_registry::lock::Mutex;
use matriline_registry::{Entry, Registry};
use tracing::Dispatch;

use crate::agents::Agents;
use crate::audit::{Audit, AuditOptions};
use crate::config_store::{ConfigStore, PresetConfigs};
use crate::drawing::Drawings;
use crate::events::{Event, Events};
use crate::lease::Lease;
use crate::loading::Job;
use crate::marker::{Crash, Marker};
use crate::services::Answers;
use crate::slots::{Slots, Stuck};
use crate::timings::keeper::Timekeeper;
use crate::unload::PATIENCE;
use crate::wishes::Wishes;
use crate::workers::Workers;
use crate::{Error, OwnAgent, abandoned};

/// Loads and unloads plugins, and finds their capabilities.
///
/// Threads: any. Looking up takes no lock.
#[derive(Clone)]
pub struct PluginLoader(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) data_dir: PathBuf,
    pub(crate) dispatch: Dispatch,
    pub(crate) catalog: ArcSwap<Catalog>,
    pub(crate) registry: Registry,
    pub(crate) slots: Slots,
    pub(crate) workers: Workers,
    /// The loads that workers have in hand, until everybody was told of their end.
    pub(crate) in_hand: Mutex<Vec<Arc<Job>>>,
    pub(crate) wishes: Wishes,
    pub(crate) configs: ConfigStore,
    pub(crate) answers: Answers,
    pub(crate) audit: Audit,
    pub(crate) agents: Agents,
    pub(crate) drawings: Drawings,
    pub(crate) events: Arc<Events>,
    pub(crate) timekeeper: Timekeeper,
    pub(crate) environments: Environments,
    pub(crate) marker: Marker,
    /// What the marker of an earlier process says.
    pub(crate) crashes: Vec<Crash>,
    /// The plugins of those, until one is loaded.
    pub(crate) kept_off: Mutex<HashSet<String>>,
    errors: Mutex<HashMap<String, Error>>,
    /// Given back when everything is unloaded.
    lease: Mutex<Option<Lease>>,
}

/// What a loader is made of.
pub(crate) struct LoaderParts {
    pub(crate) data_dir: PathBuf,
    pub(crate) dispatch: Dispatch,
    pub(crate) events: Events,
    pub(crate) environments: Environments,
    pub(crate) presets: Option<Arc<dyn PresetConfigs>>,
    pub(crate) answers: Answers,
    pub(crate) audit: AuditOptions,
    pub(crate) own_agents: Vec<OwnAgent>,
    pub(crate) lease: Lease,
}

impl PluginLoader {
    pub(crate) fn new(parts: LoaderParts) -> Self {
        let LoaderParts {
            data_dir,
            dispatch,
            events,
            environments,
            presets,
            answers,
            audit,
            own_agents,
            lease,
        } = parts;
        let events = Arc::new(events);
        let (marker, crashes) = logged_to(&dispatch, || Marker::open(&data_dir));
        Self(Arc::new(Inner {
            wishes: Wishes::new(data_dir.clone()),
            configs: ConfigStore::new(data_dir.clone(), presets),
            answers,
            audit: Audit::new(audit, &data_dir),
            agents: Agents::new(own_agents),
            drawings: Drawings::default(),
            data_dir,
            dispatch,
            catalog: ArcSwap::default(),
            registry: Registry::default(),
            slots: Slots::default(),
            workers: Workers::default(),
            in_hand: Mutex::default(),
            timekeeper: Timekeeper::new(events.clone()),
            events,
            environments,
            marker,
            kept_off: Mutex::new(crashes.iter().map(|crash| crash.plugin.clone()).collect()),
            crashes,
            errors: Mutex::default(),
            lease: Mutex::new(Some(lease)),
        }))
    }

    /// What can be loaded from now on.
    pub(crate) fn see(&self, catalog: Arc<Catalog>) {
        self.0.catalog.store(catalog);
    }

    /// Refuses loads from now on, cancels those under way, and unloads every plugin.
    pub(crate) fn close(&self) -> Result<(), Error> {
        self.0.slots.close();
        let unloaded = self.unload_all_plugins();
        if !self.wait_for_all_plugin_loads(Some(PATIENCE)) {
            let plugin = self.plugin_loads_in_progress().into_iter().next().unwrap_or_default();
            return unloaded.and(Err(Error::Busy { plugin }));
        }
        unloaded?;
        self.0.workers.wait_until_idle(PATIENCE);
        self.0.events.end();
        self.0.give_way();
        Ok(())
    }

    /// Nobody holds the manager any more, and nobody has shut it down.
    pub(crate) fn abandon(&self) {
        self.0.slots.close();
        if let Some(lease) = &*self.0.lease.lock() {
            lease.going();
        }
    }

    /// Waits for the load of a plugin, if one is under way, for so long at most.
    ///
    /// # Errors
    /// Why the last load of the plugin failed, whenever that was; [`Error::Busy`] when the time has passed.
    pub fn wait_for_plugin_load(&self, key: &str, limit: Option<Duration>) -> Result<(), Error> {
        if let Some(job) = self.0.slots.job(key).or_else(|| self.in_hand(key)) {
            let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
            return job.wait(deadline).unwrap_or_else(|| Err(Error::Busy { plugin: key.into() }));
        }
        self.plugin_load_error(key).map_or(Ok(()), Err)
    }

    /// Waits for all loads that are under way, for so long at most. True when none is left of them.
    pub fn wait_for_all_plugin_loads(&self, limit: Option<Duration>) -> bool {
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut jobs = self.0.slots.jobs();
        jobs.extend(self.0.in_hand.lock().iter().cloned());
        jobs.iter().all(|job| job.wait(deadline).is_some())
    }

    fn in_hand(&self, key: &str) -> Option<Arc<Job>> {
        self.0.in_hand.lock().iter().find(|job| job.key == key).cloned()
    }

    /// Whether a load of the plugin is under way, cancelled or not.
    pub fn is_plugin_load_in_progress(&self, key: &str) -> bool {
        self.0.slots.job(key).is_some()
    }

    /// The plugins that are being loaded, sorted.
    pub fn plugin_loads_in_progress(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.0.slots.jobs().iter().map(|job| job.key.clone()).collect();
        keys.sort();
        keys
    }

    /// Cancels the load of a plugin. It stays in progress until its thread has stopped, and nothing of it remains.
    /// False when none is under way.
    pub fn cancel_plugin_load(&self, key: &str) -> bool {
        let job = self.0.slots.job(key);
        job.inspect(|job| job.cancel()).is_some()
    }

    /// Whether a plugin is loaded.
    pub fn is_plugin_loaded(&self, key: &str) -> bool {
        self.0.registry.is_loaded(key)
    }

    /// Why the last load of a plugin failed; nothing once it is loaded.
    pub fn plugin_load_error(&self, key: &str) -> Option<Error> {
        self.0.errors.lock().get(key).cloned()
    }

    /// Reports what a plugin did wrong outside of a load, in the place of its last load error.
    pub fn set_plugin_error(&self, key: &str, problem: &str) {
        self.keep_error(key, Some(Error::Reported { plugin: key.into(), problem: problem.into() }));
        self.tell(Event::Changed(key.into()));
    }

    /// Forgets what a plugin did wrong. False when there was nothing.
    pub fn clear_plugin_error(&self, key: &str) -> bool {
        let had = self.0.errors.lock().remove(key).is_some();
        if had {
            self.tell(Event::Changed(key.into()));
        }
        had
    }

    pub(crate) fn keep_error(&self, key: &str, error: Option<Error>) {
        let mut errors = self.0.errors.lock();
        match error {
            Some(error) => drop(errors.insert(key.into(), error)),
            None => drop(errors.remove(key)),
        }
    }

    /// Whether no plugin is loaded, and none is being loaded or unloaded.
    pub fn is_idle_and_empty(&self) -> bool {
        self.0.slots.is_empty()
    }

    /// The keys of all loaded plugins, sorted.
    pub fn loaded_plugins(&self) -> Vec<String> {
        self.0.registry.plugins()
    }

    /// The capability of that plugin, type and name, enabled or not.
    pub fn plugin_capability_by_name(
        &self,
        key: &str,
        kind: CapabilityType,
        name: &str,
    ) -> Option<Arc<Entry>> {
        self.0.registry.get(key, kind, name)
    }

    /// Looks at the capability of that plugin, type and name without keeping it.
    #[inline]
    pub fn with_plugin_capability<R>(
        &self,
        key: &str,
        kind: CapabilityType,
        name: &str,
        look: impl FnOnce(&Arc<Entry>) -> R,
    ) -> Option<R> {
        self.0.registry.with(key, kind, name, look)
    }

    /// Switches a capability on or off, without touching Python: calls of a disabled one are errors, and whoever runs
    /// capabilities skips it. It stays so when the plugin is loaded again. Answers whether that changed anything.
    pub fn set_capability_enabled(&self, key: &str, kind: CapabilityType, name: &str, enabled: bool) -> bool {
        let Some(entry) = self.0.registry.get(key, kind, name) else { return false };
        if !enabled {
            self.leaves(entry.id());
        }
        if !entry.gate().set_enabled(enabled) {
            return false;
        }
        match enabled {
            true => self.agent_arrives(&entry),
            false => self.agent_is_gone(entry.id()),
        }
        if let Some(found) = self.0.catalog.load().get(key) {
            self.logged(|| self.0.wishes.switched(found, &self.loaded_plugin_capabilities(key)));
        }
        let id = entry.id().clone();
        self.tell(if enabled { Event::CapabilityLoad(id) } else { Event::CapabilityUnload(id) });
        self.tell(Event::Changed(key.into()));
        true
    }

    /// Writes to the sidecar of a loaded plugin that it is enabled, and which of its capabilities are, in case another
    /// program has changed it. Loading, unloading and switching write it anyhow. False when the plugin is not loaded.
    pub fn write_loaded_plugin_install_state(&self, key: &str) -> bool {
        let catalog = self.0.catalog.load_full();
        let Some(entry) = catalog.get(key).filter(|_| self.is_plugin_loaded(key)) else { return false };
        let capabilities = self.loaded_plugin_capabilities(key);
        self.logged(|| self.0.wishes.loaded(entry, self.0.wishes.read(entry), &capabilities));
        true
    }

    /// The capability of that plugin and name through the trait of its type: `capability::<dyn GcodeCapability>(…)`.
    pub fn capability<T: Typed + ?Sized>(&self, key: &str, name: &str) -> Option<Arc<T>> {
        self.0.registry.get(key, T::kind(), name).map(|entry| T::view(entry.capability()))
    }

    /// All capabilities of a type, by name and then by plugin key.
    pub fn plugin_capabilities_by_type(&self, kind: CapabilityType) -> Vec<Arc<Entry>> {
        self.0.registry.of_type(kind)
    }

    /// The capabilities of a plugin in the order of their registration; empty when it is not loaded.
    pub fn loaded_plugin_capabilities(&self, key: &str) -> Vec<Arc<Entry>> {
        self.0.registry.of_plugin(key)
    }

    pub(crate) fn logged<R>(&self, body: impl FnOnce() -> R) -> R {
        logged_to(&self.0.dispatch, body)
    }

    /// Tells the subscribers, unless the manager is going.
    pub(crate) fn tell(&self, event: Event) {
        if !self.0.slots.is_closed() {
            self.0.events.tell(event);
        }
    }
}

impl Inner {
    /// Makes room for another manager, once: what the process has one of is its own from then on.
    fn give_way(&self) {
        let lease = self.lease.lock().take();
        if lease.is_some() {
            self.marker.end();
            self.timekeeper.end();
            self.audit.end();
            set_log(None);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let (loaded, all_stuck) = self.slots.drain();
        let loaded = loaded.into_iter().map(|plugin| {
            let entries = self.registry.remove(plugin.identity().key());
            Stuck { plugin, entries }
        });
        for stuck in loaded.chain(all_stuck) {
            stuck.entries.iter().for_each(|entry| entry.gate().close());
            abandoned::leave(stuck);
        }
        self.give_way();
    }
}
