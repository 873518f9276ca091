//! Nothing of a plugin remains, and loading over and over does not grow the memory.

mod common;

use common::{Host, eval, is_imported, run, unload};
use matriline_testkit::{process_tests, report};

/// `12.4 L5`
fn changed_code_is_imported_anew() {
    let host = Host::start();
    let plugin = host.plugin(
        "reload_package",
        "import reload_helper\nfrom reload_parts import sub\nimport reload_parts.sub",
    );
    for value in ["first", "a second value", "third"] {
        host.write("reload_package/reload_helper.py", &format!("VALUE = '{value}'"));
        host.write("reload_package/reload_parts/__init__.py", "");
        host.write("reload_package/reload_parts/sub.py", &format!("VALUE = '{value}'"));
        let path = eval("__import__('sys').path");
        let loaded = plugin.load();
        let names = ["reload_package", "reload_helper", "reload_parts", "reload_parts.sub"];
        names.into_iter().for_each(|name| assert!(is_imported(name), "{name}"));
        run(&loaded, &format!("assert reload_helper.VALUE == sub.VALUE == '{value}'")).unwrap();
        unload(loaded);
        names.into_iter().for_each(|name| assert!(!is_imported(name), "{name}"));
        assert_eq!(eval("__import__('sys').path"), path);
    }
}

fn nothing_of_a_failed_load_remains() {
    let host = Host::start();
    host.write("bad/helper.py", "");
    let before = eval("sorted(__import__('sys').modules)");
    let head = "import sys, builtins, helper\nsys.path.insert(0, '/nowhere')\nbuiltins.print = None\nraise ValueError";
    let path = eval("__import__('sys').path");
    host.plugin("bad", head).refused(&["ValueError"]);
    let after = eval("sorted(__import__('sys').modules)");
    assert!(!after.contains("'bad'") && !after.contains("helper"), "{before}\n{after}");
    assert_eq!(eval("__import__('sys').path"), path);
    assert_eq!(eval("print"), "<built-in function print>");
    assert_eq!(eval("'/nowhere' in __import__('sys').path_importer_cache"), "False");
}

/// How often a plugin is loaded and unloaded; more by `MATRILINE_RELOADS`.
fn reloads() -> usize {
    std::env::var("MATRILINE_RELOADS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000)
}

fn loading_over_and_over_does_not_grow_the_memory() {
    let host = Host::start();
    let head = "\
import contextvars, dataclasses, importlib, os, sys, threading, types, helper
sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendor'))
import vendored
sys.modules['made'] = types.ModuleType('made')
import made
@dataclasses.dataclass
class Record:
    name: str
VARIABLE = contextvars.ContextVar('variable')
VARIABLE.set('value')
thread = threading.Thread(target=lambda: None)
thread.start()
thread.join()
";
    host.write("often/helper.py", "import abc\nclass Base(abc.ABC):\n    pass\n");
    host.write("often/vendor/vendored.py", "");
    let plugin = host.plugin("often", head);
    let failing = host.plugin("fails", "import json\nraise ValueError('always')");
    let round = |count: usize| {
        for _ in 0..count {
            unload(plugin.load());
            failing.refused(&["always"]);
        }
        eval("__import__('gc').collect()");
        resident()
    };
    let before = round(reloads() / 10);
    let after = round(reloads());
    let grown = after.saturating_sub(before);
    report(&format!(
        "{} loads and unloads: {} KiB before, {} KiB more",
        reloads(),
        before / 1024,
        grown / 1024
    ));
    assert!(grown < 1024 * 1024, "grown by {grown} bytes");
}

/// The memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kib.unwrap_or_default() * 1024
}

process_tests!(
    changed_code_is_imported_anew,
    nothing_of_a_failed_load_remains,
    loading_over_and_over_does_not_grow_the_memory,
);
