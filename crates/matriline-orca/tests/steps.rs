//! A load asks between its steps whether it is cancelled, says what it does, and undoes what it did.

mod common;

use std::cell::{Cell, RefCell};

use common::{Host, eval, is_imported, script};
use matriline_orca::{LoadError, Phase, Steps, load};
use matriline_testkit::process_tests;

/// Notes what happens where the application sees it.
const NOTE: &str = "import sys\nevents = sys.__dict__.setdefault('events', [])\nevents.append('import')";

/// Loads a plugin and cancels at the `n`th question; answers what had happened by then.
fn check_cancelled(at: usize, expected: &str) {
    let host = Host::start();
    let plugin = host.plugin("slow", "");
    host.write("slow/slow.py", &script(NOTE, "events.append('on_load')"));
    let asked = Cell::new(0);
    let cancelled = || asked.replace(asked.get() + 1) == at;
    let steps = Steps { cancelled: &cancelled, ..Steps::default() };
    let failed = load(plugin.request(), &steps).unwrap_err();
    assert_eq!(*failed.error, LoadError::Cancelled { plugin: "slow".into() });
    assert_eq!(eval("getattr(__import__('sys'), 'events', [])"), expected);
    assert!(!is_imported("slow"));
    // Nothing of it remains, so that the next load is a fresh one.
    plugin.load();
}

fn cancelled_before_the_import() {
    check_cancelled(0, "[]");
}

fn cancelled_after_the_import() {
    check_cancelled(1, "['import']");
}

fn cancelled_before_a_capability() {
    check_cancelled(2, "['import']");
}

fn cancelled_before_on_load() {
    check_cancelled(3, "['import']");
}

fn phases_are_told_and_timed() {
    let host = Host::start();
    let plugin = host.plugin("timed", "import time\ntime.sleep(0.01)");
    let told = RefCell::new(Vec::new());
    let begins = |phase| told.borrow_mut().push(phase);
    let loaded = load(plugin.request(), &Steps { begins: &begins, ..Steps::default() }).unwrap();
    assert_eq!(*told.borrow(), [Phase::Import, Phase::Register, Phase::OnLoad]);
    let times = loaded.times();
    assert!(times.import.as_millis() >= 10 && !times.register.is_zero() && !times.on_load.is_zero());
}

fn a_failed_load_tells_its_times() {
    let host = Host::start();
    let failed = host.plugin("broken", "import time\ntime.sleep(0.01)\nraise ValueError").refused(&[]);
    assert!(failed.times.import.as_millis() >= 10 && failed.times.register.is_zero());
}

/// Threads that wait until the process ends.
const THREADS: &str = "\
import threading, _thread
threading.Thread(target=threading.Event().wait, name='Collector', daemon=True).start()
_thread.start_new_thread(threading.Event().wait, ())
import time
time.sleep(0.1)
";

fn threads_are_named_at_unload() {
    let host = Host::start();
    let loaded = host.plugin("busy", THREADS).load();
    let mut threads = loaded.unload().threads;
    threads.sort();
    assert_eq!(threads.len(), 2, "{threads:?}");
    assert_eq!(threads[0], "`Collector`");
    assert!(threads[1].starts_with("thread "), "{threads:?}");
}

fn threads_are_named_when_a_load_fails() {
    let host = Host::start();
    let failed = host.plugin("busy", &format!("{THREADS}\nraise ValueError")).refused(&[]);
    assert!(failed.threads.contains(&"`Collector`".to_owned()), "{:?}", failed.threads);
}

fn messages_begin_as_they_always_did() {
    let host = Host::start();
    let check = |text: String, beginning: &str| {
        let plugin = host.plugin("bad", "");
        host.write("bad/bad.py", &text);
        let message = plugin.try_load().unwrap_err().to_string();
        assert!(message.starts_with(beginning), "{message}");
        assert!(message.contains("`bad`"), "{message}");
    };
    check("1 / 0".into(), "Failed to load plugin module: ");
    check("".into(), "Plugin registration failed: Plugin did not register a package class");
    check(script("", "1 / 0"), "Plugin on_load failed: ");
    let good = script("", "pass");
    check(good.replace("orca.register_capability(Edit)", "1 / 0"), "Plugin registration failed: ");
    check(
        good.replace("return 'edit'", "return 'a;b'"),
        "Plugin registration failed: Capability name must not contain ';': a;b",
    );
    check(
        good.replace("orca.register_capability(Edit)", "pass"),
        "Plugin module did not register any capabilities",
    );
    let with_type = "get_name(self):\n        return 'edit'\n\n    def get_type(self):\n        return 3";
    check(
        good.replace("get_name(self):\n        return 'edit'", with_type),
        "Plugin capability materialization failed: ",
    );
    let twice = "orca.register_capability(Edit)\n        orca.register_capability(Edit)";
    check(
        good.replace("orca.register_capability(Edit)", twice),
        "Plugin declares duplicate capability 'edit' for type ",
    );
}

process_tests!(
    cancelled_before_the_import,
    cancelled_after_the_import,
    cancelled_before_a_capability,
    cancelled_before_on_load,
    phases_are_told_and_timed,
    a_failed_load_tells_its_times,
    threads_are_named_at_unload,
    threads_are_named_when_a_load_fails,
    messages_begin_as_they_always_did,
);
