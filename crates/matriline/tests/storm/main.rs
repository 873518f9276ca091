//! A storm: sixteen threads load, unload, enable, disable, install and execute twenty plugins at random.
//!
//! It lasts five seconds, or `MATRILINE_STORM_SECONDS`; `MATRILINE_STORM_SEED` repeats the acts of an earlier one, if
//! not their timing. Every answer is held against what the plugin may do; a thread that hangs ends the storm with the
//! stacks of all. In the end everything answers, and a second storm has left no more memory behind than the first.
//!
//! Beside it the quiet case: one thread that loads and unloads, over and over.

mod memory;
mod plugins;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use matriline::python::Interpreter;
use matriline::{
    CapabilityType, Error, ErrorCode, GcodeCapability, GcodeContext, LoadError, LoadOptions, PluginManager,
};
use matriline_testkit::{DataFolder, process_tests, report};

use memory::Memory;
use plugins::{Fate, GCODE, PLUGINS, Plugin, SCRIPT};
use watch::Watch;

const THREADS: usize = 16;

fn a_storm_leaves_everything_answering_and_memory_flat() {
    let seconds = setting("MATRILINE_STORM_SECONDS").unwrap_or(5);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let seed = setting("MATRILINE_STORM_SEED").unwrap_or(now.as_nanos() as u64);
    report(&format!("{seconds} seconds, MATRILINE_STORM_SEED={seed}"));

    let host = Host::start();
    let half = Duration::from_secs(seconds) / 2;
    let (first_acts, first) = host.storm(seed, half);
    report(&format!("{first_acts} acts, then {first}"));
    let (second_acts, second) = host.storm(!seed, half);
    report(&format!("{second_acts} acts, then {second}"));

    second.assert_flat_since(&first);
    host.manager.shutdown().unwrap();
}

/// The plugins that load are unloaded and loaded again: 300 times, or `MATRILINE_STORM_RELOADS`.
fn reloading_leaves_memory_flat() {
    let reloads = setting("MATRILINE_STORM_RELOADS").unwrap_or(300);
    let host = Host::start();
    let quick = ["quiet_0", "both", "threads", "bad_on_unload", "wheel-1.0-py3-none-any"];
    let reload = |number: u64| {
        let loader = host.manager.loader();
        let key = quick[number as usize % quick.len()];
        loader.load_plugin(key, LoadOptions::default()).wait().unwrap();
        host.execute(key, 0).unwrap();
        loader.unload_plugin(key).unwrap();
    };
    (0..200).for_each(reload);
    let first = Memory::measure();
    (0..reloads).for_each(reload);
    let last = Memory::measure();
    report(&format!("{first}; after {reloads} more reloads {last}"));
    last.assert_flat_since(&first);
    assert!(last.resident - first.resident < 1024, "{first}; then {last}");
    host.manager.shutdown().unwrap();
}

struct Host {
    manager: PluginManager,
    /// Of each plugin two versions, and a folder for jobs.
    files: tempfile::TempDir,
    /// Goes last.
    _data: DataFolder,
}

impl Host {
    fn start() -> Self {
        let data = DataFolder::new();
        let manager = PluginManager::builder(data.path()).log(|_| {}).start().unwrap();
        Interpreter::with(|py| py.run(c"import sys; sys.storm = {}", None, None).unwrap());
        let host = Self { manager, files: tempfile::tempdir().unwrap(), _data: data };
        for plugin in &PLUGINS {
            plugin.write(host.files.path(), "2.0");
            let installed = host.manager.install_plugin(&plugin.write(host.files.path(), "1.0")).unwrap();
            assert_eq!(installed.key, plugin.key);
        }
        host
    }

    /// Threads at random for so long; then a look at everything. Answers how many acts there were, and the memory.
    fn storm(&self, seed: u64, length: Duration) -> (u64, Memory) {
        let (watch, done) = (Watch::new(THREADS), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for number in 0..THREADS {
                let (watch, done) = (&watch, &done);
                scope.spawn(move || {
                    let mut thread = Thread { number, host: self, watch, random: Random::new(seed, number) };
                    while !watch.is_over() {
                        let acted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| thread.act()));
                        if acted.is_err() {
                            watch.report(format!("thread {number} panicked"));
                        }
                    }
                    done.fetch_add(1, Ordering::Release);
                });
            }
            let is_done = || done.load(Ordering::Acquire) == THREADS;
            watch.keep(Instant::now() + length, &self.manager, is_done);
        });
        watch.judge();
        self.check();
        (watch.acts.load(Ordering::Relaxed), Memory::measure())
    }

    /// Everything answers, and goes when it is told to.
    fn check(&self) {
        let loader = self.manager.loader();
        assert!(loader.wait_for_all_plugin_loads(Some(Duration::from_secs(30))), "the loads do not end");
        assert_eq!(loader.plugin_loads_in_progress(), [""; 0]);
        assert_eq!(self.manager.discover_plugins().valid().count(), PLUGINS.len());
        for plugin in &PLUGINS {
            let loaded = loader.load_plugin(plugin.key, LoadOptions::default()).wait();
            let is_right = match plugin.fate {
                Fate::Loads => loaded.is_ok(),
                Fate::Fails => loaded.is_err(),
                Fate::Either => true,
            };
            assert!(is_right, "`{}`: {loaded:?}", plugin.key);
            if plugin.fate == Fate::Loads {
                loader.set_capability_enabled(plugin.key, CapabilityType::PostProcessing, GCODE, true);
                let answer = self.execute(plugin.key, 0);
                assert_eq!(answer.as_ref().err().map(Error::code), plugin.call_fails, "{answer:?}");
            }
        }
        loader.unload_all_plugins().unwrap();
        assert!(loader.is_idle_and_empty());
        let left = python("sorted(key for key, is_loaded in sys.storm.items() if is_loaded)");
        assert_eq!(left, "[]", "plugins that were not unloaded");
        let keys: Vec<_> = PLUGINS.iter().map(Plugin::module).collect();
        let left = python(&format!("[name for name in sys.modules if name.split('.')[0] in {keys:?}]"));
        assert_eq!(left, "[]", "modules that stayed");
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            // those that Python did not start are the application's
            let threads =
                python("[thread for thread in threading.enumerate() if type(thread) is threading.Thread]");
            if threads == "[]" {
                break;
            }
            assert!(Instant::now() < until, "threads that stayed: {threads}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Executes on a file of that thread.
    fn execute(&self, key: &str, thread: usize) -> Result<(), Error> {
        let loader = self.manager.loader();
        let no = || Error::NoCapability {
            plugin: key.into(),
            kind: CapabilityType::PostProcessing,
            name: GCODE.into(),
        };
        let capability = loader.capability::<dyn GcodeCapability>(key, GCODE).ok_or_else(no)?;
        let path = format!("{}/{thread}.gcode", self.files.path().display());
        let context =
            GcodeContext { orca_version: "2.4.0", gcode_path: &path, host: "File", output_name: "job.gcode" };
        let answer = capability.execute(&context)?;
        assert_eq!(answer.message, path, "the answer to another call");
        Ok(())
    }

    fn package(&self, plugin: &Plugin, version: &str) -> PathBuf {
        let folder = self.files.path().join(plugin.key).join(version);
        let file = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path();
        std::fs::read_dir(folder).unwrap().map(file).next().unwrap()
    }
}

/// One of the threads.
struct Thread<'h> {
    number: usize,
    host: &'h Host,
    watch: &'h Watch,
    random: Random,
}

impl Thread<'_> {
    /// One act at random, and perhaps a rest.
    fn act(&mut self) {
        let plugin = &PLUGINS[self.random.below(PLUGINS.len())];
        let key = plugin.key;
        let loader = self.host.manager.loader();
        let kind = self.random.below(100);
        match kind {
            0..20 => {
                self.begin("load", key);
                let loading = loader.load_plugin(key, self.options());
                let ended = match self.random.below(4) {
                    0 => loading.wait_for(Duration::from_micros(self.random.below(3000) as u64)),
                    1 => {
                        loading.cancel();
                        Some(loading.wait())
                    }
                    2 => None,
                    _ => Some(loading.wait()),
                };
                self.check_load(plugin, ended.unwrap_or(Ok(())));
            }
            20..32 => {
                self.begin("unload", key);
                self.allow(plugin, loader.unload_plugin(key), &[ErrorCode::LoadFailed]);
            }
            32..38 => {
                self.begin("reload", key);
                let ended = loader.reload_plugin(key).wait();
                self.check_load(plugin, ended);
            }
            38..46 => {
                let enabled = self.random.below(3) > 0;
                self.begin(if enabled { "enable" } else { "disable" }, key);
                loader.set_capability_enabled(key, CapabilityType::PostProcessing, GCODE, enabled);
            }
            46..52 => {
                self.begin("install", key);
                let version = ["1.0", "2.0"][self.random.below(2)];
                let installed = self.host.manager.install_plugin(&self.host.package(plugin, version));
                self.allow(plugin, installed.map(drop), &[ErrorCode::LoadFailed]);
            }
            52..54 => {
                self.begin("roll back", key);
                let back = self.host.manager.roll_back_plugin(key);
                self.allow(plugin, back.map(drop), &[ErrorCode::LoadFailed, ErrorCode::InstallFailed]);
            }
            54..56 => {
                self.begin("cancel", key);
                loader.cancel_plugin_load(key);
            }
            56..60 => {
                self.begin("run a script", key);
                let ran = self.host.manager.run_script_capability(key, SCRIPT);
                let fails =
                    [ErrorCode::NoCapability, ErrorCode::CapabilityUnloaded, ErrorCode::CapabilityDisabled];
                self.allow(plugin, ran.map(drop), &fails);
            }
            60..62 => {
                self.begin("discover", "");
                self.host.manager.discover_plugins();
            }
            62..63 => {
                self.begin("load what is enabled", "");
                self.host.manager.load_enabled();
            }
            63..65 => {
                self.begin("look", key);
                let _ = loader.plugin_capabilities_by_type(CapabilityType::PostProcessing);
                let _ = (self.host.manager.timings(key), loader.plugin_load_error(key));
                let _ = (self.host.manager.install_state(key), loader.loaded_plugins());
            }
            65..67 => {
                self.begin("subscribe", key);
                let calls = Arc::new(AtomicUsize::new(0));
                let token = loader.subscribe_on_changed(move |_| {
                    calls.fetch_add(1, Ordering::Relaxed);
                });
                std::thread::yield_now();
                assert!(loader.unsubscribe(token));
            }
            _ => {
                self.begin("execute", key);
                let called = self.host.execute(key, self.number);
                let fails =
                    [ErrorCode::NoCapability, ErrorCode::CapabilityUnloaded, ErrorCode::CapabilityDisabled];
                self.allow(plugin, called, &fails);
            }
        }
        match self.random.below(20) {
            0 => std::thread::sleep(Duration::from_micros(self.random.below(2000) as u64)),
            1 => std::thread::yield_now(),
            _ => {}
        }
    }

    fn begin(&self, act: &str, key: &str) {
        self.watch.begin(self.number, format!("{act} {key}"));
    }

    fn options(&mut self) -> LoadOptions {
        let capabilities = [None, Some(vec![GCODE.to_owned()]), Some(Vec::new())];
        LoadOptions { capabilities: capabilities[self.random.below(3)].clone(), ..LoadOptions::default() }
    }

    /// A load fails only where the plugin says so, or because somebody did not want it any more.
    fn check_load(&self, plugin: &Plugin, ended: Result<(), Error>) {
        match ended {
            Err(Error::Load(error))
                if plugin.fate != Fate::Loads && matches!(&*error, LoadError::Raised { .. }) => {}
            ended => self.allow(plugin, ended, &[ErrorCode::LoadCancelled]),
        }
    }

    /// Success, what the plugin's calls fail with, and these; of the failed loads only that somebody else is at it.
    fn allow(&self, plugin: &Plugin, done: Result<(), Error>, errors: &[ErrorCode]) {
        let Err(error) = done else { return };
        let is_allowed = match &error {
            Error::Busy { .. } => true,
            Error::Load(_) | Error::Reported { .. } => false,
            error => errors.contains(&error.code()) || plugin.call_fails == Some(error.code()),
        };
        if !is_allowed {
            let act = self.watch.act(self.number);
            let traceback = error.traceback().unwrap_or_default();
            self.watch.report(format!("thread {}, `{act}`: {error:?}\n{traceback}", self.number));
        }
    }
}

/// The value of an expression, as text.
fn python(expression: &str) -> String {
    use pyo3::prelude::*;
    let code = std::ffi::CString::new(format!("str({expression})")).unwrap();
    Interpreter::with(|py| {
        let names = pyo3::types::PyDict::new(py);
        py.run(c"import sys, threading", Some(&names), None).unwrap();
        py.eval(&code, Some(&names), None).unwrap().extract().unwrap()
    })
    .unwrap()
}

/// The generator `splitmix64`, one for each thread.
struct Random(u64);

impl Random {
    fn new(seed: u64, thread: usize) -> Self {
        Self(seed ^ (thread as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("`{name}` is not a number")))
}

process_tests!(a_storm_leaves_everything_answering_and_memory_flat, reloading_leaves_memory_flat);
