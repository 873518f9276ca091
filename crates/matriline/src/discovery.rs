//! Finding what is installed, here or on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use matriline_catalog::{
    Catalog, Done, PLUGINS_FOLDER, Progress, SUBSCRIBED_FOLDER, ScanOptions, is_safe_folder_name,
};
use matriline_manifest::{Descriptor, RequiresPython, Severity};

use crate::{Phase, PluginManager};

/// What the catalog is made from.
pub(crate) struct Sources {
    scan: ScanOptions,
    /// The last discovery whose result was taken over.
    scanned: Arc<Catalog>,
    /// What the cloud says of plugins, installed or not.
    cloud: Vec<Descriptor>,
    /// The plugins that were taken out of what a discovery has found.
    removed: (Arc<Catalog>, Vec<String>),
}

impl Sources {
    pub(crate) fn new(scan: ScanOptions) -> Self {
        Self { scan, scanned: Arc::default(), cloud: Vec::new(), removed: Default::default() }
    }
}

impl PluginManager {
    /// Scans the data folder and puts the result in the place of the catalog, after a discovery that runs already.
    /// Runs no plugin code, and changes nothing that is loaded.
    pub fn discover_plugins(&self) -> Arc<Catalog> {
        self.logged(|| self.0.parts.discovery.run());
        self.catalog()
    }

    /// The same on a thread of its own, which calls `on_done` with the catalog in the end, also when the discovery was
    /// cancelled or failed and the catalog is the one before. False, and no call, while a discovery runs. Nor is there
    /// a call once the last handle of the manager is gone.
    pub fn start_discovery(&self, on_done: impl FnOnce(&Arc<Catalog>) + Send + 'static) -> bool {
        let shared = Arc::downgrade(&self.0);
        self.0.parts.discovery.start(move |done| {
            let Some(manager) = shared.upgrade().map(PluginManager) else { return };
            if let Done::Failed(problem) = done {
                manager.logged(|| tracing::error!(target: "matriline::catalog", "{problem}"));
            }
            on_done(&manager.catalog());
        })
    }

    /// Stops a discovery that runs; the catalog stays as it is.
    pub fn cancel_discovery(&self) {
        self.0.parts.discovery.cancel();
    }

    /// Whether a discovery runs.
    pub fn is_discovery_in_progress(&self) -> bool {
        let runs = self.0.parts.discovery.is_in_progress();
        self.take_over();
        runs
    }

    /// Whether a discovery has ended, with a catalog or an error, and none runs.
    pub fn is_discovery_complete(&self) -> bool {
        let is_complete = self.0.parts.discovery.is_complete();
        self.take_over();
        is_complete
    }

    /// How many folders the discovery that runs has looked at, and of how many.
    pub fn discovery_progress(&self) -> Progress {
        self.0.parts.discovery.progress()
    }

    /// Waits for the discovery that runs, at most so long; [`catalog`](Self::catalog) then answers what it found.
    /// True at once when none runs, false when the time has passed.
    pub fn wait_for_discovery(&self, limit: Option<Duration>) -> bool {
        let ended = self.0.parts.discovery.wait(limit);
        self.take_over();
        ended
    }

    /// Why the last discovery failed.
    pub fn discovery_error(&self) -> Option<String> {
        self.0.parts.discovery.error()
    }

    /// What the last discovery found, with what the cloud says of it.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.take_over();
        self.0.catalog.load_full()
    }

    /// The folders that plugins are looked for in: that of all plugins, and that of the cloud user if there is one
    /// whose name is that of a folder.
    pub fn plugin_directories(&self) -> Vec<PathBuf> {
        let all = self.data_dir().join(PLUGINS_FOLDER);
        let user = self.0.sources.lock().scan.cloud_user.clone().filter(|user| is_safe_folder_name(user));
        let subscribed = user.map(|user| all.join(SUBSCRIBED_FOLDER).join(user));
        [all].into_iter().chain(subscribed).collect()
    }

    /// Looks for the cloud plugins of this user, or of nobody, from the next discovery on. A user whose name is not that
    /// of one folder is told among the catalog's problems.
    pub fn set_cloud_user(&self, user: Option<String>) {
        let mut sources = self.0.sources.lock();
        sources.scan.cloud_user = user;
        self.0.parts.discovery.set_options(sources.scan.clone());
        drop(sources);
        self.recover();
    }

    /// Puts what the cloud says of plugins beside what is installed, in the place of what was told before. It stays
    /// over discoveries. A record without a uuid is left out.
    pub fn update_cloud_catalog(&self, records: Vec<Descriptor>) {
        let mut sources = self.0.sources.lock();
        sources.cloud = records;
        self.publish(&sources);
    }

    /// Takes a plugin out of the catalog until the next discovery. Nothing on disk changes, and it stays loaded if it is.
    /// False when there was none.
    pub fn remove_from_catalog(&self, key: &str) -> bool {
        let was_there = self.catalog().get(key).is_some();
        let mut sources = self.0.sources.lock();
        if !Arc::ptr_eq(&sources.removed.0, &sources.scanned) {
            sources.removed = (sources.scanned.clone(), Vec::new());
        }
        sources.removed.1.push(key.into());
        self.publish(&sources);
        was_there
    }

    /// Whose cloud plugins are looked for, and what becomes of those that ask for another Python.
    pub(crate) fn scan_options(&self) -> (Option<String>, RequiresPython) {
        let sources = self.0.sources.lock();
        (sources.scan.cloud_user.clone(), sources.scan.requires_python)
    }

    /// Makes what a discovery has found the catalog, once.
    fn take_over(&self) {
        let mut sources = self.0.sources.lock();
        let found = self.0.parts.discovery.catalog();
        if Arc::ptr_eq(&found, &sources.scanned) {
            return;
        }
        sources.scanned = found.clone();
        let catalog = self.publish(&sources);
        // the application is called without the lock
        drop(sources);
        let loader = self.loader();
        self.logged(|| {
            loader.quarantine(&catalog);
            report(&catalog);
        });
        for (entry, took) in found.readings() {
            loader.0.timekeeper.record(&entry.descriptor.plugin_key, Phase::Discover, took);
        }
    }

    fn publish(&self, sources: &Sources) -> Arc<Catalog> {
        let catalog = match sources.cloud.is_empty() {
            true => sources.scanned.clone(),
            false => Arc::new(sources.scanned.with_cloud(&sources.cloud)),
        };
        let (of, removed) = &sources.removed;
        let catalog = match !removed.is_empty() && Arc::ptr_eq(of, &sources.scanned) {
            true => Arc::new(catalog.without(removed)),
            false => catalog,
        };
        self.loader().see(catalog.clone());
        self.0.catalog.store(catalog.clone());
        catalog
    }
}

/// Says what a scan found.
fn report(catalog: &Catalog) {
    let (valid, invalid) = (catalog.valid().count(), catalog.invalid().count());
    tracing::info!(target: "matriline::catalog", "Found {valid} plugins and {invalid} broken packages");
    for problem in catalog.problems() {
        tracing::warn!(target: "matriline::catalog", "{problem}");
    }
    for entry in catalog.entries() {
        let plugin = entry.descriptor.plugin_key.as_str();
        let folder = entry.folder.display();
        match entry.error() {
            Some(problem) => {
                tracing::warn!(target: "matriline::catalog", plugin, "Plugin `{plugin}` is broken: {problem}");
            }
            None => tracing::debug!(target: "matriline::catalog", plugin, "Plugin `{plugin}` in `{folder}`"),
        }
        for problem in &entry.problems {
            match problem.severity {
                Severity::Error => {}
                Severity::Warning => {
                    tracing::warn!(target: "matriline::catalog", plugin, "Plugin `{plugin}` in `{folder}`: {problem}");
                }
                Severity::Note => {
                    tracing::debug!(target: "matriline::catalog", plugin, "Plugin `{plugin}` in `{folder}`: {problem}");
                }
            }
        }
    }
}
