//! What every test of this crate begins with: Python, the module `orca`, and plugins in a folder.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use matriline_capability::CapabilityId;
use matriline_orca::{FailedLoad, LoadRequest, LoadedPlugin, Services, Steps, Unloaded, load};
use matriline_policy::PlaceRules;
use matriline_python::identity::{self, Identity, IdentityOptions};
use matriline_python::imports::{EnvironmentName, Source};
use matriline_python::{Interpreter, InterpreterOptions};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A folder of plugins and environments.
pub struct Host(tempfile::TempDir);

/// A plugin that is to be loaded: one script and, perhaps, what its environment brings.
pub struct Plugin<'h> {
    host: &'h Host,
    key: String,
    environment: Vec<EnvironmentName>,
    distributions: Vec<PathBuf>,
}

impl Host {
    pub fn start() -> Self {
        Interpreter::start(InterpreterOptions::default()).unwrap();
        Interpreter::with(matriline_orca::install).unwrap().unwrap();
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    pub fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// A plugin with one capability, whose module begins with `head`.
    pub fn plugin(&self, key: &str, head: &str) -> Plugin<'_> {
        self.write(&format!("{key}/{key}.py"), &script(head, "pass"));
        Plugin { host: self, key: key.into(), environment: Vec::new(), distributions: Vec::new() }
    }

    /// An environment with one package of that name and text.
    pub fn environment(&self, folder: &str, name: &str, text: &str) -> PathBuf {
        let file = self.write(&format!("{folder}/{name}/__init__.py"), text);
        file.parent().unwrap().parent().unwrap().to_path_buf()
    }
}

/// A script with one capability, whose module begins with `head` and whose `on_load` has that body.
pub fn script(head: &str, on_load: &str) -> String {
    format!(
        "import orca\n{head}\n\
         class Edit(orca.gcode.GCodePluginCapabilityBase):\n    \
             def get_name(self):\n        return 'edit'\n\n    \
             def on_load(self):\n        {on_load}\n\n    \
             def on_unload(self):\n        events.append('on_unload') if 'events' in globals() else None\n\n    \
             def execute(self, ctx):\n        return orca.ExecutionResult.success('')\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(Edit)\n"
    )
}

/// A name of an environment; its content is told by its version.
pub fn name(name: &str, folder: &Path, version: &str) -> EnvironmentName {
    EnvironmentName {
        name: name.into(),
        folder: folder.into(),
        distribution: format!("{name}-dist"),
        version: version.into(),
        content: format!("{name} {version}"),
    }
}

/// An application that offers nothing.
struct NoServices;

impl Services for NoServices {
    fn has_config(&self, _: &CapabilityId) -> bool {
        true
    }

    fn config(&self, _: &CapabilityId) -> Option<String> {
        None
    }

    fn config_version(&self, _: &CapabilityId) -> String {
        String::new()
    }

    fn save_config(&self, _: &CapabilityId, _: &str) -> bool {
        false
    }

    fn request_fs_read(&self, _: &str, _: &[String]) -> bool {
        false
    }

    fn post_message(&self, _: &CapabilityId, _: &str) {}
}

impl Plugin<'_> {
    pub fn brings(mut self, name: EnvironmentName) -> Self {
        self.distributions = vec![name.folder.clone()];
        self.environment.push(name);
        self
    }

    pub fn request(&self) -> LoadRequest {
        let folder = self.host.path().join(&self.key);
        let rules = PlaceRules::for_plugin(&self.host.path(), &folder);
        let identity = Identity::new(IdentityOptions {
            code: vec![folder.clone()],
            libraries: self.distributions.clone(),
            ..IdentityOptions::new(&*self.key, rules)
        });
        let mut names = vec![(self.key.clone(), Source::File(folder.join(format!("{}.py", self.key))))];
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if stem != self.key && !stem.starts_with('_') {
                names.push((stem, Source::Folder(folder.clone())));
            }
        }
        LoadRequest {
            module: self.key.clone(),
            names,
            environment: self.environment.clone(),
            folders: vec![folder],
            distributions: self.distributions.clone(),
            identity,
            services: Arc::new(NoServices),
        }
    }

    pub fn try_load(&self) -> Result<LoadedPlugin, FailedLoad> {
        load(self.request(), &Steps::default())
    }

    pub fn load(&self) -> LoadedPlugin {
        self.try_load().unwrap_or_else(|failed| {
            panic!("{failed}\n{}", failed.error.raised().map(|raised| &*raised.traceback).unwrap_or_default())
        })
    }

    /// Loads, which fails, with that in the message.
    pub fn refused(&self, parts: &[&str]) -> FailedLoad {
        let failed = self.try_load().unwrap_err();
        for part in parts {
            assert!(failed.to_string().contains(part), "{failed}\nlacks `{part}`");
        }
        failed
    }
}

/// Unloads; nothing is raised and no thread stays.
pub fn unload(plugin: LoadedPlugin) {
    let Unloaded { raised, threads } = plugin.unload();
    assert!(raised.is_empty() && threads.is_empty(), "{raised:?} {threads:?}");
}

/// Runs a statement with the module of a plugin as its globals, as that plugin.
pub fn run(plugin: &LoadedPlugin, code: &str) -> Result<(), String> {
    let module = plugin.identity().key().to_owned();
    Interpreter::with(|py| {
        let globals = py.import("sys")?.getattr("modules")?.get_item(module)?.getattr("__dict__")?;
        let code = std::ffi::CString::new(code)?;
        identity::lifecycle(plugin.identity(), || py.run(&code, Some(globals.cast::<PyDict>()?), None))
    })
    .unwrap()
    .map_err(|error: PyErr| error.to_string())
}

/// What an expression of the application is worth, as text.
pub fn eval(code: &str) -> String {
    Interpreter::with(|py| {
        let code = std::ffi::CString::new(code).unwrap();
        py.eval(&code, None, None).unwrap().str().unwrap().to_string()
    })
    .unwrap()
}

/// Whether a module is in `sys.modules`.
pub fn is_imported(name: &str) -> bool {
    eval(&format!("'{name}' in __import__('sys').modules")) == "True"
}
