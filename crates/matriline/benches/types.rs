//! What a typed call costs, of a type that the application declares beside one of the library, and what meshes cost on
//! their way in.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use matriline::kinds::{Real, Result, Text};
use matriline::types::Importer;
use matriline::{LoadOptions, PluginManager, Report, ScriptCapability, capability_type};
use matriline_testkit::DataFolder;

capability_type! {
    /// Does what a script does.
    pub Runner = "runner", "running" RunnerPluginCapabilityBase {
        /// Runs.
        fn execute() -> Result;
        /// Runs with arguments.
        fn execute_with(text: Text, number: Real) -> Result;
    }
}

const PLUGIN: &str = "
import orca

class Script(orca.script.ScriptPluginCapabilityBase):
    def get_name(self):
        return 'it'
    def execute(self):
        return orca.ExecutionResult.success('ok')

class Runner(orca.running.RunnerPluginCapabilityBase):
    def get_name(self):
        return 'it'
    def execute(self):
        return orca.ExecutionResult.success('ok')
    def execute_with(self, text, number):
        return orca.ExecutionResult.success('ok')

class Grid(orca.importer.ImporterPluginCapabilityBase):
    def get_name(self):
        return 'it'
    def import_file(self, path, progress):
        return [orca.host.TriangleMesh([(x, 0, 0) for x in range(100_000)], [(x, x, x) for x in range(100_000)])]

@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        for cls in Script, Runner, Grid:
            orca.register_capability(cls)
";

/// Somebody who does not look.
struct Nobody;

impl Report for Nobody {
    fn report(&self, _: f64, _: &str) -> bool {
        true
    }
}

fn main() {
    let data = DataFolder::new();
    data.add_script("plugin", "plugin.py", PLUGIN);
    let manager = PluginManager::builder(data.path())
        .capability_type(<dyn Runner>::declaration())
        .capability_type(<dyn Importer>::declaration())
        .start()
        .unwrap();
    manager.discover_plugins();
    manager.loader().load_plugin("plugin", LoadOptions::default()).wait().unwrap();
    let script = manager.loader().capability::<dyn ScriptCapability>("plugin", "it").unwrap();
    let runner = manager.loader().capability::<dyn Runner>("plugin", "it").unwrap();
    let importer = manager.loader().capability::<dyn Importer>("plugin", "it").unwrap();
    let nobody: Arc<dyn Report> = Arc::new(Nobody);

    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("call/script", |bench| bench.iter(|| black_box(&*script).execute().unwrap()));
    criterion.bench_function("call/own type", |bench| bench.iter(|| black_box(&*runner).execute().unwrap()));
    criterion.bench_function("call/own type, text and number", |bench| {
        bench.iter(|| black_box(&*runner).execute_with(black_box("a.gcode"), black_box(1.5)).unwrap());
    });
    criterion.bench_function("look-up/script", |bench| {
        bench.iter(|| manager.loader().capability::<dyn ScriptCapability>("plugin", black_box("it")));
    });
    criterion.bench_function("look-up/own type", |bench| {
        bench.iter(|| manager.loader().capability::<dyn Runner>("plugin", black_box("it")));
    });
    let mut slow = criterion.benchmark_group("import");
    slow.sample_size(10);
    slow.bench_function("100,000 vertices and triangles of lists", |bench| {
        bench.iter(|| importer.import_file("", &nobody).unwrap());
    });
    slow.finish();
    criterion.final_summary();
    manager.shutdown().unwrap();
}
