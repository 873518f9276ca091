//! An `import` of what is imported already, inside of a function: in a plugin's own code, in code of an environment,
//! and as Python has it without us. One load and unload.

#[path = "../tests/common/mod.rs"]
mod common;

use std::process::Command;
use std::time::Duration;

use common::{Host, name, run, unload};
use criterion::Criterion;

/// A function that imports `json` over and over, and leaves in `sys` how long that took.
const MANY: &str = "\
import sys, time
def many(count):
    begun = time.perf_counter_ns()
    for _ in range(count):
        import json
    sys.elapsed = time.perf_counter_ns() - begun
";

fn main() {
    let host = Host::start();
    let folder = host.environment("environment", "shared", MANY);
    let head = format!("{MANY}import shared");
    let plugin = host.plugin("bench", &head).brings(name("shared", &folder, "1"));
    let loaded = plugin.load();
    let time = |code: String| {
        run(&loaded, &code).unwrap();
        Duration::from_nanos(common::eval("__import__('sys').elapsed").parse().unwrap())
    };
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("import json: a plugin's own code", |bencher| {
        bencher.iter_custom(|count| time(format!("many({count})")));
    });
    criterion.bench_function("import json: code of its environment", |bencher| {
        bencher.iter_custom(|count| time(format!("shared.many({count})")));
    });
    criterion.bench_function("import json: Python alone", |bencher| {
        bencher.iter_custom(alone);
    });
    unload(loaded);
    criterion.bench_function("load and unload", |bencher| bencher.iter(|| unload(plugin.load())));
    criterion.final_summary();
}

/// The same in a Python of its own.
fn alone(count: u64) -> Duration {
    let python = std::env::var_os("PYO3_PYTHON").unwrap_or_else(|| "python3".into());
    let code = format!("{MANY}many({count})\nprint(sys.elapsed)");
    let output = Command::new(python).args(["-I", "-c", &code]).output().expect("Python starts");
    let text = String::from_utf8(output.stdout).expect("a number");
    Duration::from_nanos(text.trim().parse().expect("a number"))
}
