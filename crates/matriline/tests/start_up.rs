//! The start of an application and its end: what is loaded then, what a crash leaves, one manager after another.

mod common;

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use common::{Application, Gate, patiently, scripts};
use matriline::{
    Activity, Answer, Bisect, Budgets, CapabilityType, DependencyOptions, ErrorCode, LoadOptions, LogLevel,
    Phase, PluginManager,
};
use matriline_testkit::{DataFolder, process_tests};

const WISHED: &str = r#"{"enabled": true}"#;
const NOT_WISHED: &str = r#"{"enabled": false}"#;
/// Tells a case that it is a child which is to die on this data folder.
const DATA: &str = "MATRILINE_TEST_DATA";
const LONG: Duration = Duration::from_secs(60);

fn add(data: &DataFolder, key: &str, sidecar: Option<&str>, source: &str) {
    data.add_script(key, &format!("{key}.py"), source);
    if let Some(sidecar) = sidecar {
        data.add_script(key, ".install_state.json", sidecar);
    }
}

fn one() -> String {
    scripts("", &[("A", "")])
}

// 12.4 L14
fn what_is_enabled_is_loaded() {
    let (data, gate) = (DataFolder::new(), Gate::new());
    add(&data, "by_hand", None, &one());
    add(&data, "enabled", Some(WISHED), &one());
    add(&data, "disabled", Some(NOT_WISHED), &one());
    add(&data, "slow", Some(WISHED), &scripts(&gate.wait(), &[("A", "")]));
    add(&data, "wrong", Some(WISHED), "1 / 0\n");
    let application = Application::on(data);
    assert_eq!(application.manager.enabled_plugin_keys(), ["enabled", "slow", "wrong"]);
    let start = application.manager.load_enabled();
    assert_eq!(start.loads().len(), 3);
    patiently("two are over", || start.progress().done == 2);
    assert_eq!(start.progress().total, 3);
    assert!(!start.wait(Some(Duration::ZERO)));
    gate.open();
    assert!(start.wait(Some(LONG)));
    assert_eq!(start.progress().done, 3);
    let failures = start.failures();
    assert_eq!((failures.len(), &*failures[0].0, failures[0].1.code()), (1, "wrong", ErrorCode::LoadFailed));
    assert_eq!(application.loader().loaded_plugins(), ["enabled", "slow"]);
    assert!(application.is_wished("wrong"), "an error ends no wish");
}

fn a_start_with_some_finds_the_one_that_does_harm() {
    let data = DataFolder::new();
    for number in 0..9 {
        let sidecar = if number == 8 { NOT_WISHED } else { WISHED };
        add(&data, &format!("p{number}"), Some(sidecar), &one());
    }
    let application = Application::on(data);
    let keys: Vec<_> = (0..9).map(|number| format!("p{number}")).collect();
    let mut search = Bisect::new(keys);
    while search.finding().is_none() {
        assert!(application.manager.load_enabled_among(search.to_load()).wait(Some(LONG)));
        let loaded = application.loader().loaded_plugins();
        assert!(loaded.iter().all(|key| search.to_load().contains(key) && key != "p8"), "{loaded:?}");
        let is_there = loaded.iter().any(|key| key == "p5");
        application.loader().unload_all_plugins().unwrap();
        search.answer(if is_there { Answer::Bad } else { Answer::Good });
    }
    assert_eq!(search.found(), Some(vec!["p5".to_owned()]));
}

/// A child of another case: it starts on the data folder and is ended by a plugin.
fn a_process_that_dies() {
    let Some(data) = env::var_os(DATA) else { return };
    let manager = PluginManager::builder(Path::new(&data)).start().unwrap();
    manager.discover_plugins();
    // alone: of those that are at work at the same time nobody knows which one it was
    assert!(manager.load_enabled_among(&["guilty".into()]).wait(None));
    let answer = manager.run_script_capability("guilty", "A");
    unreachable!("the process lives on: {answer:?}");
}

fn die(data: &Path) {
    let mut child = Command::new(env::current_exe().unwrap());
    let output = child.env("MATRILINE_TEST_CASE", "a_process_that_dies").env(DATA, data).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{text}");
}

/// The next start after a process that a plugin has ended.
fn check_crash(guilty: &str, activity: &Activity) {
    let data = DataFolder::new();
    add(&data, "innocent", Some(WISHED), &one());
    add(&data, "guilty", Some(WISHED), guilty);
    die(data.path());
    let application = Application::on(data);
    let [crash] = application.manager.crashes() else { panic!("{:?}", application.manager.crashes()) };
    assert_eq!((&*crash.plugin, &crash.activity), ("guilty", activity));
    assert_eq!(application.manager.enabled_plugin_keys(), ["innocent"]);
    assert!(application.manager.load_enabled().wait(Some(LONG)));
    assert_eq!(application.loader().loaded_plugins(), ["innocent"]);
    assert!(!application.is_wished("guilty"));
    let kept = application.loader().plugin_load_error("guilty").unwrap().to_string();
    assert!(
        kept.starts_with("The application died while ") && kept.ends_with("it stays off until it is enabled"),
        "{kept}"
    );
    assert!(application.logged(LogLevel::Error, "guilty").contains(&kept));
    application.manager.discover_plugins();
    assert_eq!(application.logged(LogLevel::Error, "guilty").len(), 1, "it is told once");
    application.load("guilty");
    assert!(application.is_wished("guilty"));
    assert_eq!(application.manager.enabled_plugin_keys(), ["guilty", "innocent"]);
    application.manager.shutdown().unwrap();
    let next = PluginManager::builder(application.data.path()).start().unwrap();
    assert!(next.crashes().is_empty());
    next.discover_plugins();
    assert_eq!(next.enabled_plugin_keys(), ["guilty", "innocent"]);
}

fn dying() -> String {
    format!("import os; os.environ.get('{DATA}') and os._exit(7)")
}

fn a_plugin_that_ends_the_process_when_it_is_imported_stays_off() {
    check_crash(&scripts(&dying(), &[("A", "")]), &Activity::Importing);
}

fn a_plugin_that_ends_the_process_in_on_load_stays_off() {
    let body = format!("def on_load(self):\n    {}", dying());
    check_crash(&scripts("", &[("A", &body)]), &Activity::Loading);
}

fn a_plugin_that_ends_the_process_in_a_call_stays_off() {
    let body = format!("def execute(self):\n    {}", dying());
    let calling = Activity::Calling { kind: CapabilityType::Script, capability: "A".into() };
    check_crash(&scripts("", &[("A", &body)]), &calling);
}

fn a_shutdown_cancels_the_loads_and_waits_for_them() {
    let (data, gate) = (DataFolder::new(), Gate::new());
    add(&data, "slow", None, &scripts(&gate.wait(), &[("A", "")]));
    add(&data, "queued", None, &one());
    let application = Application::on(data);
    let loads = ["slow", "queued"].map(|key| application.loader().load_plugin(key, LoadOptions::default()));
    gate.arrived(1);
    std::thread::scope(|scope| {
        let shutdown = scope.spawn(|| application.manager.shutdown());
        std::thread::sleep(Duration::from_millis(50));
        assert!(!shutdown.is_finished());
        gate.open();
        shutdown.join().unwrap().unwrap();
    });
    assert_eq!(loads[0].wait().unwrap_err().code(), ErrorCode::LoadCancelled);
    assert!(loads[1].wait_for(Duration::ZERO).is_some());
    assert!(application.loader().is_idle_and_empty() && application.state("slow").is_none());
    let refused = application.loader().load_plugin("queued", LoadOptions::default()).wait().unwrap_err();
    assert_eq!(refused.code(), ErrorCode::NotStarted);
    assert_eq!(
        application.loader().reload_plugin("queued").wait().unwrap_err().code(),
        ErrorCode::NotStarted
    );
    assert!(PluginManager::builder(application.data.path()).start().is_ok());
}

fn a_shutdown_ends_the_build_of_an_environment() {
    use std::os::unix::fs::PermissionsExt;
    let data = DataFolder::new();
    add(&data, "needs", None, &format!("# /// script\n# dependencies = ['a']\n# ///\n{}", one()));
    let seen = data.path().join("seen");
    let uv = data.add_file("tools/uv", format!("#!/bin/sh\ntouch {}; exec sleep 600\n", seen.display()));
    std::fs::set_permissions(&uv, std::fs::Permissions::from_mode(0o755)).unwrap();
    let application = Application::start(data, |builder| {
        builder.dependencies(DependencyOptions { uv: Some(uv), ..DependencyOptions::default() })
    });
    let loading = application.loader().load_plugin("needs", LoadOptions::default());
    patiently("uv runs", || seen.exists());
    application.manager.shutdown().unwrap();
    assert_eq!(loading.wait().unwrap_err().code(), ErrorCode::LoadCancelled);
}

/// What the process has one of belongs to the second manager, also when the first one goes later.
fn a_second_manager_is_not_harmed_by_the_first() {
    let first = Application::with_script("p", &one());
    first.load("p");
    first.manager.shutdown().unwrap();
    let markers = |application: &Application| {
        let files = std::fs::read_dir(application.data.path().join("running")).unwrap().flatten();
        files.filter(|file| file.path().extension().is_some_and(|ending| ending == "marker")).count()
    };
    assert_eq!(markers(&first), 0);
    let second = Application::with_script("p", &one());
    drop(first);
    assert_eq!(markers(&second), 1);
    second.load("p");
    let (tell, told) = std::sync::mpsc::channel();
    second.loader().subscribe_on_over_budget(move |over| tell.send(over.plugin.clone()).unwrap());
    second.manager.set_budgets(Budgets { call: Some(Duration::from_nanos(1)), ..Budgets::default() });
    second.manager.run_script_capability("p", "A").unwrap();
    assert_eq!(told.recv_timeout(LONG).unwrap(), "p");
    assert!(!second.logged(LogLevel::Warn, "p").is_empty());
}

/// The threads that have loaded end after Python has.
fn python_ends_when_asked_with_threads_that_have_loaded() {
    let application = Application::with_script("p", &one());
    application.load("p");
    application.manager.shutdown().unwrap();
    matriline::python::Interpreter::finalize().unwrap();
    std::thread::sleep(Duration::from_millis(2500));
    assert!(PluginManager::builder(application.data.path()).start().is_err(), "Python starts once");
}

fn every_phase_is_timed() {
    let application = Application::with_script("p", &one());
    let counts = || {
        let timings = application.manager.timings("p").phases;
        Phase::ALL.map(|phase| timings.of(phase).count)
    };
    assert_eq!(counts(), [1, 0, 0, 0, 0, 0], "its folder was read");
    application.load("p");
    application.loader().unload_plugin("p").unwrap();
    assert_eq!(counts(), [1, 1, 1, 1, 1, 1]);
    let (tell, told) = std::sync::mpsc::channel();
    application.loader().subscribe_on_over_budget(move |over| tell.send(over.to_string()).unwrap());
    application.manager.set_budgets(Budgets { import: Some(Duration::ZERO), ..Budgets::default() });
    application.load("p");
    let over = told.recv_timeout(LONG).unwrap();
    assert!(over.starts_with("Plugin `p` took ") && over.contains("for `import`"), "{over}");
}

process_tests!(
    what_is_enabled_is_loaded,
    a_start_with_some_finds_the_one_that_does_harm,
    a_process_that_dies,
    a_plugin_that_ends_the_process_when_it_is_imported_stays_off,
    a_plugin_that_ends_the_process_in_on_load_stays_off,
    a_plugin_that_ends_the_process_in_a_call_stays_off,
    a_shutdown_cancels_the_loads_and_waits_for_them,
    a_shutdown_ends_the_build_of_an_environment,
    a_second_manager_is_not_harmed_by_the_first,
    python_ends_when_asked_with_threads_that_have_loaded,
    every_phase_is_timed,
);
