//! Unloading, reloading, switching capabilities; and when a plugin is no longer wished for.

mod common;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use common::{Application, Gate, eval, modules, patiently, scripts};
use matriline::{CapabilityType, ErrorCode, LoadOptions, LoadStage, ScriptCapability};
use matriline_testkit::{DataFolder, process_tests};

fn one(head: &str) -> String {
    scripts(head, &[("A", "")])
}

/// With a plugin whose `on_unload` waits.
fn slow_to_go(gate: &Gate) -> Application {
    let on_unload = format!("def on_unload(self):\n    {}", gate.wait());
    let application = Application::with_script("p", &scripts("", &[("A", &on_unload)]));
    application.load("p");
    application
}

fn run(application: &Application, key: &str, name: &str) -> String {
    let script = application.loader().capability::<dyn ScriptCapability>(key, name).unwrap();
    script.execute().map_or_else(|error| error.to_string(), |result| result.message)
}

fn on_unload_runs_in_the_order_of_registration() {
    let note =
        |name: &str| format!("def on_unload(self):\n    sys.ended = getattr(sys, 'ended', '') + '{name}'");
    let names = ["Z", "A", "M"];
    let bodies = names.map(note);
    let capabilities: Vec<_> = names.into_iter().zip(&bodies).map(|(name, body)| (name, &**body)).collect();
    let application = Application::with_script("three", &scripts("", &capabilities));
    application.load("three");
    application.loader().unload_plugin("three").unwrap();
    assert_eq!(eval("__import__('sys').ended"), "ZAM");
}

/// The call is named that does not return; it can be tried again.
fn waiting_for_calls_has_an_end() {
    let gate = Gate::new();
    let body = format!("def execute(self):\n    {}; return orca.ExecutionResult.success()", gate.wait());
    let application = Application::with_script("stays", &scripts("", &[("B", ""), ("A", &body)]));
    application.load("stays");
    let script = application.loader().capability::<dyn ScriptCapability>("stays", "A").unwrap();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| script.execute());
        gate.arrived(1);
        let error = application.loader().unload_plugin("stays").unwrap_err();
        assert_eq!(error.code(), ErrorCode::UnloadFailed);
        assert!(error.to_string().contains("1 calls of its capability `A`"), "{error}");
        assert!(!application.loader().is_plugin_loaded("stays"));
        let refused = application.load_error("stays");
        assert_eq!(refused.code(), ErrorCode::UnloadFailed);
        gate.open();
        call.join().unwrap().unwrap();
    });
    // the calls have come out, so that the load finishes what the unload has begun
    application.load("stays");
    assert_eq!(run(&application, "stays", "B"), "B");
    application.loader().unload_plugin("stays").unwrap();
    assert!(application.loader().is_idle_and_empty());
}

// 12.4 L5: the entry of `sys.path` is the finder's here, so that there is none to count
fn a_reload_picks_up_edits_and_leaves_no_module() {
    let data = DataFolder::new();
    data.add_script("reload", "reload.py", &one("import reload_helper, reload_package.sub\nsys.seen = reload_helper.value + reload_package.sub.value"));
    let set = |data: &DataFolder, value: u32| {
        data.add_script("reload", "reload_helper/__init__.py", &format!("value = {value}\n"));
        data.add_script("reload", "reload_package/__init__.py", "");
        data.add_script(
            "reload",
            "reload_package/sub.py",
            &format!("value = {value}0 # {}\n", "x".repeat(value as usize)),
        );
    };
    set(&data, 1);
    let application = Application::on(data);
    let path = eval("__import__('sys').path");
    application.load("reload");
    assert_eq!(modules("reload"), "reload reload_helper reload_package reload_package.sub");
    assert_eq!(eval("__import__('sys').seen"), "11");
    for value in 2..5 {
        set(&application.data, value);
        application.loader().reload_plugin("reload").wait().unwrap();
        assert_eq!(eval("__import__('sys').seen"), format!("{}", 11 * value));
    }
    application.loader().unload_plugin("reload").unwrap();
    assert_eq!((modules("reload"), eval("__import__('sys').path")), (String::new(), path));
    application.loader().reload_plugin("reload").wait().unwrap();
    assert!(application.loader().is_plugin_loaded("reload"), "one that is not loaded is loaded");
}

/// What becomes of the wish that the plugin is loaded at the start.
fn check_wish(expected: bool, act: impl FnOnce(&Application)) {
    let body = "def execute(self):\n    raise ValueError('no')";
    let application = Application::with_script("p", &scripts("", &[("A", ""), ("raises", body)]));
    assert!(!application.is_wished("p"));
    application.load("p");
    assert!(application.is_wished("p"));
    act(&application);
    assert!(!application.loader().is_plugin_loaded("p"));
    assert_eq!(application.is_wished("p"), expected);
}

fn the_applications_unload_ends_the_wish() {
    check_wish(false, |application| application.loader().unload_plugin("p").unwrap());
}

fn unloading_all_keeps_the_wish() {
    check_wish(true, |application| application.loader().unload_all_plugins().unwrap());
}

fn a_shutdown_keeps_the_wish() {
    check_wish(true, |application| application.manager.shutdown().unwrap());
}

fn a_failing_script_keeps_the_wish() {
    check_wish(true, |application| {
        application.manager.run_script_capability("p", "raises").unwrap_err();
    });
}

fn a_failing_reload_keeps_the_wish() {
    check_wish(true, |application| {
        application.data.add_script("p", "p.py", "1 / 0\n");
        application.loader().reload_plugin("p").wait().unwrap_err();
    });
}

fn the_wish_ends_also_for_a_plugin_that_is_not_loaded() {
    check_wish(false, |application| {
        application.loader().unload_all_plugins().unwrap();
        application.loader().unload_plugin("p").unwrap();
    });
}

/// Who unloads last is right, also while the load is being written down.
fn a_load_and_an_unload_leave_what_the_sidecar_says() {
    let application = Application::with_script("p", &one(""));
    for _ in 0..40 {
        std::thread::scope(|scope| {
            scope.spawn(|| application.load("p"));
            patiently("it is loaded", || application.loader().is_plugin_loaded("p"));
            application.loader().unload_plugin("p").unwrap();
        });
        assert!(!application.loader().is_plugin_loaded("p") && !application.is_wished("p"));
    }
}

/// Neither waits for Python, which another thread has.
fn switching_needs_no_python() {
    let application = Application::with_script("p", &scripts("", &[("A", ""), ("B", "")]));
    application.load("p");
    matriline::python::Interpreter::with(|_| {
        std::thread::scope(|scope| {
            let switch = |enabled| {
                let application = &application;
                scope.spawn(move || application.switch("p", "A", enabled)).join().unwrap()
            };
            assert!(!switch(true), "it is enabled already");
            assert!(switch(false) && !switch(false));
        });
    });
    let script = application.loader().capability::<dyn ScriptCapability>("p", "A").unwrap();
    assert_eq!(ErrorCode::CapabilityDisabled, matriline::Error::from(script.execute().unwrap_err()).code());
    assert_eq!(run(&application, "p", "B"), "B");
    assert_eq!(application.loader().plugin_capabilities_by_type(CapabilityType::Script).len(), 2);
    assert!(!application.switch("p", "none", true) && !application.switch("q", "A", true));
    assert!(application.switch("p", "A", true));
    assert_eq!(script.execute().unwrap().message, "A");
}

fn a_load_asked_for_during_an_unload_begins_afterwards() {
    let gate = Gate::new();
    let application = slow_to_go(&gate);
    std::thread::scope(|scope| {
        let unload = scope.spawn(|| application.loader().unload_plugin("p"));
        gate.arrived(1);
        let loading = application.loader().load_plugin("p", LoadOptions::default());
        assert_eq!(loading.stage(), LoadStage::Queued);
        assert!(application.loader().is_plugin_load_in_progress("p"));
        gate.open();
        unload.join().unwrap().unwrap();
        loading.wait().unwrap();
    });
    assert!(application.loader().is_plugin_loaded("p") && application.is_wished("p"));
}

fn a_second_unload_waits_for_the_first_and_ends_loads_in_between() {
    let gate = Gate::new();
    let application = slow_to_go(&gate);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| application.loader().unload_plugin("p"));
        gate.arrived(1);
        let loading = application.loader().load_plugin("p", LoadOptions::default());
        let second = scope.spawn(|| application.loader().unload_plugin("p"));
        assert_eq!(loading.wait().unwrap_err().code(), ErrorCode::LoadCancelled);
        std::thread::sleep(Duration::from_millis(20));
        assert!(!second.is_finished());
        gate.open();
        first.join().unwrap().unwrap();
        second.join().unwrap().unwrap();
    });
    assert!(!application.loader().is_plugin_loaded("p") && !application.is_wished("p"));
}

fn a_shutdown_waits_for_an_unload() {
    let gate = Gate::new();
    let application = slow_to_go(&gate);
    std::thread::scope(|scope| {
        let unload = scope.spawn(|| application.loader().unload_plugin("p"));
        gate.arrived(1);
        let shutdown = scope.spawn(|| application.manager.shutdown());
        std::thread::sleep(Duration::from_millis(20));
        gate.open();
        unload.join().unwrap().unwrap();
        shutdown.join().unwrap().unwrap();
    });
    assert!(matriline::PluginManager::builder(application.data.path()).start().is_ok());
}

/// A reload from inside of a call begins when the call has returned, so the call cannot wait for it.
fn a_reload_from_inside_begins_when_the_call_returns() {
    let body = "def execute(self):\n    print(open('/is/not/allowed', 'w'))";
    let data = DataFolder::new();
    data.add_script("p", "p.py", &scripts("", &[("A", body)]));
    let shared = Arc::new(OnceLock::<matriline::PluginManager>::new());
    let (inside, (tell, told)) = (shared.clone(), std::sync::mpsc::channel());
    let builder = matriline::PluginManager::builder(data.path()).log(move |record| {
        if record.target == "matriline::audit" {
            let loading = inside.get().unwrap().loader().reload_plugin("p");
            let answer = loading.wait_for(Duration::from_secs(60)).unwrap().unwrap_err();
            tell.send((answer.to_string(), loading)).unwrap();
        }
    });
    let manager = builder.start().unwrap();
    manager.discover_plugins();
    shared.set(manager.clone()).ok().unwrap();
    manager.loader().load_plugin("p", LoadOptions::default()).wait().unwrap();
    let script = manager.loader().capability::<dyn ScriptCapability>("p", "A").unwrap();
    assert_eq!(matriline::Error::from(script.execute().unwrap_err()).code(), ErrorCode::PluginRaised);
    let (answer, loading) = told.recv().unwrap();
    assert!(answer.contains("is being loaded or unloaded"), "{answer}");
    loading.wait().unwrap();
    assert!(manager.loader().is_plugin_loaded("p"));
    manager.shutdown().unwrap();
}

/// A shutdown waits for all calls together, and no call begins meanwhile.
fn a_shutdown_lets_no_call_in() {
    let gate = Gate::new();
    let body = format!("def execute(self):\n    {}; return orca.ExecutionResult.success()", gate.wait());
    let data = DataFolder::new();
    data.add_script("a", "a.py", &scripts("", &[("A", &body)]));
    data.add_script("b", "b.py", &one(""));
    let application = Application::on(data);
    application.load("a");
    application.load("b");
    let script = |key: &str| application.loader().capability::<dyn ScriptCapability>(key, "A").unwrap();
    let (stays, other) = (script("a"), script("b"));
    std::thread::scope(|scope| {
        let call = scope.spawn(|| stays.execute());
        gate.arrived(1);
        let shutdown = scope.spawn(|| application.manager.shutdown());
        patiently("no call begins", || other.execute().is_err());
        assert!(!shutdown.is_finished());
        gate.open();
        call.join().unwrap().unwrap();
        shutdown.join().unwrap().unwrap();
    });
}

process_tests!(
    a_reload_from_inside_begins_when_the_call_returns,
    a_shutdown_lets_no_call_in,
    on_unload_runs_in_the_order_of_registration,
    waiting_for_calls_has_an_end,
    a_reload_picks_up_edits_and_leaves_no_module,
    the_applications_unload_ends_the_wish,
    unloading_all_keeps_the_wish,
    a_shutdown_keeps_the_wish,
    a_failing_script_keeps_the_wish,
    a_failing_reload_keeps_the_wish,
    the_wish_ends_also_for_a_plugin_that_is_not_loaded,
    a_load_and_an_unload_leave_what_the_sidecar_says,
    switching_needs_no_python,
    a_load_asked_for_during_an_unload_begins_afterwards,
    a_second_unload_waits_for_the_first_and_ends_loads_in_between,
    a_shutdown_waits_for_an_unload,
);
