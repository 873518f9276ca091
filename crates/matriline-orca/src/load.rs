//! Loading: import, capture, make, check, `on_load`. Unloading is the reverse.

mod make;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use matriline_capability::{CallError, Capability, CapabilityId, Common, CommonCapability, Raised};
use matriline_python::identity::{self, Identity};
use matriline_python::imports::{self, Claim, EnvironmentName, Source};
use matriline_python::{Interpreter, PythonCapability, import_threading, output, raised, type_name};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::capture::{Capture, OpenCapture};
use crate::defaults::default_config;
use crate::error::{LoadError, Stage};
use crate::module;
use crate::services::Services;
use crate::steps::{FailedLoad, LoadTimes, Phase, Steps};
use crate::{handles, host};

/// What is to be loaded.
#[derive(Debug)]
pub struct LoadRequest {
    /// The module that registers the plugin.
    pub module: String,
    /// The top-level names that the plugin brings, its own module among them, and where they come from.
    pub names: Vec<(String, Source)>,
    /// The top-level names that its environment brings.
    pub environment: Vec<EnvironmentName>,
    /// The folders that modules of this load come from; unloading removes what was imported from there.
    pub folders: Vec<PathBuf>,
    /// The folders in which `importlib.metadata` finds the plugin's distributions: that of its environment, and that
    /// of its own wheel.
    pub distributions: Vec<PathBuf>,
    /// Whose code it is.
    pub identity: Arc<Identity>,
    /// Whom it asks for its configuration and the like.
    pub services: Arc<dyn Services>,
}

/// A plugin that is loaded. It is unloaded by [`unload`](Self::unload), never by being dropped.
#[derive(Debug)]
pub struct LoadedPlugin {
    identity: Arc<Identity>,
    services: Arc<dyn Services>,
    capabilities: Vec<Arc<PythonCapability>>,
    /// The capabilities that have a page for their configuration, by their place.
    with_page: Vec<usize>,
    times: LoadTimes,
}

/// What is to be said of a plugin that was unloaded.
#[derive(Debug, Default)]
pub struct Unloaded {
    /// What `on_unload` raised.
    pub raised: Vec<(CapabilityId, Raised)>,
    /// The names of threads that the plugin started and that are still there.
    pub threads: Vec<String>,
}

/// Loads a plugin: imports its module, lets it register, makes and checks its capabilities, runs their `on_load`.
///
/// # Errors
/// [`FailedLoad`]; everything is undone then.
///
/// Threads: any, several at a time; takes the GIL for as long as Python runs.
pub fn load(request: LoadRequest, steps: &Steps<'_>) -> Result<LoadedPlugin, FailedLoad> {
    let LoadRequest { module, names, environment, folders, distributions, identity, services } = request;
    let owner = identity.key().to_owned();
    let not_running = LoadError::NotRunning { plugin: owner.clone() };
    let claim = Claim { owner, names, environment, folders, distributions };
    let loading = |py: Python<'_>| {
        if let Err(taken) = imports::claim(py, claim) {
            identity.retire(py);
            return Err(FailedLoad::at_once(LoadError::taken(identity.key().to_owned(), taken)));
        }
        if let Err(error) = import_threading(py) {
            tracing::warn!(target: "matriline::load", "`threading` cannot be imported: {error}");
        }
        let mut plugin = LoadedPlugin {
            identity,
            services,
            capabilities: Vec::new(),
            with_page: Vec::new(),
            times: LoadTimes::default(),
        };
        let entered = plugin.enter(py, &module, steps);
        plugin.put_back(py);
        match entered {
            Ok(()) => Ok(plugin),
            Err(error) => {
                let threads = plugin.leave(py);
                Err(FailedLoad { error: Box::new(error), times: plugin.times, threads })
            }
        }
    };
    Interpreter::with(loading).unwrap_or_else(|| Err(FailedLoad::at_once(not_running)))
}

impl LoadedPlugin {
    /// The capabilities, in the order of their registration.
    pub fn capabilities(&self) -> &[Arc<PythonCapability>] {
        &self.capabilities
    }

    /// Whose code it is.
    pub fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    /// Whether a capability has a page for its configuration, as it said when it was loaded.
    pub fn has_config_ui(&self, id: &CapabilityId) -> bool {
        self.with_page.iter().any(|place| self.capabilities[*place].id() == id)
    }

    /// Closes the dialogs that its threads wait for: it is to be unloaded, and calls are to return.
    ///
    /// Threads: any.
    pub fn close_dialogs(&self) {
        host::dismiss(&self.identity);
    }

    /// How long the phases of its load took.
    pub fn times(&self) -> LoadTimes {
        self.times
    }

    /// Runs `on_unload` of each capability in the order of registration and lets go of everything Python. The gates
    /// of the capabilities are closed and empty.
    pub fn unload(self) -> Unloaded {
        let unloading = |py: Python<'_>| {
            let raised = self.on_unload(py, self.capabilities.len());
            self.put_back(py);
            Unloaded { raised, threads: self.leave(py) }
        };
        Interpreter::with(unloading).unwrap_or_default()
    }

    fn enter(&mut self, py: Python<'_>, module: &str, steps: &Steps<'_>) -> Result<(), LoadError> {
        let identity = self.identity.clone();
        let open = OpenCapture::open();
        self.go_on(steps)?;
        self.timed(steps, Phase::Import, |plugin| {
            identity::lifecycle(&identity, || plugin.import(py, module))
        })?;
        self.go_on(steps)?;
        self.timed(steps, Phase::Register, |plugin| {
            let classes = identity::lifecycle(&identity, || plugin.register(py, open))?;
            for class in &classes {
                plugin.go_on(steps)?;
                let capability = identity::lifecycle(&identity, || plugin.make(class.bind(py)))?;
                plugin.capabilities.push(Arc::new(capability));
            }
            match plugin.capabilities.is_empty() {
                true => Err(LoadError::NoCapabilities { plugin: plugin.key() }),
                false => plugin.check_duplicates(),
            }?;
            plugin.seed_configs();
            Ok(())
        })?;
        self.timed(steps, Phase::OnLoad, |plugin| {
            for place in 0..plugin.capabilities.len() {
                if let Err(cancelled) = plugin.go_on(steps) {
                    plugin.on_unload(py, place);
                    return Err(cancelled);
                }
                if let Err(error) = plugin.on_load(py, place) {
                    // The capability that failed may have begun, so it ends as well.
                    plugin.on_unload(py, place + 1);
                    return Err(error);
                }
            }
            plugin.ask_for_pages();
            Ok(())
        })
    }

    /// An error when the load is to end.
    fn go_on(&self, steps: &Steps<'_>) -> Result<(), LoadError> {
        match (steps.cancelled)() {
            true => Err(LoadError::Cancelled { plugin: self.key() }),
            false => Ok(()),
        }
    }

    fn timed<R>(&mut self, steps: &Steps<'_>, phase: Phase, body: impl FnOnce(&mut Self) -> R) -> R {
        (steps.begins)(phase);
        let begun = Instant::now();
        let answer = body(self);
        self.times.note(phase, begun);
        answer
    }

    fn import(&self, py: Python<'_>, module: &str) -> Result<(), LoadError> {
        py.import(module).map(drop).map_err(|error| self.raised(py, Stage::Import, None, &error))
    }

    /// Lets the plugin register its capabilities; answers their classes.
    fn register(&self, py: Python<'_>, open: OpenCapture) -> Result<Vec<Py<PyType>>, LoadError> {
        let Capture { package, mut capabilities, mut fs_read } = open.take();
        let Some(package) = package else {
            return Err(LoadError::NoPackageClass { plugin: self.key() });
        };
        let package = package.bind(py);
        let instance =
            package.call0().map_err(|error| self.raised(py, Stage::Package, Some(package), &error))?;
        instance
            .call_method0(intern!(py, "register_capabilities"))
            .map_err(|error| self.raised(py, Stage::Register, Some(package), &error))?;
        // What was registered while the module was imported comes first.
        let registered = open.take();
        capabilities.extend(registered.capabilities);
        fs_read.extend(registered.fs_read);
        self.ask_for_permissions(fs_read)?;
        Ok(capabilities)
    }

    /// What the plugin asked for is decided when it has registered, all at once.
    fn ask_for_permissions(&self, paths: Vec<String>) -> Result<(), LoadError> {
        let may = || self.services.request_fs_read(self.identity.key(), &paths);
        match paths.is_empty() || identity::host_call(may) {
            true => Ok(()),
            false => Err(LoadError::PermissionDenied { plugin: self.key(), paths }),
        }
    }

    /// A capability that has a configuration to begin with, and none stored, has it stored.
    fn seed_configs(&self) {
        for capability in &self.capabilities {
            let id = capability.id();
            if !capability.has(Common::GetDefaultConfig)
                || identity::host_call(|| self.services.has_config(id))
            {
                continue;
            }
            match default_config(capability) {
                Ok(config) if config == "{}" => {}
                Ok(config) => drop(identity::host_call(|| self.services.save_config(id, &config))),
                Err(error) => self.warn_of(&error),
            }
        }
    }

    /// Asked once: what raises, or answers something else, has no page.
    fn ask_for_pages(&mut self) {
        for (place, capability) in self.capabilities.iter().enumerate() {
            if !capability.has(Common::HasConfigUi) {
                continue;
            }
            match capability.has_config_ui() {
                Ok(true) => self.with_page.push(place),
                Ok(false) => {}
                Err(error) => self.warn_of(&error),
            }
        }
    }

    fn warn_of(&self, error: &CallError) {
        let plugin = self.identity.key();
        let traceback = error.raised().map(|raised| format!("\n{}", raised.traceback)).unwrap_or_default();
        tracing::warn!(target: "matriline::config", plugin, "{error}{traceback}");
    }

    fn on_load(&self, py: Python<'_>, place: usize) -> Result<(), LoadError> {
        let loaded = self.capabilities[place].with_instance(py, |instance| {
            let called = instance.call_method0(intern!(py, "on_load"));
            called
                .map(drop)
                .map_err(|error| self.raised(py, Stage::OnLoad, Some(&instance.get_type()), &error))
        });
        loaded.unwrap_or(Ok(()))
    }

    /// Runs `on_unload` of the first `count` capabilities; what they raise ends nothing.
    fn on_unload(&self, py: Python<'_>, count: usize) -> Vec<(CapabilityId, Raised)> {
        let run = |capability: &Arc<PythonCapability>| {
            let called = capability.with_instance(py, |instance| {
                instance.call_method0(intern!(py, "on_unload")).map(drop).map_err(|error| raised(py, &error))
            });
            Some((capability.id().clone(), called?.err()?))
        };
        self.capabilities[..count].iter().filter_map(run).collect()
    }

    /// Puts back what all plugins share and this one replaced.
    fn put_back(&self, py: Python<'_>) {
        let plugin = self.identity.key();
        let acts = [
            output::redirect(py),
            module::restore(py),
            imports::restore_builtins(py),
            imports::settle(py, plugin),
        ];
        for error in acts.into_iter().filter_map(Result::err) {
            tracing::warn!(target: "matriline::load", plugin, "What plugin `{plugin}` replaced in `sys`, `builtins` or `orca` stays replaced: {error}");
        }
    }

    /// Lets go of the objects and the modules; answers the names of threads that are still there.
    fn leave(&self, py: Python<'_>) -> Vec<String> {
        host::release(py, &self.identity);
        for capability in &self.capabilities {
            capability.with_instance(py, handles::remove);
            capability.retire(py);
        }
        // Destructors of what goes with the modules run as the plugin.
        let released = identity::lifecycle(&self.identity, || imports::release(py, self.identity.key()));
        if let Err(error) = released {
            let plugin = self.identity.key();
            tracing::warn!(target: "matriline::load", plugin, "The modules of plugin `{plugin}` stay: {error}");
        }
        self.identity.retire(py);
        self.identity.thread_names(py)
    }

    fn key(&self) -> String {
        self.identity.key().to_owned()
    }

    fn raised(
        &self,
        py: Python<'_>,
        stage: Stage,
        class: Option<&Bound<'_, PyType>>,
        error: &PyErr,
    ) -> LoadError {
        let raised = Box::new(raised(py, error));
        LoadError::Raised { plugin: self.key(), stage, class: class.map(type_name), raised }
    }
}

/// Runs `on_cancelled` of a capability whose calls are to return; answers what it raised.
///
/// Threads: any; takes the GIL, which the calls may keep for long. The capability may be unloaded meanwhile.
pub fn tell_cancelled(capability: &PythonCapability) -> Option<Raised> {
    let tell = |py: Python<'_>| {
        capability.with_instance(py, |instance| {
            instance.call_method0(intern!(py, "on_cancelled")).err().map(|error| raised(py, &error))
        })
    };
    Interpreter::with(tell).flatten().flatten()
}
