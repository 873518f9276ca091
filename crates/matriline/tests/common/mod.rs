//! What every test of the facade begins with.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use matriline::{
    Error, ExecutionResult, GcodeCapability, GcodeContext, LoadOptions, LogLevel, PluginManager, Status,
};
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
        let log = Log::default();
        let messages = log.clone();
        let manager = PluginManager::builder(data.path())
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
