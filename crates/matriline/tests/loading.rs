//! Loading: on threads of its own, with everything undone that does not succeed; which capabilities are enabled then.

mod common;

use std::time::Duration;

use common::{Application, Gate, eval, modules, patiently, scripts};
use matriline::{
    CapabilityType, CloudOverlay, DependencyOptions, Descriptor, Error, ErrorCode, LoadOptions, LoadStage,
    Loading, LogLevel, ScriptCapability,
};
use matriline_testkit::{DataFolder, process_tests};

/// The key of the plugin in the fixture `echo_plugin`.
const ECHO: &str = "Echo_Plugin";
const LONG: Duration = Duration::from_secs(60);

fn start(application: &Application, key: &str) -> Loading {
    application.loader().load_plugin(key, LoadOptions::default())
}

fn asking_for(names: &[&str]) -> LoadOptions {
    let capabilities = Some(names.iter().map(|&name| name.into()).collect());
    LoadOptions { capabilities, ..LoadOptions::default() }
}

fn two() -> String {
    scripts("", &[("Alpha", ""), ("Beta", "")])
}

fn flags(flags: &[(&str, bool)]) -> Vec<(String, bool)> {
    flags.iter().map(|&(name, enabled)| (name.to_owned(), enabled)).collect()
}

fn a_load_returns_at_once() {
    let gate = Gate::new();
    let application = Application::with_script("slow", &scripts(&gate.wait(), &[("A", "")]));
    let loader = application.loader();
    let loading = start(&application, "slow");
    assert_eq!(loading.plugin(), "slow");
    gate.arrived(1);
    assert_eq!(loading.stage(), LoadStage::Python);
    assert!(loading.wait_for(Duration::from_millis(20)).is_none());
    let limited = loader.wait_for_plugin_load("slow", Some(Duration::ZERO)).unwrap_err();
    assert!(matches!(limited, Error::Busy { .. }), "{limited}");
    assert!(loader.is_plugin_load_in_progress("slow") && !loader.is_plugin_loaded("slow"));
    assert_eq!(loader.plugin_loads_in_progress(), ["slow"]);
    assert!(!loader.is_idle_and_empty() && !loader.wait_for_all_plugin_loads(Some(Duration::ZERO)));
    gate.open();
    assert!(loader.wait_for_all_plugin_loads(Some(LONG)));
    loading.wait().unwrap();
    loader.wait_for_plugin_load("slow", None).unwrap();
    assert_eq!(loading.stage(), LoadStage::Over);
    assert!(!loader.is_plugin_load_in_progress("slow") && loader.is_plugin_loaded("slow"));
}

// 12.4 L12
fn a_cancelled_load_keeps_its_slot_until_it_has_stopped() {
    let gate = Gate::new();
    let application = Application::with_script("slow", &scripts(&gate.wait(), &[("A", "")]));
    let loader = application.loader();
    let loading = start(&application, "slow");
    gate.arrived(1);
    assert!(loader.is_plugin_load_in_progress("slow"));
    assert!(loader.cancel_plugin_load("slow"));
    assert!(loader.is_plugin_load_in_progress("slow"));
    assert!(!loader.wait_for_all_plugin_loads(Some(Duration::ZERO)));
    gate.open();
    assert!(loader.wait_for_all_plugin_loads(Some(LONG)));
    assert!(matches!(loading.wait(), Err(Error::Cancelled { plugin }) if plugin == "slow"));
    assert!(!loader.is_plugin_load_in_progress("slow") && !loader.is_plugin_loaded("slow"));
    assert!(loader.loaded_plugin_capabilities("slow").is_empty() && loader.is_idle_and_empty());
    assert!(loader.plugin_load_error("slow").is_none(), "a cancelled load is no error");
    assert_eq!((modules("slow"), application.state("slow")), (String::new(), None));
    assert!(!loader.cancel_plugin_load("slow"));
    application.load("slow");
}

fn a_load_asked_for_after_a_cancelled_one_begins_when_that_has_stopped() {
    let gate = Gate::new();
    let application = Application::with_script("slow", &scripts(&gate.wait(), &[("A", "")]));
    let first = start(&application, "slow");
    gate.arrived(1);
    first.cancel();
    let second = start(&application, "slow");
    assert_eq!(second.stage(), LoadStage::Queued);
    gate.open();
    second.wait().unwrap();
    assert_eq!(first.wait().unwrap_err().code(), ErrorCode::LoadCancelled);
    assert_eq!(eval("__import__('sys').arrived"), "2");
}

fn unloading_cancels_a_load() {
    let gate = Gate::new();
    let application = Application::with_script("slow", &scripts(&gate.wait(), &[("A", "")]));
    let loading = start(&application, "slow");
    gate.arrived(1);
    application.loader().unload_plugin("slow").unwrap();
    gate.open();
    assert_eq!(loading.wait().unwrap_err().code(), ErrorCode::LoadCancelled);
    assert!(!application.is_wished("slow"));
}

fn a_slow_import_delays_nobody() {
    let (gate, data) = (Gate::new(), DataFolder::new());
    for key in ["slow_a", "slow_b"] {
        data.add_script(key, &format!("{key}.py"), &scripts(&gate.wait(), &[("A", "")]));
    }
    data.add_script("ready", "ready.py", &two());
    let application = Application::on(data);
    let slow = ["slow_a", "slow_b"].map(|key| start(&application, key));
    gate.arrived(2);
    application.load("ready");
    let script = application.loader().capability::<dyn ScriptCapability>("ready", "Alpha").unwrap();
    assert_eq!(script.execute().unwrap().message, "Alpha");
    assert_eq!(application.loader().plugin_loads_in_progress(), ["slow_a", "slow_b"]);
    gate.open();
    slow.iter().for_each(|load| load.wait().unwrap());
}

/// Takes a shell script for uv.
fn with_uv(data: DataFolder, script: &str) -> Application {
    use std::os::unix::fs::PermissionsExt;
    let uv = data.add_file("tools/uv", format!("#!/bin/sh\nDATA='{}'\n{script}", data.path().display()));
    std::fs::set_permissions(&uv, std::fs::Permissions::from_mode(0o755)).unwrap();
    Application::start(data, |builder| {
        builder.dependencies(DependencyOptions { uv: Some(uv), ..DependencyOptions::default() })
    })
}

fn needs(requirement: &str) -> String {
    format!("# /// script\n# dependencies = ['{requirement}']\n# ///\n{}", two())
}

/// Each of the two builds waits for the other one, so they run at the same time.
fn environments_are_built_at_the_same_time_and_delay_nobody() {
    let data = DataFolder::new();
    data.add_script("needs_a", "needs_a.py", &needs("a"));
    data.add_script("needs_b", "needs_b.py", &needs("b"));
    data.add_script("ready", "ready.py", &two());
    let script = "mkdir -p $DATA/seen; touch $DATA/seen/$(cat requirements.in)\n\
        while [ ! -e $DATA/seen/a ] || [ ! -e $DATA/seen/b ] || [ ! -e $DATA/go ]; do sleep 0.01; done\n\
        echo \"no such thing as $(cat requirements.in)\" >&2; exit 3\n";
    let application = with_uv(data, script);
    let loads = ["needs_a", "needs_b"].map(|key| start(&application, key));
    let seen = |name: &str| application.data.path().join("seen").join(name).exists();
    patiently("both are built", || seen("a") && seen("b"));
    application.load("ready");
    assert_eq!(loads[0].stage(), LoadStage::Environment);
    application.data.add_file("go", "");
    for (load, name) in loads.iter().zip(["a", "b"]) {
        let error = load.wait().unwrap_err();
        assert_eq!(error.code(), ErrorCode::EnvironmentFailed);
        let text = error.to_string();
        assert!(text.starts_with("Failed to install plugin dependencies: "), "{text}");
        assert!(text.contains("exit code 3") && text.contains(&format!("no such thing as {name}")), "{text}");
    }
}

fn cancelling_ends_the_build_of_an_environment() {
    let data = DataFolder::new();
    data.add_script("needs_a", "needs_a.py", &needs("a"));
    let application = with_uv(data, "touch $DATA/seen; exec sleep 600\n");
    let loading = start(&application, "needs_a");
    patiently("uv runs", || application.data.path().join("seen").exists());
    assert!(application.loader().cancel_plugin_load("needs_a"));
    assert!(matches!(loading.wait_for(LONG), Some(Err(Error::Cancelled { .. }))));
    assert!(application.loader().plugin_load_error("needs_a").is_none());
}

fn an_error_keeps_its_whole_text() {
    let application =
        Application::with_script("broken", &scripts("def f():\n    raise ValueError('so it is')\nf()", &[]));
    let error = application.load_error("broken");
    let traceback = error.traceback().unwrap();
    assert!(
        traceback.contains("broken.py\", line 4, in f") && traceback.contains("ValueError: so it is"),
        "{traceback}"
    );
    assert!(error.to_string().contains("so it is"), "{error}");
    let logged = application.logged(LogLevel::Error, "broken").join("\n");
    assert!(logged.contains(traceback), "{logged}");
    let again = application.loader().wait_for_plugin_load("broken", None).unwrap_err();
    assert_eq!(again.to_string(), error.to_string());
    assert_eq!(application.state("broken"), None, "nobody has loaded it yet");
}

/// What is left of a plugin that fails with that code in it: nothing.
fn check_undone(head: &str, capabilities: &[(&str, &str)], step: &str) {
    let data = DataFolder::new();
    let head = format!("import helper_of_it\nsys.path.append('/tmp/added by it')\n{head}");
    data.add_script("fails", "fails.py", &scripts(&head, capabilities));
    data.add_script("fails", "helper_of_it/__init__.py", "from . import inner\n");
    data.add_script("fails", "helper_of_it/inner.py", "");
    let application = Application::on(data);
    let path = eval("__import__('sys').path");
    let error = application.load_error("fails");
    assert!(error.to_string().contains(step), "{error}");
    assert_eq!((modules("fails"), modules("helper_of_it")), (String::new(), String::new()));
    assert_eq!(eval("__import__('sys').path"), path);
    assert!(application.loader().loaded_plugin_capabilities("fails").is_empty());
    assert_eq!(application.state("fails"), None);
    let entry = application.data.plugins().join("fails/fails.py");
    std::fs::write(&entry, two()).unwrap();
    application.manager.discover_plugins();
    application.load("fails");
    assert!(application.loader().plugin_load_error("fails").is_none());
}

fn a_failing_import_is_undone() {
    check_undone("1 / 0", &[], "division by zero");
}

fn a_failing_constructor_is_undone() {
    check_undone("", &[("A", ""), ("B", "def __init__(self):\n    raise OSError('no init')")], "no init");
}

fn a_failing_name_is_undone() {
    check_undone("", &[("A", ""), ("A", "")], "duplicate capability");
}

fn a_failing_on_load_is_undone() {
    let note =
        |name: &str| format!("def on_unload(self):\n    sys.ended = getattr(sys, 'ended', '') + '{name}'\n");
    let fails = note("B") + "def on_load(self):\n    raise OSError('no start')";
    check_undone("", &[("A", &note("A")), ("B", &fails), ("C", &note("C"))], "no start");
    assert_eq!(eval("__import__('sys').ended"), "AB", "what has begun ends, the failing one too");
}

fn threads_of_a_failing_load_are_named() {
    let head = "import threading, time\n\
        threading.Thread(target=time.sleep, args=(60,), name='the left one', daemon=True).start()\n1 / 0";
    let application = Application::with_script("fails", &scripts(head, &[]));
    application.load_error("fails");
    let warnings = application.logged(LogLevel::Warn, "fails").join("\n");
    assert!(warnings.contains("left threads running: `the left one`"), "{warnings}");
}

// 12.4 L1
fn the_echo_plugin_loads() {
    let application = Application::with(&["echo_plugin"]);
    let catalog = application.manager.catalog();
    assert_eq!(catalog.get_valid(ECHO).unwrap().descriptor.name, "Echo Plugin");
    application.load(ECHO);
    assert!(application.loader().plugin_load_error(ECHO).is_none());
    let entries = application.loader().loaded_plugin_capabilities(ECHO);
    let [entry] = &entries[..] else { panic!("one capability") };
    assert_eq!((&*entry.id().name, entry.id().kind), ("Echo", CapabilityType::Script));
    assert!(entry.gate().is_enabled() && entry.id().plugin_key == ECHO);
    let of_type = application.loader().plugin_capabilities_by_type(CapabilityType::Script);
    assert!(std::sync::Arc::ptr_eq(&of_type[0], entry));
}

// 12.4 L2
fn it_loads_again_after_a_shutdown() {
    let first = Application::with(&["echo_plugin"]);
    first.load(ECHO);
    first.manager.shutdown().unwrap();
    let second = Application::with(&["echo_plugin"]);
    second.load(ECHO);
}

// 12.4 L3
fn two_plugins_with_one_key_are_told_apart() {
    let data = DataFolder::new();
    for folder in ["first", "second"] {
        data.add_script(folder, "Shared.py", &two());
    }
    let application = Application::on(data);
    let catalog = application.manager.catalog();
    let error = catalog.invalid().next().unwrap().error().unwrap();
    assert!(error.contains("Duplicate plugin key"), "{error}");
    application.load("Shared");
}

// 12.4 L4
fn an_unloaded_plugin_stays_installed() {
    let application = Application::with(&["echo_plugin"]);
    application.load(ECHO);
    application.loader().unload_plugin(ECHO).unwrap();
    assert!(!application.loader().is_plugin_loaded(ECHO));
    assert!(application.flags(ECHO).is_empty());
    assert!(application.loader().capability::<dyn ScriptCapability>(ECHO, "Echo").is_none());
    assert!(application.manager.catalog().get_valid(ECHO).is_some());
}

/// The sidecar says that the plugin is enabled, its capability is not.
fn with_echo_switched_off() -> Application {
    let data = DataFolder::new();
    data.add_fixture("echo_plugin");
    data.add_script(
        "echo_plugin",
        ".install_state.json",
        r#"{"enabled": true, "capabilities": [{"Echo": false}]}"#,
    );
    Application::on(data)
}

// 12.4 L6
fn a_load_restores_what_the_sidecar_says() {
    let application = with_echo_switched_off();
    application.load(ECHO);
    assert_eq!(application.flags(ECHO), flags(&[("Echo", false)]));
    application.load(ECHO);
    assert_eq!(application.flags(ECHO), flags(&[("Echo", false)]), "nobody asked for it");
}

// 12.4 L7, L8
fn a_disabled_capability_stays_disabled() {
    let application = Application::with(&["echo_plugin"]);
    application.load(ECHO);
    assert!(application.switch(ECHO, "Echo", false));
    let stored =
        || application.state("echo_plugin").unwrap().is_capability_enabled(CapabilityType::Script, "Echo");
    assert_eq!(stored(), Some(false));
    application.loader().unload_plugin(ECHO).unwrap();
    application.load(ECHO);
    assert_eq!(application.flags(ECHO), flags(&[("Echo", false)]));
    application.loader().unload_plugin(ECHO).unwrap();
    application.manager.discover_plugins();
    application.load(ECHO);
    assert_eq!((application.flags(ECHO), stored()), (flags(&[("Echo", false)]), Some(false)));
}

// 12.4 L9
fn a_request_wins_over_the_sidecar() {
    let application = with_echo_switched_off();
    application.load(ECHO);
    application.loader().unload_plugin(ECHO).unwrap();
    application.loader().load_plugin(ECHO, asking_for(&["Echo"])).wait().unwrap();
    assert_eq!(application.flags(ECHO), flags(&[("Echo", true)]));
    let state = application.state("echo_plugin").unwrap();
    assert_eq!(state.is_capability_enabled(CapabilityType::Script, "Echo"), Some(true));
}

// 12.4 L11
fn a_request_disables_the_others() {
    let application = Application::with_script("two", &two());
    application.loader().load_plugin("two", asking_for(&["Beta"])).wait().unwrap();
    assert_eq!(application.flags("two"), flags(&[("Alpha", false), ("Beta", true)]));
}

fn loading_a_loaded_plugin_changes_what_was_asked_for_and_nothing_else() {
    let application = Application::with_script("two", &two());
    application.loader().load_plugin("two", asking_for(&[])).wait().unwrap();
    application.loader().set_plugin_error("two", "something else");
    let before = application.loader().loaded_plugin_capabilities("two");
    application.load("two");
    assert_eq!(application.flags("two"), flags(&[("Alpha", false), ("Beta", false)]));
    application.loader().load_plugin("two", asking_for(&["Beta"])).wait().unwrap();
    assert_eq!(application.flags("two"), flags(&[("Alpha", false), ("Beta", true)]));
    application.loader().load_plugin("two", asking_for(&["Alpha"])).wait().unwrap();
    assert_eq!(application.flags("two"), flags(&[("Alpha", true), ("Beta", true)]));
    let after = application.loader().loaded_plugin_capabilities("two");
    assert!(before.iter().zip(&after).all(|(one, other)| std::sync::Arc::ptr_eq(one, other)));
    assert_eq!(application.loader().plugin_load_error("two").unwrap().to_string(), "something else");
    std::fs::remove_dir_all(application.data.plugins().join("two")).unwrap();
    application.manager.discover_plugins();
    application.load("two");
}

// 12.4 L13
fn an_unknown_plugin_is_told_of_at_once() {
    let application = Application::with(&[]);
    let loading = start(&application, "No_Such_Plugin");
    let error = loading.wait_for(Duration::ZERO).expect("it is over").unwrap_err();
    assert_eq!(error.to_string(), "Plugin not found: No_Such_Plugin");
    assert!(application.flags("No_Such_Plugin").is_empty() && application.loader().is_idle_and_empty());
}

// 12.4 L15
fn signing_out_takes_the_plugins_of_the_cloud_away() {
    const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";
    let data = DataFolder::new();
    data.add_script("local", "local.py", &two());
    let folder = format!("_subscribed/somebody/{UUID}");
    data.add_script(&folder, "of_cloud.py", &two());
    let state = format!(r#"{{"enabled": true, "installed_from": "cloud", "cloud_uuid": "{UUID}"}}"#);
    data.add_script(&folder, ".install_state.json", &state);
    let application = Application::start(data, |builder| builder.cloud_user("somebody"));
    let manager = &application.manager;
    let cloud =
        CloudOverlay { uuid: "650e8400-e29b-41d4-a716-446655440000".into(), ..CloudOverlay::default() };
    let available = Descriptor {
        plugin_key: cloud.uuid.clone(),
        name: "Available".into(),
        cloud: Some(Box::new(cloud)),
        ..Descriptor::default()
    };
    manager.update_cloud_catalog(vec![available]);
    assert_eq!(manager.catalog().entries().len(), 3);
    application.load("local");
    application.load(UUID);
    manager.loader().unload_cloud_plugins().unwrap();
    manager.update_cloud_catalog(Vec::new());
    manager.set_cloud_user(None);
    manager.discover_plugins();
    assert_eq!(manager.loader().loaded_plugins(), ["local"]);
    let catalog = manager.catalog();
    assert_eq!(
        catalog.entries().iter().map(|entry| &*entry.descriptor.plugin_key).collect::<Vec<_>>(),
        ["local"]
    );
    manager.set_cloud_user(Some("somebody".into()));
    manager.discover_plugins();
    assert_eq!(manager.enabled_plugin_keys(), ["local", UUID], "signing out is no wish");
}

// 12.4 L16
fn unloading_what_is_not_there_is_fine() {
    let application = Application::with(&[]);
    application.loader().unload_plugin("No_Such_Plugin").unwrap();
    assert!(!application.loader().is_plugin_loaded("No_Such_Plugin"));
}

fn many_threads_load_a_plugin_once() {
    let application = Application::with_script(
        "once",
        &scripts("sys.imports = getattr(sys, 'imports', 0) + 1", &[("A", "")]),
    );
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| application.load("once"));
        }
    });
    assert_eq!(eval("__import__('sys').imports"), "1");
}

/// A load that waits for itself would wait for ever.
fn a_load_that_waits_for_itself_is_told_so() {
    let data = DataFolder::new();
    data.add_script(
        "asks",
        "asks.py",
        &scripts("try:\n    open('/is/not/allowed', 'w')\nexcept OSError:\n    pass", &[("A", "")]),
    );
    let manager = std::sync::Arc::new(std::sync::OnceLock::<matriline::PluginManager>::new());
    let answers = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (inside, told) = (manager.clone(), answers.clone());
    let started = matriline::PluginManager::builder(data.path()).log(move |record| {
        if record.target == "matriline::audit" {
            let loading = inside.get().unwrap().loader().load_plugin("asks", LoadOptions::default());
            told.lock().unwrap().push(loading.wait().unwrap_err().to_string());
        }
    });
    let started = started.start().unwrap();
    started.discover_plugins();
    manager.set(started.clone()).ok().unwrap();
    started.loader().load_plugin("asks", LoadOptions::default()).wait().unwrap();
    let answers = answers.lock().unwrap();
    assert!(
        answers.iter().all(|text| text.contains("is being loaded")) && !answers.is_empty(),
        "{answers:?}"
    );
    started.shutdown().unwrap();
}

process_tests!(
    a_load_returns_at_once,
    a_cancelled_load_keeps_its_slot_until_it_has_stopped,
    a_load_asked_for_after_a_cancelled_one_begins_when_that_has_stopped,
    unloading_cancels_a_load,
    a_slow_import_delays_nobody,
    environments_are_built_at_the_same_time_and_delay_nobody,
    cancelling_ends_the_build_of_an_environment,
    an_error_keeps_its_whole_text,
    a_failing_import_is_undone,
    a_failing_constructor_is_undone,
    a_failing_name_is_undone,
    a_failing_on_load_is_undone,
    threads_of_a_failing_load_are_named,
    the_echo_plugin_loads,
    it_loads_again_after_a_shutdown,
    two_plugins_with_one_key_are_told_apart,
    an_unloaded_plugin_stays_installed,
    a_load_restores_what_the_sidecar_says,
    a_disabled_capability_stays_disabled,
    a_request_wins_over_the_sidecar,
    a_request_disables_the_others,
    loading_a_loaded_plugin_changes_what_was_asked_for_and_nothing_else,
    an_unknown_plugin_is_told_of_at_once,
    signing_out_takes_the_plugins_of_the_cloud_away,
    unloading_what_is_not_there_is_fine,
    many_threads_load_a_plugin_once,
    a_load_that_waits_for_itself_is_told_so,
);
