//! What a plugin pays for reading the application's data, and for asking it: an array over ten million vertices, an option
//! of a preset, a message from a thread to the main loop and back. Beside them what Python itself needs for something
//! alike: an array over a `bytearray`, a look-up in a dictionary through a method.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/numpy/mod.rs"]
mod numpy;

use std::sync::Arc;
use std::time::Duration;

use common::{Host, run};
use criterion::Criterion;
use matriline_host::{
    Generation, Model, ModelObject, ModelVolume, Preset, PresetBundle, PresetCollection, TriangleMesh,
};
use matriline_orca::Offer;
use matriline_python::Interpreter;
use matriline_testkit::{MainLoop, MemoryHost, ScriptedInterface};

const COUNT: usize = 10_000_000;

/// Times a statement, which may use what `SETUP` makes.
const TIMED: &str = "\
import sys, time, threading
def timed(statement, count):
    code = f'def run():\\n    begun = time.perf_counter_ns()\\n    for _ in range({count}):\\n        {statement}\\n    sys.elapsed = time.perf_counter_ns() - begun'
    made = {}
    exec(code, globals(), made)
    made['run']()
";

const SETUP: &str = "\
mesh = orca.host.model().object(0).volume(0).mesh()
preset = orca.host.preset_bundle().prints.preset(0)
class Like:
    def __init__(self):
        self.options = {key: preset.config_value(key) for key in preset.config_keys()}
    def config_value(self, key):
        return self.options.get(key)
like = Like()
";

fn main() {
    let host = Host::start();
    let (main_loop, interface) = (MainLoop::new(), ScriptedInterface::new());
    offer(&main_loop, interface);
    let plugin = host.plugin("bench", TIMED);
    let folder = numpy::folder();
    let plugin = folder.iter().fold(plugin, |plugin, folder| numpy::brought_by(plugin, folder)).load();
    run(&plugin, SETUP).unwrap();
    let time = |statement: &str, count: u64| {
        run(&plugin, &format!("timed({statement:?}, {count})")).unwrap();
        Duration::from_nanos(common::eval("__import__('sys').elapsed").parse().unwrap())
    };
    let mut criterion = Criterion::default().configure_from_args();
    let mut bench = |name: &str, statement: &str| {
        criterion.bench_function(name, |bencher| bencher.iter_custom(|count| time(statement, count)));
    };
    bench("preset.config_value", "preset.config_value('option_250')");
    bench("the same of a class written in Python", "like.config_value('option_250')");
    if folder.is_some() {
        run(&plugin, &format!("import numpy\nmemory = bytearray({} * 12)", COUNT)).unwrap();
        bench("mesh.vertices() of 10,000,000", "mesh.vertices()");
        bench("numpy.frombuffer of as much", "numpy.frombuffer(memory, 'f4').reshape(-1, 3)");
    }
    criterion.bench_function("ui.message from a thread to the main loop and back", |bencher| {
        bencher.iter_custom(|count| asked(&plugin, &main_loop, count));
    });
    criterion.final_summary();
}

/// A thread of the plugin asks so often, while the main loop runs.
fn asked(plugin: &matriline_orca::LoadedPlugin, main_loop: &MainLoop, count: u64) -> Duration {
    let statement = format!("timed(\"orca.host.ui.message('m')\", {count})");
    run(plugin, &format!("thread = threading.Thread(target=lambda: {statement})\nthread.start()")).unwrap();
    main_loop.run_until_quiet(Duration::from_millis(20));
    run(plugin, "thread.join()").unwrap();
    Duration::from_nanos(common::eval("__import__('sys').elapsed").parse().unwrap())
}

/// A mesh of ten million vertices, a preset of five hundred options.
fn offer(main_loop: &MainLoop, interface: Arc<ScriptedInterface>) {
    let mesh = TriangleMesh::new(vec![[1.0; 3]; COUNT], vec![[0, 1, 2]]).unwrap();
    let object = ModelObject::new(1, "large", vec![ModelVolume::new(2, "part", mesh)], Vec::new());
    let config = (0..500).map(|number| (format!("option_{number}"), "0.2")).collect();
    let preset = Arc::new(Preset { name: "one".into(), config, ..Preset::default() });
    let prints = PresetCollection { presets: vec![preset], selected: Some(0), edited: None };
    let host = MemoryHost::with_everything(interface);
    host.set_model(Model::of(vec![object]));
    host.set_presets(PresetBundle { prints: Arc::new(prints), ..PresetBundle::default() });
    let offer = Offer {
        host: Some(Arc::new(host)),
        storage: None,
        post: Some(Arc::new(main_loop.post())),
        patience: Duration::from_secs(30),
        generation: Generation::Newest,
    };
    Interpreter::with(|py| matriline_orca::offer(py, offer).unwrap()).unwrap();
}
