//! Loading: import, capture, make, check, `on_load`. Unloading is the reverse.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use matriline_capability::{CapabilityId, CapabilityType, Raised, TypeSpec, table};
use matriline_python::identity::{self, Identity};
use matriline_python::imports::{self, Claim, EnvironmentName, Source};
use matriline_python::{Interpreter, PythonCapability, import_threading, lossy, output, raised, type_name};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::capture::{Capture, OpenCapture};
use crate::error::{LoadError, Stage};
use crate::module::{self, PACKAGE};
use crate::steps::{FailedLoad, LoadTimes, Phase, Steps};

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
}

/// A plugin that is loaded. It is unloaded by [`unload`](Self::unload), never by being dropped.
#[derive(Debug)]
pub struct LoadedPlugin {
    identity: Arc<Identity>,
    capabilities: Vec<Arc<PythonCapability>>,
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
    let LoadRequest { module, names, environment, folders, distributions, identity } = request;
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
        let mut plugin = LoadedPlugin { identity, capabilities: Vec::new(), times: LoadTimes::default() };
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
            }
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
        let Capture { package, mut capabilities } = open.take();
        let Some(package) = package else {
            return Err(LoadError::NoPackageClass { plugin: self.key() });
        };
        let package = package.bind(py);
        let instance =
            package.call0().map_err(|error| self.raised(py, Stage::Package, Some(package), &error))?;
        instance
            .call_method0(intern!(py, "register_capabilities"))
            .map_err(|error| self.raised(py, Stage::Register, Some(package), &error))?;
        // Classes that were registered while the module was imported come first.
        capabilities.extend(open.take().capabilities);
        Ok(capabilities)
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

    /// Makes the capability of a class and asks it once for its type and its name.
    fn make(&self, class: &Bound<'_, PyType>) -> Result<PythonCapability, LoadError> {
        let py = class.py();
        let raised = |stage| move |error: PyErr| self.raised(py, stage, Some(class), &error);
        let instance = class.call0().map_err(raised(Stage::Capability))?;
        let kind = instance.call_method0(intern!(py, "get_type")).map_err(raised(Stage::GetType))?;
        let kind = self.kind(class, &kind)?;
        let name = instance.call_method0(intern!(py, "get_name")).map_err(raised(Stage::GetName))?;
        let name = self.name(class, &name)?;
        if let Some(row) = table::row(kind) {
            self.warn_unwritten(class, row, &name);
        }
        let id = CapabilityId { kind, name, plugin_key: self.key() };
        PythonCapability::new(&instance, id, self.identity.clone(), PACKAGE)
            .map_err(raised(Stage::Capability))
    }

    fn kind(
        &self,
        class: &Bound<'_, PyType>,
        answer: &Bound<'_, PyAny>,
    ) -> Result<CapabilityType, LoadError> {
        let py = class.py();
        let members =
            matriline_python::module(py, PACKAGE).and_then(|orca| orca.getattr(intern!(py, "PluginType")));
        let is_member = members.and_then(|class| answer.is_instance(&class)).unwrap_or(false);
        let number = answer.getattr(intern!(py, "value")).and_then(|value| value.extract::<u8>()).ok();
        number
            .filter(|_| is_member)
            .and_then(CapabilityType::from_number)
            .ok_or_else(|| self.wrong_answer(class, "get_type", "a member of `orca.PluginType`", answer))
    }

    fn name(&self, class: &Bound<'_, PyType>, answer: &Bound<'_, PyAny>) -> Result<String, LoadError> {
        let Ok(name) = answer.cast::<PyString>() else {
            return Err(self.wrong_answer(class, "get_name", "a `str`", answer));
        };
        match lossy(name) {
            name if name.is_empty() => {
                Err(LoadError::EmptyName { plugin: self.key(), class: type_name(class) })
            }
            name if name.contains(';') => Err(LoadError::SeparatorInName { plugin: self.key(), name }),
            name => Ok(name),
        }
    }

    /// A class without a method of its row loads, since others of its methods may work; a call of it is an error.
    fn warn_unwritten(&self, class: &Bound<'_, PyType>, row: &TypeSpec, name: &str) {
        let py = class.py();
        let base = matriline_python::module(py, &format!("{PACKAGE}.{}", row.python_module));
        let base = base.and_then(|module| module.getattr(PyString::intern(py, row.python_class)));
        for method in row.methods {
            let method_name = PyString::intern(py, method.name);
            let inherited = base.as_ref().ok().and_then(|base| base.getattr(&method_name).ok());
            let own = class.getattr(&method_name).ok();
            let written = own.is_some_and(|own| inherited.is_none_or(|inherited| !own.is(&inherited)));
            if !written {
                let (plugin, class, method) = (self.identity.key(), type_name(class), method.name);
                tracing::warn!(target: "matriline::load", plugin, "Plugin `{plugin}`: class `{class}` of capability `{name}` has no method `{method}`; every call of it will fail");
            }
        }
    }

    fn check_duplicates(&self) -> Result<(), LoadError> {
        use matriline_capability::Capability;
        let mut seen = HashSet::new();
        for capability in &self.capabilities {
            let CapabilityId { kind, name, .. } = capability.id();
            if !seen.insert((*kind, name)) {
                return Err(LoadError::Duplicate { plugin: self.key(), name: name.clone(), kind: *kind });
            }
        }
        Ok(())
    }

    /// Runs `on_unload` of the first `count` capabilities; what they raise ends nothing.
    fn on_unload(&self, py: Python<'_>, count: usize) -> Vec<(CapabilityId, Raised)> {
        use matriline_capability::Capability;
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
        for capability in &self.capabilities {
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

    fn wrong_answer(
        &self,
        class: &Bound<'_, PyType>,
        method: &'static str,
        expected: &'static str,
        answer: &Bound<'_, PyAny>,
    ) -> LoadError {
        let (class, found) = (type_name(class), type_name(&answer.get_type()));
        LoadError::WrongAnswer { plugin: self.key(), class, method, expected, found }
    }
}
