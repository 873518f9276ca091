//! What every test of the facade begins with.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use std::time::{Duration, Instant};

use matriline::types::{Analysis, Automation, Exporter, Importer};
use matriline::{
    CapabilityType, Error, ExecutionResult, GcodeCapability, GcodeContext, InstallState, LoadOptions,
    LogLevel, ManagerBuilder, PluginLoader, PluginManager, Status,
};
use matriline_catalog::state::read_install_state;
use matriline_testkit::DataFolder;

/// A running manager on a data folder with plugins, what it logged, and a G-code file outside of the data folder.
pub struct Application {
    pub manager: PluginManager,
    pub data: DataFolder,
    pub jobs: tempfile::TempDir,
    log: Log,
}

/// The messages so far: level, plugin and text.
pub type Log = Arc<Mutex<Vec<(LogLevel, Option<String>, String)>>>;

impl Application {
    /// With these fixtures installed and discovered.
    pub fn with(fixtures: &[&str]) -> Self {
        let data = DataFolder::new();
        for fixture in fixtures {
            data.add_fixture(fixture);
        }
        Self::on(data)
    }

    /// With one script `orca_plugins/<key>/<key>.py`.
    pub fn with_script(key: &str, source: &str) -> Self {
        let data = DataFolder::new();
        data.add_script(key, &format!("{key}.py"), source);
        Self::on(data)
    }

    pub fn on(data: DataFolder) -> Self {
        Self::start(data, |builder| builder)
    }

    /// With the manager started as `configure` says, and what is installed discovered.
    pub fn start(data: DataFolder, configure: impl FnOnce(ManagerBuilder) -> ManagerBuilder) -> Self {
        let log = Log::default();
        let messages = log.clone();
        let manager = configure(PluginManager::builder(data.path()))
            .application_version("2.4.0")
            .log(move |record| {
                let plugin = record.plugin.map(str::to_owned);
                messages.lock().unwrap().push((record.level, plugin, record.text.to_owned()));
            })
            .start()
            .unwrap();
        manager.discover_plugins();
        let jobs = tempfile::tempdir().unwrap();
        std::fs::write(jobs.path().join("job.gcode"), "G28\nG1 X1 Y1 E1\n").unwrap();
        Self { manager, data, jobs, log }
    }

    /// The one error of loading a plugin.
    pub fn load_error(&self, key: &str) -> Error {
        let error = self.manager.loader().load_plugin(key, LoadOptions::default()).wait().unwrap_err();
        let kept = self.manager.loader().plugin_load_error(key).expect("the error is kept");
        assert_eq!(error.to_string(), kept.to_string());
        assert!(!self.manager.loader().is_plugin_loaded(key));
        error
    }

    pub fn loader(&self) -> &PluginLoader {
        self.manager.loader()
    }

    /// The sidecar of a local plugin, as it is on the disk.
    pub fn state(&self, key: &str) -> Option<InstallState> {
        read_install_state(&self.data.plugins().join(key)).unwrap()
    }

    /// Whether the sidecar of a plugin says that it is to be loaded at the start.
    pub fn is_wished(&self, key: &str) -> bool {
        self.state(key).is_some_and(|state| state.enabled)
    }

    /// The script capabilities of a loaded plugin in the order of their registration, and whether they are enabled.
    pub fn flags(&self, key: &str) -> Vec<(String, bool)> {
        let entries = self.loader().loaded_plugin_capabilities(key);
        entries.iter().map(|entry| (entry.id().name.clone(), entry.gate().is_enabled())).collect()
    }

    /// Switches a script capability.
    pub fn switch(&self, key: &str, name: &str, enabled: bool) -> bool {
        self.loader().set_capability_enabled(key, CapabilityType::Script, name, enabled)
    }

    pub fn load(&self, key: &str) {
        self.manager
            .loader()
            .load_plugin(key, LoadOptions::default())
            .wait()
            .unwrap_or_else(|error| panic!("{error}\n{:?}", error.traceback()));
    }

    pub fn gcode(&self) -> PathBuf {
        self.jobs.path().join("job.gcode")
    }

    /// The capability of a loaded plugin.
    pub fn capability(&self, key: &str, name: &str) -> Arc<dyn GcodeCapability> {
        let found = self.manager.loader().capability::<dyn GcodeCapability>(key, name);
        found.unwrap_or_else(|| panic!("`{key}` has no capability `{name}`"))
    }

    pub fn execute(&self, key: &str, name: &str) -> Result<ExecutionResult, Error> {
        run(&*self.capability(key, name), &self.gcode())
    }

    /// The texts logged about a plugin, at that level.
    pub fn logged(&self, level: LogLevel, plugin: &str) -> Vec<String> {
        let log = self.log.lock().unwrap();
        let wanted = log.iter().filter(|(at, about, _)| *at == level && about.as_deref() == Some(plugin));
        wanted.map(|(_, _, text)| text.clone()).collect()
    }

    /// What plugins printed, and on which side.
    pub fn printed(&self) -> String {
        let logs = std::fs::read_dir(self.data.path().join("log")).unwrap();
        logs.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

/// With the types that an application takes one by one.
pub fn every_type(builder: ManagerBuilder) -> ManagerBuilder {
    builder
        .capability_type(<dyn Importer>::declaration())
        .capability_type(<dyn Exporter>::declaration())
        .capability_type(<dyn Analysis>::declaration())
        .capability_type(<dyn Automation>::declaration())
}

/// Executes on a file, as an export does.
pub fn run(capability: &dyn GcodeCapability, gcode: &Path) -> Result<ExecutionResult, Error> {
    let context = GcodeContext {
        orca_version: "2.4.0",
        gcode_path: gcode.to_str().unwrap(),
        host: "File",
        output_name: "job.gcode",
    };
    Ok(capability.execute(&context)?)
}

pub fn success(message: &str) -> ExecutionResult {
    ExecutionResult { status: Status::Success, message: message.into(), data: String::new() }
}

/// A script with one G-code capability `edit` whose `execute` has that body.
pub fn script(body: &str) -> String {
    let body = body.trim().replace('\n', "\n        ");
    format!(
        "import orca\n\n\
         class Edit(orca.gcode.GCodePluginCapabilityBase):\n    \
             def get_name(self):\n        return 'edit'\n\n    \
             def execute(self, ctx):\n        {body}\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(Edit)\n"
    )
}

/// A plugin whose code begins with `head` and that has these script capabilities: a name, and the body of its class,
/// which may be empty.
pub fn scripts(head: &str, capabilities: &[(&str, &str)]) -> String {
    let mut source = format!("import orca, sys\n\n{head}\n");
    let mut classes = Vec::new();
    for (place, (name, body)) in capabilities.iter().enumerate() {
        let body = body.trim().replace('\n', "\n    ");
        source += &format!(
            "\nclass C{place}(orca.script.ScriptPluginCapabilityBase):\n    \
                 def get_name(self):\n        return '{name}'\n    \
                 def execute(self):\n        return orca.ExecutionResult.success('{name}')\n    {body}\n"
        );
        classes.push(format!("orca.register_capability(C{place})"));
    }
    classes.push("pass".into());
    let classes = classes.join("\n        ");
    source
        + &format!(
            "\n@orca.plugin\nclass Package(orca.base):\n    def register_capabilities(self):\n        {classes}\n"
        )
}

/// Evaluates an expression of Python, and answers it as a text.
pub fn eval(expression: &str) -> String {
    let code = std::ffi::CString::new(expression).unwrap();
    let evaluated = matriline::python::Interpreter::with(|py| {
        py.eval(&code, None, None).map(|value| value.to_string()).map_err(|error| error.to_string())
    });
    evaluated.expect("Python runs").unwrap()
}

/// The modules whose name has that part, sorted.
pub fn modules(part: &str) -> String {
    eval(&format!("' '.join(sorted(name for name in __import__('sys').modules if '{part}' in name))"))
}

/// Waits until something is so.
#[track_caller]
pub fn patiently(what: &str, is: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is() {
        assert!(Instant::now() < end, "Waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Where code of a plugin waits until the test lets it go on.
pub struct Gate(tempfile::TempDir);

impl Gate {
    #[allow(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Python code, on one line, that arrives and waits.
    pub fn wait(&self) -> String {
        let path = self.0.path().join("open");
        format!(
            "import os, sys, time; sys.arrived = getattr(sys, 'arrived', 0) + 1; \
             [time.sleep(0.002) for _ in iter(lambda: os.path.exists('{}'), True)]",
            path.display()
        )
    }

    /// Waits until so many have arrived, at this gate or another.
    #[track_caller]
    pub fn arrived(&self, count: usize) {
        patiently("the plugin arrives", || {
            eval("getattr(__import__('sys'), 'arrived', 0)").parse::<usize>().unwrap() >= count
        });
    }

    pub fn open(&self) {
        std::fs::write(self.0.path().join("open"), "").unwrap();
    }
}
