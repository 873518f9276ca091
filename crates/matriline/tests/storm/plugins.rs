//! The twenty plugins of the storm: quiet ones, slow ones, and those that do what plugins must not do.
//!
//! Each tells in `sys.storm` whether it is loaded, so that two loads of one plugin at a time, a call of a plugin that
//! is gone, or a load that was not undone is found out by the plugin itself.

use std::fs;
use std::path::{Path, PathBuf};

use matriline::ErrorCode;
use matriline_testkit::WheelBuilder;

/// A plugin, and what may become of it.
pub(crate) struct Plugin {
    pub(crate) key: &'static str,
    /// Runs when the module is imported.
    import: &'static str,
    register: &'static str,
    on_load: &'static str,
    on_unload: &'static str,
    execute: &'static str,
    /// Whether it has a script beside the G-code capability.
    pub(crate) has_script: bool,
    is_wheel: bool,
    /// Whether its loads fail.
    pub(crate) fate: Fate,
    /// What its calls may fail with.
    pub(crate) call_fails: Option<ErrorCode>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Loads,
    Fails,
    Either,
}

const QUIET: Plugin = Plugin {
    key: "",
    import: "",
    register: "",
    on_load: "",
    on_unload: "",
    execute: "",
    has_script: false,
    is_wheel: false,
    fate: Fate::Loads,
    call_fails: None,
};

const SLEEP: &str = "time.sleep(0.02)";
const RAISE: &str = "raise ValueError('on purpose')";
const CHANCE: &str = "import random; 1 / (random.random() > 0.3)";
/// Ends when the plugin does.
const THREAD: &str = "self.stop = threading.Event(); threading.Thread(target=self.stop.wait).start()";
/// Outlives it for a moment.
const STRAY: &str = "threading.Thread(target=time.sleep, args=(0.05,), daemon=True).start()";

pub(crate) const PLUGINS: [Plugin; 20] = [
    Plugin { key: "quiet_0", ..QUIET },
    Plugin { key: "quiet_1", ..QUIET },
    Plugin { key: "quiet_2", ..QUIET },
    Plugin { key: "quiet_3", ..QUIET },
    Plugin { key: "quiet_4", ..QUIET },
    Plugin { key: "prints", execute: "print('at work', ctx.host)", ..QUIET },
    Plugin { key: "both", has_script: true, ..QUIET },
    Plugin { key: "wheel-1.0-py3-none-any", is_wheel: true, ..QUIET },
    Plugin { key: "threads", on_load: THREAD, on_unload: "self.stop.set()", ..QUIET },
    Plugin { key: "strays", on_load: STRAY, execute: STRAY, ..QUIET },
    Plugin { key: "collects", import: "import gc", on_unload: "gc.collect()", ..QUIET },
    Plugin { key: "slow_import", import: SLEEP, ..QUIET },
    Plugin { key: "slow_call", execute: SLEEP, ..QUIET },
    Plugin { key: "slow_unload", on_unload: SLEEP, ..QUIET },
    Plugin { key: "bad_import", import: RAISE, fate: Fate::Fails, ..QUIET },
    Plugin { key: "bad_register", register: RAISE, fate: Fate::Fails, ..QUIET },
    Plugin { key: "bad_on_load", on_load: RAISE, fate: Fate::Fails, ..QUIET },
    Plugin { key: "bad_on_unload", on_unload: RAISE, ..QUIET },
    Plugin {
        key: "bad_call",
        execute: RAISE,
        has_script: true,
        call_fails: Some(ErrorCode::PluginRaised),
        ..QUIET
    },
    Plugin { key: "moody", import: CHANCE, register: CHANCE, on_load: CHANCE, fate: Fate::Either, ..QUIET },
];

/// The names of the capabilities.
pub(crate) const GCODE: &str = "edit";
pub(crate) const SCRIPT: &str = "run";

impl Plugin {
    /// The name that it is imported under.
    pub(crate) fn module(&self) -> &'static str {
        self.key.split('-').next().unwrap_or(self.key)
    }

    /// The package of a version, in a folder of its own, ready to be installed.
    pub(crate) fn write(&self, folder: &Path, version: &str) -> PathBuf {
        let folder = folder.join(self.key).join(version);
        fs::create_dir_all(&folder).unwrap();
        let module = self.module();
        // its key is the name of its file, so that both versions have one
        let wheel = WheelBuilder::new(module, "1.0")
            .file(&format!("{module}/__init__.py"), self.source(version))
            .file(&format!("{module}/words.py"), "GREETING = 'hello'\n");
        let (name, bytes) = match self.is_wheel {
            true => (wheel.file_name(), wheel.build()),
            false => (format!("{}.py", self.key), self.source(version).into_bytes()),
        };
        fs::write(folder.join(&name), bytes).unwrap();
        folder.join(name)
    }

    fn source(&self, version: &str) -> String {
        let Self { key, import, register, on_load, on_unload, execute, has_script, is_wheel, .. } = self;
        let inside = if *is_wheel { "from . import words" } else { "" };
        let script = match has_script {
            true => format!(
                "class Run(orca.script.ScriptPluginCapabilityBase):
    def get_name(self):
        return '{SCRIPT}'

    def execute(self):
        ctx = None
        {execute}
        return orca.ExecutionResult.success('done')
"
            ),
            false => "Run = None\n".into(),
        };
        format!(
            "# /// script
# requires-python = '>=3.10'
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = '{key}'
# description = 'One of the plugins of the storm'
# author = 'Nobody'
# version = '{version}'
# ///
import sys, threading, time
import orca
{inside}
{import}

class Edit(orca.gcode.GCodePluginCapabilityBase):
    is_loaded = False

    def get_name(self):
        return '{GCODE}'

    def on_load(self):
        assert not sys.storm.get('{key}'), 'loaded twice'
        sys.storm['{key}'] = self.is_loaded = True
        {on_load}

    def on_unload(self):
        sys.storm['{key}'] = self.is_loaded = False
        {on_unload}

    def execute(self, ctx):
        assert self.is_loaded, 'called after it was unloaded'
        {execute}
        assert self.is_loaded, 'unloaded under a call'
        return orca.ExecutionResult.success(ctx.gcode_path)

{script}
@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        {register}
        orca.register_capability(Edit)
        if Run:
            orca.register_capability(Run)
"
        )
    }
}
