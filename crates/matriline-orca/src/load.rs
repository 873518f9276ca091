//! Loading: import, capture, make, check, `on_load`. Unloading is the reverse.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use matriline_capability::{CapabilityId, CapabilityType, Raised, TypeSpec, table};
use matriline_python::identity::{self, Identity};
use matriline_python::imports::{self, Source};
use matriline_python::{Interpreter, PythonCapability, import_threading, lossy, output, raised, type_name};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::capture::{Capture, OpenCapture};
use crate::error::{LoadError, Stage};
use crate::module::{self, PACKAGE};

/// What is to be loaded.
#[derive(Debug)]
pub struct LoadRequest {
    /// The module that registers the plugin.
    pub module: String,
    /// The top-level names that the plugin brings, its own module among them, and where they come from.
    pub names: Vec<(String, Source)>,
    /// The folders that modules of this load come from; unloading removes what was imported from there.
    pub folders: Vec<PathBuf>,
    /// Whose code it is.
    pub identity: Arc<Identity>,
}

/// A plugin that is loaded. It is unloaded by [`unload`](Self::unload), never by being dropped.
#[derive(Debug)]
pub struct LoadedPlugin {
    identity: Arc<Identity>,
    folders: Vec<PathBuf>,
    capabilities: Vec<Arc<PythonCapability>>,
}

/// Loads a plugin: imports its module, lets it register, makes and checks its capabilities, runs their `on_load`.
///
/// # Errors
/// [`LoadError`]; everything is undone then.
///
/// Threads: any; takes the GIL for as long as Python runs.
pub fn load(request: LoadRequest) -> Result<LoadedPlugin, LoadError> {
    let LoadRequest { module, names, folders, identity } = request;
    let key = identity.key().to_owned();
    let loading = |py: Python<'_>| {
        imports::claim(py, &key, names).map_err(|taken| LoadError::taken(&key, &taken))?;
        let mut plugin = LoadedPlugin { identity, folders, capabilities: Vec::new() };
        if let Err(error) = import_threading(py) {
            tracing::warn!(target: "matriline::load", "`threading` cannot be imported: {error}");
        }
        let entered = plugin.enter(py, &module);
        if let Err(error) = output::redirect(py).and_then(|()| module::restore(py)) {
            tracing::warn!(target: "matriline::load", plugin = &*key, "What plugin `{key}` replaced in `sys` or `orca` stays replaced: {error}");
        }
        match entered {
            Ok(()) => Ok(plugin),
            Err(error) => {
                plugin.leave(py);
                Err(error)
            }
        }
    };
    Interpreter::with(loading).unwrap_or_else(|| Err(LoadError::NotRunning { plugin: key.clone() }))
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

    /// Runs `on_unload` of each capability in the order of registration and lets go of everything Python. The gates
    /// of the capabilities are closed and empty. Answers what `on_unload` raised.
    pub fn unload(self) -> Vec<(CapabilityId, Raised)> {
        let unloading = |py: Python<'_>| {
            let problems = self.on_unload(py, self.capabilities.len());
            self.leave(py);
            problems
        };
        Interpreter::with(unloading).unwrap_or_default()
    }

    fn enter(&mut self, py: Python<'_>, module: &str) -> Result<(), LoadError> {
        let identity = self.identity.clone();
        let capture = identity::lifecycle(&identity, || self.register(py, module))?;
        for class in &capture.capabilities {
            let capability = identity::lifecycle(&identity, || self.make(class.bind(py)))?;
            self.capabilities.push(Arc::new(capability));
        }
        if self.capabilities.is_empty() {
            return Err(LoadError::NoCapabilities { plugin: self.key() });
        }
        self.check_duplicates()?;
        for place in 0..self.capabilities.len() {
            let capability = self.capabilities[place].clone();
            let loaded = capability.with_instance(py, |instance| {
                let called = instance.call_method0("on_load");
                called
                    .map(drop)
                    .map_err(|error| self.raised(py, Stage::OnLoad, Some(&instance.get_type()), &error))
            });
            if let Some(Err(error)) = loaded {
                // The capability that failed may have begun, so it ends as well.
                self.on_unload(py, place + 1);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Imports the module and lets the plugin register its capabilities.
    fn register(&self, py: Python<'_>, module: &str) -> Result<Capture, LoadError> {
        let open = OpenCapture::open();
        py.import(module).map_err(|error| self.raised(py, Stage::Import, None, &error))?;
        let mut capture = open.take();
        let Some(package) = capture.package.take() else {
            return Err(LoadError::NoPackageClass { plugin: self.key() });
        };
        let package = package.bind(py);
        let instance =
            package.call0().map_err(|error| self.raised(py, Stage::Package, Some(package), &error))?;
        instance
            .call_method0("register_capabilities")
            .map_err(|error| self.raised(py, Stage::Register, Some(package), &error))?;
        // Classes that were registered while the module was imported come first.
        capture.capabilities.extend(open.take().capabilities);
        Ok(capture)
    }

    /// Makes the capability of a class and asks it once for its type and its name.
    fn make(&self, class: &Bound<'_, PyType>) -> Result<PythonCapability, LoadError> {
        let py = class.py();
        let raised = |stage| move |error: PyErr| self.raised(py, stage, Some(class), &error);
        let instance = class.call0().map_err(raised(Stage::Capability))?;
        let kind = instance.call_method0("get_type").map_err(raised(Stage::GetType))?;
        let kind = self.kind(class, &kind)?;
        let name = instance.call_method0("get_name").map_err(raised(Stage::GetName))?;
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
        let members = py.import(PACKAGE).and_then(|orca| orca.getattr("PluginType"));
        let is_member = members.and_then(|class| answer.is_instance(&class)).unwrap_or(false);
        let number = answer.getattr("value").and_then(|value| value.extract::<u8>()).ok();
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
        let base = class.py().import(format!("{PACKAGE}.{}", row.python_module));
        let base = base.and_then(|module| module.getattr(row.python_class));
        for method in row.methods {
            let inherited = base.as_ref().ok().and_then(|base| base.getattr(method.name).ok());
            let own = class.getattr(method.name).ok();
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
                instance.call_method0("on_unload").map(drop).map_err(|error| raised(py, &error))
            });
            Some((capability.id().clone(), called?.err()?))
        };
        self.capabilities[..count].iter().filter_map(run).collect()
    }

    /// Lets go of the objects and the modules.
    fn leave(&self, py: Python<'_>) {
        for capability in &self.capabilities {
            capability.retire(py);
        }
        // Destructors of what goes with the modules run as the plugin.
        let released =
            identity::lifecycle(&self.identity, || imports::release(py, self.identity.key(), &self.folders));
        if let Err(error) = released {
            let plugin = self.identity.key();
            tracing::warn!(target: "matriline::load", plugin, "The modules of plugin `{plugin}` stay: {error}");
        }
        self.identity.retire(py);
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
