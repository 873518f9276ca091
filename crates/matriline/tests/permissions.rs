//! What plugins ask to be allowed while they are loaded.

mod common;

use std::sync::{Arc, Mutex};

use common::Application;
use matriline::audit::{GrantKind, Permission};
use matriline::{ErrorCode, LoadOptions, PluginManager};
use matriline_testkit::{DataFolder, MainLoop, process_tests};

/// A script that runs `body` in `register_capabilities()`, and `head` while it is imported.
fn plugin(head: &str, body: &str) -> String {
    let body = body.trim().replace('\n', "\n        ");
    format!(
        "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Asks\"\n# ///\nimport orca\n{head}\n\n\
         class Run(orca.script.ScriptPluginCapabilityBase):\n    \
             def get_name(self):\n        return 'run'\n\n    \
             def execute(self):\n        return orca.ExecutionResult.success('')\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(Run)\n        {body}\n"
    )
}

/// A manager that answers every question with `answer`, and the questions.
fn asking(data: &DataFolder, answer: bool) -> (PluginManager, Arc<Mutex<Vec<Vec<String>>>>) {
    let questions = Arc::new(Mutex::new(Vec::new()));
    let asked = questions.clone();
    let permit = move |request: &matriline::PermissionRequest| {
        assert_eq!((request.plugin.as_str(), request.name.as_str()), ("asks", "Asks"));
        asked.lock().unwrap().push(request.fs_read.clone());
        answer
    };
    let manager = PluginManager::builder(data.path()).permissions(permit).start().unwrap();
    manager.discover_plugins();
    (manager, questions)
}

fn load(manager: &PluginManager) -> Result<(), matriline::Error> {
    manager.loader().load_plugin("asks", LoadOptions::default()).wait()
}

fn granted(data: &DataFolder) -> Vec<String> {
    let path = data.path().join("orca_plugins/asks/.install_state.json");
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let state: serde_json::Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(state["permissions"]["fs_read"].clone()).unwrap()
}

fn with(source: &str) -> DataFolder {
    let data = DataFolder::new();
    data.add_script("asks", "asks.py", source);
    data
}

const TWO: &str = "orca.request_permissions(fs_read=['/tmp/a'])\n\
                   orca.request_permissions(fs_read=['/tmp/b', '/tmp/a'])";

/// The main thread waits for the load that asks, and nothing else runs what is posted to it.
fn the_question_is_asked_on_the_main_thread() {
    let data = with(&plugin("", TWO));
    let (main, main_loop) = (std::thread::current().id(), MainLoop::new());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let threads = asked.clone();
    let permit = move |_: &matriline::PermissionRequest| {
        threads.lock().unwrap().push(std::thread::current().id());
        true
    };
    let builder = PluginManager::builder(data.path()).permissions(permit).post(main_loop.post());
    let manager = builder.start().unwrap();
    manager.discover_plugins();
    load(&manager).unwrap();
    assert_eq!(*asked.lock().unwrap(), [main]);
}

fn an_application_that_panics_denies() {
    let data = with(&plugin("", TWO));
    let manager = PluginManager::builder(data.path()).permissions(|_| panic!("no dialog")).start().unwrap();
    manager.discover_plugins();
    assert_eq!(load(&manager).unwrap_err().code(), ErrorCode::LoadFailed);
    assert!(granted(&data).is_empty());
}

fn what_is_granted_is_kept_and_not_asked_again() {
    let data = with(&plugin("", TWO));
    let (manager, questions) = asking(&data, true);
    load(&manager).unwrap();
    assert_eq!(*questions.lock().unwrap(), [["/tmp/a", "/tmp/b"]], "all at once");
    assert_eq!(granted(&data), ["/tmp/a", "/tmp/b"]);
    manager.loader().reload_plugin("asks").wait().unwrap();
    assert_eq!(questions.lock().unwrap().len(), 1);
    manager.shutdown().unwrap();
    let (manager, questions) = asking(&data, false);
    load(&manager).unwrap();
    assert!(questions.lock().unwrap().is_empty());
}

fn a_refusal_ends_the_load() {
    let data = with(&plugin("", TWO));
    let (manager, questions) = asking(&data, false);
    let error = load(&manager).unwrap_err();
    assert_eq!(error.code(), ErrorCode::LoadFailed);
    let text = error.to_string();
    assert!(text.contains("Plugin registration failed") && text.contains("`/tmp/a`, `/tmp/b`"), "{text}");
    assert!(!manager.loader().is_plugin_loaded("asks"));
    assert_eq!(granted(&data), Vec::<String>::new());
    assert!(load(&manager).is_err());
    assert_eq!(questions.lock().unwrap().len(), 2, "asked at every load");
}

/// A plugin that nobody has loaded so far is not loaded at the start because it was granted something.
fn a_load_that_fails_after_a_grant_leaves_it_off() {
    let source = plugin("", TWO).replace("return 'run'", "raise ValueError('no name')");
    let data = with(&source);
    let (manager, _) = asking(&data, true);
    load(&manager).unwrap_err();
    assert_eq!(granted(&data), ["/tmp/a", "/tmp/b"]);
    let text = std::fs::read_to_string(data.path().join("orca_plugins/asks/.install_state.json")).unwrap();
    assert!(text.contains(r#""enabled": false"#), "{text}");
}

fn what_is_asked_while_the_module_is_imported_counts() {
    let data = with(&plugin("orca.request_permissions(fs_read=['/tmp/head'])", "pass"));
    let (manager, questions) = asking(&data, true);
    load(&manager).unwrap();
    assert_eq!(*questions.lock().unwrap(), [["/tmp/head"]]);
}

/// An application that decides nothing grants.
fn without_a_decision_it_is_granted() {
    let application = Application::on(with(&plugin("", TWO)));
    application.load("asks");
    assert_eq!(granted(&application.data), ["/tmp/a", "/tmp/b"]);
}

fn wrong_requests_raise() {
    let wrong = |request: &str, kind: &str, part: &str| {
        let body = format!(
            "try:\n    orca.request_permissions({request})\nexcept {kind} as error:\n    \
             assert {part:?} in str(error), error\nelse:\n    raise AssertionError('accepted')"
        );
        let application = Application::on(with(&plugin("", &body)));
        application.load("asks");
        assert_eq!(granted(&application.data), Vec::<String>::new());
        application.manager.shutdown().unwrap();
    };
    wrong("fs_read=['']", "ValueError", "request_permissions(fs_read=...) does not accept");
    wrong("fs_read=['/tmp/a', '']", "ValueError", "does not accept");
    wrong("fs_read='/tmp'", "TypeError", "");
    wrong("fs_read=[5]", "TypeError", "");
    wrong("['/tmp']", "TypeError", "");
    wrong("process=['sh']", "TypeError", "process");
}

fn outside_of_loading_it_raises() {
    let source = common::script(
        "try:\n    orca.request_permissions(fs_read=['/tmp'])\nexcept ValueError as error:\n    \
         return orca.ExecutionResult.success(str(error))",
    );
    let application = Application::with_script("late", &source);
    application.load("late");
    let answer = application.execute("late", "edit").unwrap().message;
    assert_eq!(answer, "request_permissions() called outside plugin discovery context");
}

fn permission(kind: GrantKind, target: &str) -> Permission {
    Permission { kind, target: target.into() }
}

const DECLARED: &str = "# [tool.matriline.permissions]\n# fs_read = ['/tmp/declared/**']\n\
                        # network_http = ['Example.com']\n# process = ['/usr/bin/true']\n";

/// A plugin that declares what it needs, and asks for nothing while it is loaded.
fn declaring() -> DataFolder {
    with(&plugin("", "pass").replace("# ///\nimport", &format!("{DECLARED}# ///\nimport")))
}

fn what_is_granted_is_listed_and_taken_back() {
    let data = with(&plugin("", TWO));
    let (manager, questions) = asking(&data, true);
    load(&manager).unwrap();
    let [a, b] = ["/tmp/a", "/tmp/b"].map(|path| permission(GrantKind::FsRead, path));
    assert_eq!(manager.permissions("asks").unwrap(), [a.clone(), b.clone()]);
    assert!(manager.revoke("asks", &a).unwrap());
    assert!(!manager.revoke("asks", &a).unwrap(), "gone already");
    assert!(!manager.revoke("asks", &permission(GrantKind::Process, "/tmp/b")).unwrap(), "another list");
    assert_eq!(manager.permissions("asks").unwrap(), [b]);
    assert_eq!(granted(&data), ["/tmp/b"]);
    manager.loader().reload_plugin("asks").wait().unwrap();
    assert_eq!(questions.lock().unwrap().last().unwrap(), &["/tmp/a"], "asked again");
    let unknown = manager.permissions("unknown").unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::PluginNotFound);
}

/// What another program wrote beside our lists stays, and what nobody understands is listed and can be taken back.
fn a_sidecar_of_another_program() {
    let data = with(&plugin("", "pass"));
    let text = r#"{"permissions": {"camera": ["front"], "process": ["x", "../y"], "fs_read": ["relative"]}, "own": 1}"#;
    data.add_file("orca_plugins/asks/.install_state.json", text);
    let (manager, _) = asking(&data, true);
    let listed = manager.permissions("asks").unwrap();
    let expected = [(GrantKind::FsRead, "relative"), (GrantKind::Process, "x"), (GrantKind::Process, "../y")];
    assert_eq!(listed, expected.map(|(kind, target)| permission(kind, target)));
    assert!(manager.revoke("asks", &listed[0]).unwrap());
    let text = std::fs::read_to_string(data.path().join("orca_plugins/asks/.install_state.json")).unwrap();
    assert!(
        text.contains("\"camera\"") && text.contains("\"own\": 1") && !text.contains("relative"),
        "{text}"
    );
}

/// One dialog for everything that the metadata says, before the plugin runs.
fn what_is_declared_is_asked_at_once() {
    let data = declaring();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let requests = asked.clone();
    let permit = move |request: &matriline::PermissionRequest| {
        requests.lock().unwrap().push(request.permissions().collect::<Vec<_>>());
        true
    };
    let manager = PluginManager::builder(data.path()).permissions(permit).start().unwrap();
    manager.discover_plugins();
    let declared = [
        permission(GrantKind::FsRead, "/tmp/declared/**"),
        permission(GrantKind::NetworkHttp, "example.com"),
        permission(GrantKind::Process, "/usr/bin/true"),
    ];
    assert_eq!(manager.wanted_permissions("asks").unwrap(), declared);
    assert!(manager.ask_permissions("asks").unwrap());
    assert_eq!(*asked.lock().unwrap(), [declared.to_vec()]);
    assert_eq!(manager.permissions("asks").unwrap(), declared);
    assert!(manager.wanted_permissions("asks").unwrap().is_empty());
    assert!(manager.ask_permissions("asks").unwrap(), "nothing is left to ask for");
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert!(!manager.catalog().get("asks").unwrap().is_enabled(), "a grant does not switch it on");
}

fn a_refusal_of_what_is_declared_grants_nothing() {
    let data = declaring();
    let manager = PluginManager::builder(data.path()).permissions(|_| false).start().unwrap();
    manager.discover_plugins();
    assert!(!manager.ask_permissions("asks").unwrap());
    assert!(manager.permissions("asks").unwrap().is_empty());
    load(&manager).unwrap();
}

/// What was granted stays when the plugin is updated; only what is new is asked for.
fn an_update_keeps_what_was_granted() {
    let data = declaring();
    let manager = PluginManager::builder(data.path()).permissions(|_| true).start().unwrap();
    manager.discover_plugins();
    manager.ask_permissions("asks").unwrap();
    load(&manager).unwrap();
    let newer = plugin("", "pass").replace(
        "# ///\nimport",
        "# [tool.matriline.permissions]\n# network_http = ['example.com', 'example.org']\n# ///\nimport",
    );
    let file = data.add_file("asks.py", newer);
    let installed = manager.install_plugin(&file).unwrap();
    assert_eq!(installed.asks_for.network_http, ["example.org"]);
    assert_eq!(manager.permissions("asks").unwrap().len(), 3);
    let wanted = manager.wanted_permissions("asks").unwrap();
    assert_eq!(wanted, [permission(GrantKind::NetworkHttp, "example.org")]);
}

process_tests!(
    what_is_granted_is_listed_and_taken_back,
    a_sidecar_of_another_program,
    what_is_declared_is_asked_at_once,
    a_refusal_of_what_is_declared_grants_nothing,
    an_update_keeps_what_was_granted,
    the_question_is_asked_on_the_main_thread,
    an_application_that_panics_denies,
    what_is_granted_is_kept_and_not_asked_again,
    a_refusal_ends_the_load,
    a_load_that_fails_after_a_grant_leaves_it_off,
    what_is_asked_while_the_module_is_imported_counts,
    without_a_decision_it_is_granted,
    wrong_requests_raise,
    outside_of_loading_it_raises,
);
