//! A plugin that runs what a test gives it, with an application behind it.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::sync::Arc;

use matriline::host::{ModelInstance, ModelObject, ModelVolume, Placement, TriangleMesh, VolumeKind};
use matriline::{Error, ExecutionResult, LogLevel, ManagerBuilder, ScriptCapability, Status};
use matriline_testkit::{DataFolder, MemoryHost, MemoryWindow, ScriptedInterface};

use crate::common::{Application, every_type, success};

/// An application with a plugin `host` that is loaded and one `other` that is not, whose scripts run the file `code.py`
/// of the data folder.
pub struct Host {
    pub application: Application,
    pub host: Arc<MemoryHost>,
}

const PLUGIN: &str = "import orca, os, threading, time\n\n\
    orca_plugins = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n\n\
    class Run(orca.script.ScriptPluginCapabilityBase):\n    \
        def get_name(self):\n        return 'run'\n\n    \
        def on_unload(self):\n        events.append('unloaded')\n\n    \
        def execute(self):\n        \
            with open(os.path.join(orca_plugins, '..', 'code.py')) as file:\n            code = file.read()\n        \
            exec(compile(code, '<code of the test>', 'exec'), globals())\n        \
            return orca.ExecutionResult.success('ran')\n\n\
    events = []\n\n\
    @orca.plugin\nclass Package(orca.base):\n    \
        def register_capabilities(self):\n        orca.register_capability(Run)\n";

impl Host {
    pub fn without() -> Self {
        Self::on(Arc::new(MemoryHost::new()), |builder| builder)
    }

    pub fn with(host: MemoryHost) -> Self {
        let host = Arc::new(host);
        Self::on(host.clone(), |builder| builder.host(host))
    }

    pub fn on(host: Arc<MemoryHost>, with: impl FnOnce(ManagerBuilder) -> ManagerBuilder) -> Self {
        let data = DataFolder::new();
        data.add_script("host", "host.py", PLUGIN);
        data.add_script("other", "other.py", PLUGIN);
        let application = Application::start(data, with);
        application.load("host");
        Self { application, host }
    }

    pub fn script(&self) -> Arc<dyn ScriptCapability> {
        self.script_of("host")
    }

    fn script_of(&self, key: &str) -> Arc<dyn ScriptCapability> {
        self.application.manager.loader().capability::<dyn ScriptCapability>(key, "run").unwrap()
    }

    /// Loads a second plugin of the same kind and runs code as that one.
    pub fn run_as_other(&self, code: &str) -> Result<ExecutionResult, Error> {
        self.application.load("other");
        self.write(code);
        Ok(self.script_of("other").execute()?)
    }

    pub fn errors(&self) -> Vec<String> {
        self.application.logged(LogLevel::Error, "host")
    }

    /// What the script is to run next.
    pub fn write(&self, code: &str) {
        std::fs::write(self.application.data.path().join("code.py"), code).unwrap();
    }

    pub fn run(&self, code: &str) -> Result<ExecutionResult, Error> {
        self.write(code);
        Ok(self.script().execute()?)
    }
}

/// Runs statements as the plugin; they assert by themselves.
pub fn check(host: &Host, code: &str) {
    let result =
        host.run(code).unwrap_or_else(|error| panic!("{}", error.traceback().unwrap_or(&error.to_string())));
    assert_eq!((result.status, &result), (Status::Success, &success("ran")));
}

/// `expression` raises `kind` with a message that holds `part`.
pub fn check_raises(host: &Host, expression: &str, kind: &str, part: &str) {
    check(
        host,
        &format!(
            "try:\n    {expression}\nexcept Exception as error:\n    \
             assert type(error).__name__ == {kind:?}, repr(error)\n    assert {part:?} in str(error), str(error)\n\
             else:\n    raise AssertionError('nothing was raised')"
        ),
    );
}

/// A part of 10 by 20 by 30 and a modifier of 2 by 2 by 2; one copy, moved by (5, 6, 0).
pub fn cube() -> ModelObject {
    let part = ModelVolume::new(1, "part", TriangleMesh::cuboid([10.0, 20.0, 30.0]));
    let modifier = ModelVolume {
        kind: VolumeKind::ParameterModifier,
        extruder: Some(2),
        ..ModelVolume::new(2, "modifier", TriangleMesh::cuboid([2.0; 3]))
    };
    let instance = ModelInstance::new(3, Placement::at([5.0, 6.0, 0.0]));
    let config = [("brim_width", "5")].into_iter().collect();
    ModelObject { config, ..ModelObject::new(4, "cube", vec![part, modifier], vec![instance]) }
}

/// An application with a user interface, which offers all there is and takes plugins of every type.
pub fn start() -> (Host, Arc<ScriptedInterface>) {
    let interface = ScriptedInterface::new();
    let host = Arc::new(MemoryHost::with_everything(interface.clone()));
    (Host::on(host.clone(), |builder| every_type(builder.host(host))), interface)
}

/// An application, and a window whose functions append to `events`.
pub fn window(arguments: &str) -> (Host, Arc<MemoryWindow>) {
    let (host, interface) = start();
    check(&host, &format!("window = orca.host.ui.create_window('<p>page</p>', 'Title', {arguments})"));
    let window = interface.windows().remove(0);
    (host, window)
}

/// The functions of a window that tells `events`.
pub const FUNCTIONS: &str =
    "on_message=lambda data: events.append(data), on_close=lambda: events.append('closed')";
