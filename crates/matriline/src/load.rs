//! Loading: on a thread of the loader, step by step, with everything undone when a step fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use matriline_capability::{Capability, CapabilityId};
use matriline_catalog::state::InstallState;
use matriline_catalog::{Catalog, CatalogEntry};
use matriline_install::environment::Environment;
use matriline_orca::{LoadRequest, LoadedPlugin, Steps};
use matriline_policy::PlaceRules;
use matriline_python::identity::IdentityOptions;
use matriline_python::{PythonCapability, panic_text, tell};
use matriline_registry::Entry;

use crate::audit::grants;
use crate::events::Event;
use crate::loading::{Job, LoadOptions, LoadStage, Loading};
use crate::marker::Activity;
use crate::services::LoadServices;
use crate::slots::Asked;
use crate::source::Code;
use crate::storage::storage_folder;
use crate::timings::Phase;
use crate::unload::{end, still_running, warn_of_threads};
use crate::{Error, PluginLoader, dependencies};

impl PluginLoader {
    /// Loads an installed plugin: installs what it depends on, imports it, makes its capabilities, runs their
    /// `on_load`. Returns at once; the load runs on a thread of its own, beside others.
    ///
    /// A loaded plugin stays as it is, but for the capabilities that `options` ask for, which are enabled. A plugin
    /// that is being loaded is loaded once. What is loaded is enabled: it is loaded at the next start as well.
    ///
    /// # Errors
    /// They come with the end of the load ([`Loading::wait`]), and stay
    /// ([`plugin_load_error`](Self::plugin_load_error)); nothing of the plugin remains then: [`Error::PluginNotFound`]
    /// and [`Error::PluginInvalid`], which are there at once, [`Error::Environment`], [`Error::Load`] and what its
    /// wheel can have wrong, [`Error::ShutDown`].
    pub fn load_plugin(&self, key: &str, options: LoadOptions) -> Loading {
        self.ask(Job::new(key, options))
    }

    fn ask(&self, job: Arc<Job>) -> Loading {
        match self.0.slots.ask(job.clone()) {
            Asked::Begin(job) => match self.installed(&self.0.catalog.load(), &job.key) {
                Ok(_) => self.begin(job),
                Err(error) => self.leave(&job, Err(error)),
            },
            Asked::Under(job) => return Loading(job),
            Asked::Loaded => {
                self.enable_asked(&job);
                job.end(Ok(()));
                self.tell(Event::Load(job.key.clone()));
                job.told();
            }
            Asked::Stuck(entry) => self.over(&job, Err(still_running(&entry))),
            Asked::Finish(stuck) => self.finish_and_log(stuck),
            Asked::Closed => self.over(&job, Err(Error::ShutDown)),
        }
        Loading(job)
    }

    /// Has a job done by the workers; its slot is taken.
    pub(crate) fn begin(&self, job: Arc<Job>) {
        let (loader, begun) = (self.clone(), job.clone());
        if !self.0.workers.push(move || loader.run(&begun)) {
            let plugin = job.key.clone();
            self.leave(&job, Err(Error::Unexpected { plugin, problem: "no thread can be started".into() }));
        }
    }

    fn run(&self, job: &Arc<Job>) {
        job.begin();
        self.0.in_hand.lock().push(job.clone());
        let loaded = catch_unwind(AssertUnwindSafe(|| self.logged_for(job, || self.load(job))));
        let loaded = loaded.unwrap_or_else(|panic| {
            Err(Error::Unexpected { plugin: job.key.clone(), problem: panic_text(&*panic).into() })
        });
        self.leave(job, loaded);
    }

    /// The slot of a job is given free, unless it holds the plugin now, and whoever waits is told.
    fn leave(&self, job: &Job, loaded: Result<Vec<Arc<Entry>>, Error>) {
        let loaded = loaded.map_err(|error| match job.is_cancelled() {
            true => Error::Cancelled { plugin: job.key.clone() },
            false => error,
        });
        let next = loaded.is_err().then(|| self.0.slots.free(&job.key)).flatten();
        self.over(job, loaded);
        next.into_iter().for_each(|job| self.begin(job));
    }

    /// The end of a load: the kept error, the job, the subscribers, those who wait. `loaded` is what was not there before.
    fn over(&self, job: &Job, loaded: Result<Vec<Arc<Entry>>, Error>) {
        let key = job.key.as_str();
        self.logged_for(job, || match &loaded {
            Ok(_) => self.keep_error(key, None),
            Err(Error::Cancelled { .. }) => {
                tracing::info!(target: "matriline::load", plugin = key, "The load of plugin `{key}` was cancelled");
            }
            Err(error) => {
                self.keep_error(key, Some(error.clone()));
                let traceback = error.traceback().map(|text| format!("\n{text}")).unwrap_or_default();
                tracing::error!(target: "matriline::load", plugin = key, "{error}{traceback}");
            }
        });
        loaded.iter().flatten().for_each(|entry| self.agent_arrives(entry));
        job.end(loaded.as_ref().map(drop).map_err(Error::clone));
        if !matches!(loaded, Err(Error::Cancelled { .. })) {
            self.tell(Event::Load(key.into()));
            for entry in loaded.iter().flatten().filter(|entry| entry.gate().is_enabled()) {
                self.tell(Event::CapabilityLoad(entry.id().clone()));
            }
            self.tell(Event::Changed(key.into()));
        }
        self.0.in_hand.lock().retain(|other| !std::ptr::eq(&raw const **other, job));
        job.told();
    }

    fn load(&self, job: &Arc<Job>) -> Result<Vec<Arc<Entry>>, Error> {
        let key = job.key.as_str();
        let catalog = self.0.catalog.load_full();
        let entry = self.installed(&catalog, key)?;
        self.go_on(job)?;
        let keeper = &self.0.timekeeper;
        let environment = keeper.measure(key, Phase::Environment, || self.environment(entry, job))?;
        self.go_on(job)?;
        let request = self.request(entry, environment.as_ref())?;
        job.enter(LoadStage::Python);
        let plugin = self.run_python(job, request);
        environment.iter().for_each(dependencies::hold);
        let plugin = plugin?;
        if !self.0.slots.settle(job) {
            end(key, plugin);
            return Err(Error::Cancelled { plugin: key.into() });
        }
        let stored = self.0.wishes.read(entry);
        let live = |body: &Arc<PythonCapability>| {
            let enabled = is_enabled(&job.options, stored.as_ref(), body.id());
            let CapabilityId { kind, name, .. } = body.id();
            let calling = Activity::Calling { kind: *kind, capability: name.clone() };
            let watch = keeper.watch(body.timings(), self.0.marker.number(key, &calling));
            Arc::new(Entry::watched(Box::new(body.clone()), enabled, watch))
        };
        let entries: Vec<_> = plugin.capabilities().iter().map(live).collect();
        self.0.wishes.loaded(entry, stored, &entries);
        self.0.kept_off.lock().remove(key);
        let mut collision = None;
        self.0.slots.commit(key, plugin, || collision = self.0.registry.add(key, entries.clone()).err());
        if let Some(collision) = collision {
            // The slot is this thread's and the names were checked, so that no identity can be there already.
            tracing::error!(target: "matriline::load", plugin = key, "{collision}");
        }
        tracing::info!(target: "matriline::load", plugin = key, "Loaded plugin `{key}`");
        Ok(entries)
    }

    /// Runs the plugin's code, marked and timed.
    fn run_python(&self, job: &Job, request: LoadRequest) -> Result<LoadedPlugin, Error> {
        let key = job.key.as_str();
        let loaded = self.0.timekeeper.follow(&self.0.marker, key, |phases| {
            let begins = |phase| {
                phases.enter(match phase {
                    matriline_orca::Phase::Import => Phase::Import,
                    matriline_orca::Phase::Register => Phase::Register,
                    matriline_orca::Phase::OnLoad => Phase::OnLoad,
                });
            };
            matriline_orca::load(request, &Steps { cancelled: &|| job.is_cancelled(), begins: &begins })
        });
        loaded.map_err(|failed| {
            warn_of_threads(key, &failed.threads);
            Error::Load(failed.error)
        })
    }

    fn logged_for<R>(&self, job: &Job, body: impl FnOnce() -> R) -> R {
        if job.is_quiet { tell(body) } else { self.logged(body) }
    }

    /// Loaded already, so only what is asked for changes.
    fn enable_asked(&self, job: &Job) {
        for name in job.options.capabilities.iter().flatten() {
            for entry in self.loaded_plugin_capabilities(&job.key) {
                let CapabilityId { kind, name: own, plugin_key } = entry.id();
                if own == name {
                    self.set_capability_enabled(plugin_key, *kind, own, true);
                }
            }
        }
    }

    /// An error when the load is not wanted any more.
    fn go_on(&self, job: &Job) -> Result<(), Error> {
        match job.is_cancelled() {
            true => Err(Error::Cancelled { plugin: job.key.clone() }),
            false => Ok(()),
        }
    }

    fn installed<'c>(&self, catalog: &'c Catalog, key: &str) -> Result<&'c Arc<CatalogEntry>, Error> {
        let entry = catalog.get(key).ok_or_else(|| Error::PluginNotFound { plugin: key.into() })?;
        if !entry.has_local_package() {
            return Err(Error::NotInstalled { plugin: key.into() });
        }
        match entry.error() {
            None => Ok(entry),
            Some(problem) => {
                Err(Error::PluginInvalid { plugin: key.into(), folder: entry.folder.clone(), problem })
            }
        }
    }

    fn request(
        &self,
        entry: &Arc<CatalogEntry>,
        environment: Option<&Environment>,
    ) -> Result<LoadRequest, Error> {
        let key = &entry.descriptor.plugin_key;
        let unreadable =
            |cause| Error::File { act: "read", path: entry.folder.clone(), cause: Arc::new(cause) };
        let folder = entry.folder.canonicalize().map_err(unreadable)?;
        let file = entry.entry.as_deref().unwrap_or(&folder);
        let code = Code::of(entry, file, &self.0.data_dir.join("cache"))?;
        let mut rules = PlaceRules::for_plugin(&self.0.data_dir, &folder);
        if let Ok(storage) = storage_folder(&self.0.data_dir, entry) {
            rules = rules.with_writable(storage);
        }
        let installed = environment.map(|environment| environment.folder().to_owned());
        let stored = self.0.wishes.read(entry).unwrap_or_default();
        let identity = self.0.audit.identity(IdentityOptions {
            code: vec![code.folder.clone()],
            libraries: installed.iter().cloned().collect(),
            grants: Arc::new(grants(&stored.permissions)),
            ..IdentityOptions::new(key, rules)
        });
        Ok(LoadRequest {
            module: code.module,
            names: code.names,
            environment: environment.map(dependencies::names).unwrap_or_default(),
            distributions: [code.folder.clone()].into_iter().chain(installed).collect(),
            folders: vec![code.folder],
            identity,
            services: Arc::new(LoadServices::new(self, entry)),
        })
    }
}

/// A request wins; without one, what the sidecar remembers; what nobody knows is enabled.
fn is_enabled(options: &LoadOptions, stored: Option<&InstallState>, id: &CapabilityId) -> bool {
    match &options.capabilities {
        Some(wanted) => wanted.contains(&id.name),
        None => stored.and_then(|state| state.is_capability_enabled(id.kind, &id.name)).unwrap_or(true),
    }
}
