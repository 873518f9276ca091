//! A start with a hundred small plugins, which are enabled and whose sidecars stay as they are; one load; one unload.
//! Beside them what Python alone takes for the same files: importing them, and no more than compiling and running them.
//!
//! matriline writes no bytecode, so that a plugin in one file is compiled at each load; the rows `bytecode there` are
//! those of plugins that were packed with it.

use std::process::Command;
use std::time::{Duration, Instant};

use criterion::Criterion;
use matriline::{LoadOptions, PluginManager};
use matriline_testkit::DataFolder;

const COUNT: usize = 100;

const PLUGIN: &str = "\
# /// script
# requires-python = '>=3.10'
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = 'Plugin NUMBER'
# description = 'Does nothing'
# author = 'Nobody'
# version = '1.0.0'
# ///
import orca


class Edit(orca.gcode.GCodePluginCapabilityBase):
    def get_name(self):
        return 'edit'

    def execute(self, ctx):
        return orca.ExecutionResult.success('ok')


@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        orca.register_capability(Edit)
";

/// What Python alone does with the files: takes how, a count and the folder, prints nanoseconds for all rounds.
const ALONE: &str = "\
import importlib.util, os, sys, time, types
how, count, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sys.dont_write_bytecode = True
orca = sys.modules['orca'] = types.ModuleType('orca')
orca.gcode = types.SimpleNamespace(GCodePluginCapabilityBase=object)
orca.base, orca.plugin, orca.register_capability = object, (lambda cls: cls), (lambda cls: None)
files = [(name, os.path.join(folder, name, name + '.py')) for name in sorted(os.listdir(folder))]
files = [(name, file) for name, file in files if os.path.isfile(file)]
def imported(name, file):
    spec = importlib.util.spec_from_file_location(name, file)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)
def executed(name, file):
    with open(file, 'rb') as source:
        code = compile(source.read(), file, 'exec')
    names = {'__name__': name}
    exec(code, names)
    return names
run = {'import': imported, 'exec': executed}[how]
begun = time.perf_counter_ns()
for _ in range(count):
    for name, file in files:
        names = run(name, file)
        names['Package']().register_capabilities()
        names['Edit']().get_name()
        sys.modules.pop(name, None)
print(time.perf_counter_ns() - begun)
";

fn main() {
    let data = DataFolder::new();
    for number in 0..COUNT {
        let key = format!("plugin_{number:02}");
        data.add_script(&key, &format!("{key}.py"), &PLUGIN.replace("NUMBER", &number.to_string()));
    }
    prime(&data);
    let mut criterion = Criterion::default()
        .configure_from_args()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    // as at the start of an application: the sidecars are known from the scan
    let manager = start(&data);
    measure(&mut criterion, &manager, "source alone");
    alone(&mut criterion, &data, "Python alone, import: 100 files, source alone", "import");
    alone(&mut criterion, &data, "Python alone, exec(compile()): 100 files", "exec");
    let compiled = python().args(["-I", "-m", "compileall", "-q"]).arg(data.plugins()).status().unwrap();
    assert!(compiled.success(), "the plugins are compiled");
    measure(&mut criterion, &manager, "bytecode there");
    alone(&mut criterion, &data, "Python alone, import: 100 files, bytecode there", "import");
    manager.shutdown().unwrap();
    criterion.final_summary();
}

/// Has every plugin loaded once, which writes the sidecars.
fn prime(data: &DataFolder) {
    let manager = start(data);
    let loader = manager.loader();
    for key in manager.catalog().valid().map(|entry| entry.descriptor.plugin_key.clone()) {
        loader.load_plugin(&key, LoadOptions::default()).wait().unwrap();
    }
    assert_eq!(loader.loaded_plugins().len(), COUNT);
    manager.shutdown().unwrap();
}

fn start(data: &DataFolder) -> PluginManager {
    let manager = PluginManager::builder(data.path()).start().unwrap();
    manager.discover_plugins();
    manager
}

fn measure(criterion: &mut Criterion, manager: &PluginManager, files: &str) {
    let loader = manager.loader();
    let load_all = || {
        let begun = Instant::now();
        let loads = manager.load_enabled();
        loads.wait(None);
        let elapsed = begun.elapsed();
        assert_eq!((loads.loads().len(), loads.failures().len()), (COUNT, 0));
        elapsed
    };
    let load_one = || {
        let begun = Instant::now();
        loader.load_plugin("plugin_50", LoadOptions::default()).wait().unwrap();
        begun.elapsed()
    };
    let unload_all = || {
        let begun = Instant::now();
        loader.unload_all_plugins().unwrap();
        begun.elapsed()
    };
    // the first of two acts that undo each other is timed
    let mut timed = |name: &str, act: &dyn Fn() -> Duration, before: &dyn Fn(), after: &dyn Fn()| {
        let round = |_| {
            before();
            let elapsed = act();
            after();
            elapsed
        };
        criterion.bench_function(&format!("{name}, {files}"), |bencher| {
            bencher.iter_custom(|count| (0..count).map(round).sum());
        });
    };
    timed("load: 100 enabled plugins", &load_all, &|| (), &|| {
        unload_all();
    });
    timed("load: one plugin", &load_one, &|| (), &|| {
        unload_all();
    });
    timed(
        "unload: 100 plugins",
        &unload_all,
        &|| {
            load_all();
        },
        &|| (),
    );
    timed(
        "unload: one plugin",
        &unload_all,
        &|| {
            load_one();
        },
        &|| (),
    );
}

fn alone(criterion: &mut Criterion, data: &DataFolder, name: &str, how: &str) {
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|count| {
            let arguments = ["-I", "-c", ALONE, how, &count.to_string()];
            let output = python().args(arguments).arg(data.plugins()).output().expect("Python starts");
            let nanoseconds = String::from_utf8_lossy(&output.stdout).trim().parse();
            Duration::from_nanos(nanoseconds.unwrap_or_else(|_| panic!("{output:?}")))
        });
    });
}

fn python() -> Command {
    Command::new(std::env::var_os("PYO3_PYTHON").unwrap_or_else(|| "python3".into()))
}
