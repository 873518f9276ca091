//! The application's own code that acts for a plugin: contexts, and whether a file may be opened.

mod common;

use std::path::PathBuf;

use matriline::PluginManager;
use matriline::audit::{
    self, AuditContext, AuditViolation, Mode, add_global_allowed_root, add_scoped_allowed_root, check_open,
    is_denied_filename,
};
use matriline_testkit::{DataFolder, process_tests};

/// The names of 12.13: A, G and T.
const SECRETS: [&str; 5] = [
    "OrcaSlicer.conf",
    "OrcaSlicer-gcodeviewer.conf",
    "OrcaSlicer.ini",
    "OrcaSlicer-gcodeviewer.ini",
    "orca_refresh_token.sec",
];

/// An application with secrets, and its data folder.
fn application() -> (DataFolder, PluginManager, PathBuf) {
    let data = DataFolder::new();
    let manager = PluginManager::builder(data.path()).secrets(SECRETS).start().unwrap();
    let folder = manager.data_dir().to_owned();
    (data, manager, folder)
}

fn check(path: PathBuf, mode: &str, reason: &str) {
    let found = check_open(&path, mode);
    assert_eq!((found.allowed, found.reason.as_str()), (reason.is_empty(), reason), "{path:?} {mode}");
}

const OUTSIDE: &str = "outside allowed root";
const DENIED: &str = "denied filename";

/// 12.13, the names.
fn names_of_secrets() {
    let (_data, _manager, folder) = application();
    for name in SECRETS {
        assert!(is_denied_filename(name), "{name}");
    }
    for name in ["OrcaSlicer.conf.bak", "orca_refresh_token.sec.tmp", "OrcaSlicer.conf:stream"] {
        assert!(is_denied_filename(name), "{name}");
    }
    for path in ["/tmp/OrcaSlicer.conf", "/some/plugin/dir/OrcaSlicer.conf"] {
        assert!(is_denied_filename(path), "{path}");
    }
    assert!(is_denied_filename(folder.join("plugins/../OrcaSlicer.conf")));
    for name in ["orcaslicer.conf", "ORCASLICER.CONF", "ORCA_REFRESH_TOKEN.SEC"] {
        assert!(is_denied_filename(name), "{name}");
    }
    for name in ["OrcaSlicer_other.txt", "OrcaSlicer.json", "orca_refresh_token.txt", ""] {
        assert!(!is_denied_filename(name), "{name}");
    }
}

/// 12.13, the context `test_plugin` with the data folder as global root.
fn a_plugin_in_its_data_folder() {
    let (_data, _manager, folder) = application();
    add_global_allowed_root(&folder);
    let _context = AuditContext::enter("test_plugin", "", Mode::Enforcing);
    check(folder.join("plugin_data.txt"), "w", "");
    check(folder.join("../outside.txt"), "r", OUTSIDE);
    check(folder.join("OrcaSlicer.conf"), "w", DENIED);
    check(folder.join("OrcaSlicer.conf"), "r", DENIED);
    check(folder.join("orca_refresh_token.sec"), "r", DENIED);
    check(folder.join("orca_refresh_token.sec.tmp"), "w", DENIED);
    check(folder.join("plugins/../OrcaSlicer.conf"), "r", DENIED);
}

/// 12.13, a folder for one call.
fn a_folder_for_a_call() {
    let (_data, _manager, folder) = application();
    let own = folder.join("plugins/test_plugin");
    let _context = AuditContext::enter("test_plugin", "", Mode::Enforcing);
    add_scoped_allowed_root(&own);
    check(own.join("state.json"), "r", "");
    check(own.join("state.json"), "w", "");
    check(own.join("OrcaSlicer.conf"), "w", DENIED);
}

/// 12.13, without a plugin.
fn nobody_is_free() {
    let (_data, _manager, folder) = application();
    check(folder.join("OrcaSlicer.conf"), "r", "");
    check(folder.join("OrcaSlicer.conf"), "w", "");
    check("/etc/passwd".into(), "w", "");
    let _context = AuditContext::enter("", "", Mode::Enforcing);
    check("/etc/passwd".into(), "w", "");
}

/// 12.13, a read-only root of the application's resources.
fn resources_are_read() {
    let (data, resources) = (DataFolder::new(), tempfile::tempdir().unwrap());
    let builder = PluginManager::builder(data.path()).secrets(SECRETS).read_only_root(resources.path());
    let _manager = builder.start().unwrap();
    let _context = AuditContext::enter("test_plugin", "", Mode::Enforcing);
    check(resources.path().join("profiles/vendor.json"), "r", "");
    check(resources.path().join("profiles/vendor.json"), "w", OUTSIDE);
    check(resources.path().join("new.json"), "x", OUTSIDE);
    // the key words of the newest version are not adopted: secrets are named
    check(resources.path().join("cert/slicer_base64.cer"), "r", "");
    check(resources.path().join("cert/OrcaSlicer.ini"), "r", DENIED);
}

/// The vectors of the specification's time, with `x` as the write that it is.
fn the_modes_of_the_specification() {
    let (_data, _manager, folder) = application();
    let outside = || folder.join("../outside.txt");
    let _context = AuditContext::enter("test_plugin", "", Mode::Loading);
    check(outside(), "r", "");
    check(outside(), "", "");
    check(PathBuf::new(), "w", "");
    for mode in ["w", "a", "r+", "x", "wb"] {
        check(outside(), mode, OUTSIDE);
        check(folder.join("inside.txt"), mode, "");
    }
    audit::set_audit_mode(Mode::Enforcing);
    check(outside(), "r", OUTSIDE);
    check(folder.clone(), "r", "");
    audit::set_audit_mode(Mode::Ask);
    check(outside(), "r", OUTSIDE);
}

/// What would let a plugin rule itself is protected inside of the data folder as well.
fn protected_places_are_refused() {
    let (_data, _manager, folder) = application();
    let _context = AuditContext::enter("test_plugin", "", Mode::Loading);
    for path in ["orca_plugins/config.json", "orca_plugins/other/.install_state.json", "log/activity.jsonl"] {
        assert!(!check_open(folder.join(path), "w").allowed, "{path}");
    }
    check(folder.join("orca_plugins/test_plugin/state.json"), "w", "");
}

fn contexts_nest_and_belong_to_their_thread() {
    let (_data, _manager, folder) = application();
    let job = folder.join("../job/a.gcode");
    let outer = AuditContext::enter("outer", "first", Mode::Enforcing);
    add_scoped_allowed_root(folder.join("../job"));
    check(job.clone(), "w", "");
    {
        let _inner = AuditContext::enter("inner", "", Mode::Loading);
        assert_eq!((audit::current_plugin().as_str(), audit::current_capability().as_str()), ("inner", ""));
        assert_eq!(audit::audit_mode(), Mode::Loading);
        check(job.clone(), "w", OUTSIDE);
        std::thread::spawn(|| assert_eq!(audit::current_plugin(), "")).join().unwrap();
        let panicked = std::panic::catch_unwind(|| {
            let _innermost = AuditContext::enter("innermost", "", Mode::Ask);
            panic!("a part of the application");
        });
        assert!(panicked.is_err());
        assert_eq!(audit::current_plugin(), "inner");
    }
    assert_eq!((audit::current_plugin().as_str(), audit::current_capability().as_str()), ("outer", "first"));
    assert_eq!(audit::audit_mode(), Mode::Enforcing);
    check(job, "w", "");
    drop(outer);
    assert_eq!((audit::current_plugin().as_str(), audit::audit_mode()), ("", Mode::Loading));
    audit::set_current_plugin("stamped");
    audit::set_current_capability("one");
    assert_eq!(audit::current_plugin(), "stamped");
    audit::clear_current_plugin();
    audit::clear_current_capability();
    assert_eq!((audit::current_plugin(), audit::current_capability()), (String::new(), String::new()));
}

fn a_violation_of_the_application_is_kept() {
    let application = common::Application::with_script("stamp", &common::script("pass"));
    application.load("stamp");
    let violation = AuditViolation {
        plugin_key: "stamp".into(),
        capability: String::new(),
        event_name: "download".into(),
        path: "/etc/passwd".into(),
        reason: OUTSIDE.into(),
    };
    assert_eq!(audit::last_violation(), None);
    audit::report_violation(violation.clone());
    assert_eq!(audit::last_violation().as_ref(), Some(&violation));
    assert_eq!(application.manager.violations("stamp"), [violation]);
    assert_eq!(application.manager.violation_count("stamp"), 1);
    assert_eq!(std::thread::spawn(audit::last_violation).join().unwrap(), None);
    audit::clear_last_violation();
    assert_eq!(audit::last_violation(), None);
    assert_eq!(application.manager.violation_count("stamp"), 1);
}

process_tests!(
    names_of_secrets,
    a_plugin_in_its_data_folder,
    a_folder_for_a_call,
    nobody_is_free,
    resources_are_read,
    the_modes_of_the_specification,
    protected_places_are_refused,
    contexts_nest_and_belong_to_their_thread,
    a_violation_of_the_application_is_kept,
);
