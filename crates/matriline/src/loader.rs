//! The loader: what is alive.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use matriline_capability::{CapabilityType, Typed};
use matriline_catalog::{Catalog, CatalogEntry};
use matriline_orca::{LoadRequest, LoadedPlugin};
use matriline_policy::WriteRules;
use matriline_python::identity::{self, Identity, IdentityOptions};
use matriline_python::{logged_to, set_log};
use matriline_registry::lock::Mutex;
use matriline_registry::{Entry, Registry, inside};
use tracing::Dispatch;

use crate::Error;
use crate::lease::Lease;
use crate::source::Code;

/// How long unloading waits for calls to return.
const PATIENCE: Duration = Duration::from_secs(10);

/// Loads and unloads plugins, and finds their capabilities.
///
/// Threads: any. Looking up takes no lock.
#[derive(Clone)]
pub struct PluginLoader(Arc<Inner>);

struct Inner {
    data_dir: PathBuf,
    dispatch: Dispatch,
    catalog: ArcSwap<Catalog>,
    registry: Registry,
    plugins: Mutex<HashMap<String, Slot>>,
    errors: Mutex<HashMap<String, Error>>,
    closed: AtomicBool,
    /// Given back when everything is unloaded.
    lease: Mutex<Option<Lease>>,
}

/// Plugins whose manager went without a shutdown. A destructor runs no Python, so the next manager ends them.
static ABANDONED: Mutex<Vec<Abandoned>> = Mutex::new(Vec::new());

/// A plugin and its capabilities, which are closed; calls may still be inside.
type Abandoned = (LoadedPlugin, Vec<Arc<Entry>>);

/// What becomes of a plugin.
enum Slot {
    /// Some thread is loading or unloading it.
    Busy,
    /// It is loaded.
    Loaded(LoadedPlugin),
    /// Its capabilities are closed, but calls are still inside.
    Draining(LoadedPlugin, Vec<Arc<Entry>>),
}

impl PluginLoader {
    pub(crate) fn new(data_dir: PathBuf, dispatch: Dispatch, lease: Lease) -> Self {
        Self(Arc::new(Inner {
            data_dir,
            dispatch,
            catalog: ArcSwap::default(),
            registry: Registry::default(),
            plugins: Mutex::default(),
            errors: Mutex::default(),
            closed: AtomicBool::new(false),
            lease: Mutex::new(Some(lease)),
        }))
    }

    /// Unloads what an earlier manager left.
    pub(crate) fn end_abandoned() {
        let abandoned = std::mem::take(&mut *ABANDONED.lock());
        for (plugin, entries) in abandoned {
            let key = plugin.identity().key().to_owned();
            match entries.iter().find(|entry| !entry.gate().wait_until_empty(PATIENCE)) {
                None => end(&key, plugin),
                Some(entry) => {
                    let error = still_running(entry);
                    tracing::error!(target: "matriline::load", plugin = &*key, "{error}");
                    ABANDONED.lock().push((plugin, entries));
                }
            }
        }
    }

    /// What can be loaded from now on.
    pub(crate) fn see(&self, catalog: Arc<Catalog>) {
        self.0.catalog.store(catalog);
    }

    /// Loads an installed plugin: imports it, makes its capabilities, runs their `on_load`. Loading a loaded plugin
    /// does nothing.
    ///
    /// # Errors
    /// [`Error::PluginNotFound`], [`Error::PluginInvalid`], [`Error::Load`] and what its wheel can have wrong; nothing
    /// of the plugin remains then, and the error is kept (see [`plugin_load_error`](Self::plugin_load_error)).
    /// [`Error::Busy`] when another thread is loading or unloading it.
    pub fn load_plugin(&self, key: &str) -> Result<(), Error> {
        self.logged(|| {
            if self.is_plugin_loaded(key) {
                return Ok(());
            }
            let loaded = self.load(key);
            match &loaded {
                Ok(()) => {
                    self.0.errors.lock().remove(key);
                    tracing::info!(target: "matriline::load", plugin = key, "Loaded plugin `{key}`");
                }
                Err(Error::Busy { .. }) => {}
                Err(error) => {
                    self.0.errors.lock().insert(key.into(), error.clone());
                    let traceback = error.traceback().map(|text| format!("\n{text}")).unwrap_or_default();
                    tracing::error!(target: "matriline::load", plugin = key, "{error}{traceback}");
                }
            }
            loaded
        })
    }

    fn load(&self, key: &str) -> Result<(), Error> {
        if self.0.closed.load(Ordering::Acquire) {
            return Err(Error::ShutDown);
        }
        let catalog = self.0.catalog.load_full();
        let entry = self.installed(&catalog, key)?;
        let seat = Seat::take(self, key)?;
        let request = self.request(entry)?;
        let plugin = matriline_orca::load(request)?;
        let entries: Vec<_> = plugin
            .capabilities()
            .iter()
            .map(|body| Arc::new(Entry::new(Box::new(body.clone()), true)))
            .collect();
        // The key is taken by this thread and the names were checked, so that no identity can be there already.
        if let Err(collision) = self.0.registry.add(key, entries) {
            tracing::error!(target: "matriline::load", plugin = key, "{collision}");
        }
        seat.sit(Slot::Loaded(plugin));
        // A shutdown that went by meanwhile has not seen this plugin.
        match self.0.closed.load(Ordering::Acquire) {
            false => Ok(()),
            true => self.unload_plugin(key).and(Err(Error::ShutDown)),
        }
    }

    fn installed<'c>(&self, catalog: &'c Catalog, key: &str) -> Result<&'c CatalogEntry, Error> {
        let folder = self.0.data_dir.join(matriline_catalog::PLUGINS_FOLDER);
        let entry = catalog.get(key).filter(|entry| entry.has_local_package());
        let entry = entry.ok_or_else(|| Error::PluginNotFound { plugin: key.into(), folder })?;
        match entry.error() {
            None => Ok(entry),
            Some(problem) => {
                Err(Error::PluginInvalid { plugin: key.into(), folder: entry.folder.clone(), problem })
            }
        }
    }

    fn request(&self, entry: &CatalogEntry) -> Result<LoadRequest, Error> {
        let key = &entry.descriptor.plugin_key;
        let unreadable =
            |cause| Error::File { act: "read", path: entry.folder.clone(), cause: Arc::new(cause) };
        let folder = entry.folder.canonicalize().map_err(unreadable)?;
        let file = entry.entry.as_deref().unwrap_or(&folder);
        let code = Code::of(entry, file, &self.0.data_dir.join("cache"))?;
        let identity = Identity::new(IdentityOptions {
            key: key.clone(),
            rules: WriteRules::for_plugin(&self.0.data_dir, &folder),
            code: vec![code.folder.clone()],
        });
        Ok(LoadRequest { module: code.module, names: code.names, folders: vec![code.folder], identity })
    }

    /// Unloads a plugin: closes its capabilities, waits for calls inside, runs `on_unload`, lets go of its modules.
    /// Unloading what is not loaded does nothing. Inside of one of its own calls it is unloaded when the thread's
    /// outermost call returns.
    ///
    /// # Errors
    /// [`Error::StillRunning`] when calls do not return within ten seconds; the capabilities stay closed, and unloading
    /// can be tried again. [`Error::Busy`] when another thread is loading or unloading it.
    pub fn unload_plugin(&self, key: &str) -> Result<(), Error> {
        let draining = {
            let mut plugins = self.0.plugins.lock();
            match plugins.remove(key) {
                None => return Ok(()),
                Some(Slot::Busy) => {
                    plugins.insert(key.into(), Slot::Busy);
                    return Err(Error::Busy { plugin: key.into() });
                }
                Some(slot) => {
                    plugins.insert(key.into(), Slot::Busy);
                    slot
                }
            }
        };
        let (plugin, entries) = match draining {
            Slot::Draining(plugin, entries) => (plugin, entries),
            Slot::Loaded(plugin) => (plugin, self.0.registry.remove(key)),
            Slot::Busy => return Err(Error::Busy { plugin: key.into() }),
        };
        entries.iter().for_each(|entry| entry.gate().close());
        if inside::plugin(key) {
            let (loader, key) = (self.clone(), key.to_owned());
            inside::defer(move || {
                if let Err(error) = loader.drain(&key, plugin, entries) {
                    loader.logged(|| tracing::error!(target: "matriline::load", plugin = &*key, "{error}"));
                }
            });
            return Ok(());
        }
        self.drain(key, plugin, entries)
    }

    /// Waits for the calls inside, and ends the plugin.
    fn drain(&self, key: &str, plugin: LoadedPlugin, entries: Vec<Arc<Entry>>) -> Result<(), Error> {
        let seat = Seat { loader: self, key };
        let stuck =
            identity::host_call(|| entries.iter().find(|entry| !entry.gate().wait_until_empty(PATIENCE)));
        if let Some(error) = stuck.map(|entry| still_running(entry)) {
            seat.sit(Slot::Draining(plugin, entries));
            return Err(error);
        }
        self.logged(|| end(key, plugin));
        Ok(())
    }

    /// Unloads every plugin.
    ///
    /// # Errors
    /// The first of [`unload_plugin`](Self::unload_plugin); the others are unloaded all the same.
    pub fn unload_all_plugins(&self) -> Result<(), Error> {
        let mut keys: Vec<_> = self.0.plugins.lock().keys().cloned().collect();
        keys.sort();
        let ended: Vec<_> = keys.iter().map(|key| self.unload_plugin(key)).collect();
        ended.into_iter().collect()
    }

    /// Refuses loads from now on, and unloads every plugin.
    pub(crate) fn close(&self) -> Result<(), Error> {
        self.0.closed.store(true, Ordering::Release);
        self.unload_all_plugins()?;
        let lease = self.0.lease.lock().take();
        if lease.is_some() {
            set_log(None);
        }
        drop(lease);
        Ok(())
    }

    /// Whether a plugin is loaded.
    pub fn is_plugin_loaded(&self, key: &str) -> bool {
        self.0.registry.is_loaded(key)
    }

    /// Why the last load of a plugin failed; nothing once it is loaded.
    pub fn plugin_load_error(&self, key: &str) -> Option<Error> {
        self.0.errors.lock().get(key).cloned()
    }

    /// Whether no plugin is loaded, and none is being loaded or unloaded.
    pub fn is_idle_and_empty(&self) -> bool {
        self.0.plugins.lock().is_empty()
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
    /// capabilities skips it. Answers whether that changed anything.
    pub fn set_capability_enabled(&self, key: &str, kind: CapabilityType, name: &str, enabled: bool) -> bool {
        self.with_plugin_capability(key, kind, name, |entry| entry.gate().set_enabled(enabled))
            .unwrap_or(false)
    }

    /// The capability of that plugin and name through the trait of its type: `capability::<dyn GcodeCapability>(…)`.
    pub fn capability<T: Typed + ?Sized>(&self, key: &str, name: &str) -> Option<Arc<T>> {
        self.0.registry.get(key, T::KIND, name).map(|entry| T::view(entry.capability()))
    }

    /// All capabilities of a type, by name and then by plugin key.
    pub fn plugin_capabilities_by_type(&self, kind: CapabilityType) -> Vec<Arc<Entry>> {
        self.0.registry.of_type(kind)
    }

    /// The capabilities of a plugin in the order of their registration; empty when it is not loaded.
    pub fn loaded_plugin_capabilities(&self, key: &str) -> Vec<Arc<Entry>> {
        self.0.registry.of_plugin(key)
    }

    fn logged<R>(&self, body: impl FnOnce() -> R) -> R {
        logged_to(&self.0.dispatch, body)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.lease.lock().is_some() {
            set_log(None);
        }
        for slot in std::mem::take(&mut *self.plugins.lock()).into_values() {
            let (plugin, entries) = match slot {
                Slot::Busy => continue,
                Slot::Draining(plugin, entries) => (plugin, entries),
                Slot::Loaded(plugin) => {
                    let entries = self.registry.remove(plugin.identity().key());
                    (plugin, entries)
                }
            };
            entries.iter().for_each(|entry| entry.gate().close());
            ABANDONED.lock().push((plugin, entries));
        }
    }
}

fn still_running(entry: &Entry) -> Error {
    Error::StillRunning { id: entry.id().clone(), calls: entry.gate().inside() }
}

/// Runs `on_unload` and says what went wrong.
fn end(key: &str, plugin: LoadedPlugin) {
    let identity = plugin.identity().clone();
    for (id, raised) in plugin.unload() {
        tracing::error!(target: "matriline::load", plugin = key, "Plugin `{key}` raised `{}` in `on_unload()` of capability `{}`: {}\n{}", raised.kind, id.name, raised.message, raised.traceback);
    }
    match identity.threads() {
        0 => {}
        count => {
            tracing::warn!(target: "matriline::load", plugin = key, "Plugin `{key}` left threads running ({count}); stop them in `on_unload()`");
        }
    }
    tracing::info!(target: "matriline::load", plugin = key, "Unloaded plugin `{key}`");
}

/// The place of a plugin while one thread works on it; given back if nothing comes of it.
struct Seat<'a> {
    loader: &'a PluginLoader,
    key: &'a str,
}

impl<'a> Seat<'a> {
    fn take(loader: &'a PluginLoader, key: &'a str) -> Result<Self, Error> {
        let mut plugins = loader.0.plugins.lock();
        if plugins.contains_key(key) {
            return Err(Error::Busy { plugin: key.into() });
        }
        plugins.insert(key.into(), Slot::Busy);
        Ok(Self { loader, key })
    }

    fn sit(self, slot: Slot) {
        self.loader.0.plugins.lock().insert(self.key.into(), slot);
        std::mem::forget(self);
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.loader.0.plugins.lock().remove(self.key);
    }
}
