//! Installing, updating, removing and going back, of plugins that are loaded and of those that are not.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Application, Gate, scripts};
use matriline::{
    CapabilityId, CapabilityType, CloudOverlay, Descriptor, ErrorCode, LoadOptions, PluginManager,
    ScriptCapability,
};
use matriline_catalog::state::PluginConfig;
use matriline_testkit::{DataFolder, WheelBuilder, process_tests};

const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";

/// A package with two scripts, `A`, which answers its version, and `B`.
fn source(version: &str, head: &str) -> String {
    let block = format!(
        "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Stamp\"\n# version = \"{version}\"\n# ///\n"
    );
    let body = format!("def execute(self):\n    return orca.ExecutionResult.success('{version}')");
    block + &scripts(head, &[("A", &body), ("B", "")])
}

/// A file `stamp.py` of that version.
fn package(application: &Application, version: &str) -> PathBuf {
    let path = application.jobs.path().join("stamp.py");
    fs::write(&path, source(version, "")).unwrap();
    path
}

/// With version 1.0.0 installed.
fn installed() -> Application {
    let application = Application::on(DataFolder::new());
    application.manager.install_plugin(&package(&application, "1.0.0")).unwrap();
    application
}

fn answer(application: &Application, key: &str) -> String {
    let script = application.loader().capability::<dyn ScriptCapability>(key, "A").expect("it is loaded");
    script.execute().unwrap().message
}

fn version(manager: &PluginManager, key: &str) -> String {
    manager.catalog().get_valid(key).map(|entry| entry.descriptor.version.clone()).unwrap_or_default()
}

/// The files in the folder of plugins.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(tree(&path)),
            false if entry.file_name() == ".lock" => {}
            false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
        }
    }
    found
}

fn a_new_plugin_is_installed_and_not_loaded() {
    let application = Application::on(DataFolder::new());
    let file = package(&application, "1.0.0");
    let inspection = application.manager.inspect_plugin(&file).unwrap();
    assert_eq!((&*inspection.descriptor.name, &*inspection.descriptor.version), ("Stamp", "1.0.0"));
    assert!(inspection.existing.is_none() && inspection.refused.is_none() && inspection.problems.is_empty());
    assert!(tree(&application.data.plugins()).is_empty(), "looking changes nothing");
    let installed = application.manager.install_plugin(&file).unwrap();
    assert_eq!((&*installed.key, &*installed.version), ("stamp", "1.0.0"));
    assert!(installed.previous.is_none());
    assert_eq!(version(&application.manager, "stamp"), "1.0.0");
    assert!(!application.loader().is_plugin_loaded("stamp"));
    assert_eq!(application.manager.enabled_plugin_keys(), ["stamp"]);
    application.load("stamp");
    assert_eq!(answer(&application, "stamp"), "1.0.0");
}

// 12.4 L10, where the design says that the plugin is loaded again
fn a_loaded_plugin_is_loaded_again_with_its_flags() {
    let application = installed();
    application.load("stamp");
    application.switch("stamp", "B", false);
    let held = application.loader().capability::<dyn ScriptCapability>("stamp", "A").unwrap();
    let file = package(&application, "2.0.0");
    let existing = application.manager.inspect_plugin(&file).unwrap().existing.unwrap();
    assert_eq!((&*existing.key, &*existing.version, existing.is_enabled), ("stamp", "1.0.0", true));
    assert_eq!(application.manager.install_plugin(&file).unwrap().previous.unwrap().version, "1.0.0");
    assert_eq!(answer(&application, "stamp"), "2.0.0");
    assert_eq!(application.flags("stamp"), [("A".to_owned(), true), ("B".to_owned(), false)]);
    assert!(application.manager.install_state("stamp").unwrap().enabled);
    assert!(held.execute().is_err(), "what was held is of the old version");
    application.manager.install_plugin(&file).unwrap();
    assert_eq!(answer(&application, "stamp"), "2.0.0");
}

fn one_that_is_not_loaded_stays_so() {
    let application = installed();
    application.load("stamp");
    application.loader().unload_plugin("stamp").unwrap();
    application.manager.install_plugin(&package(&application, "2.0.0")).unwrap();
    assert!(!application.loader().is_plugin_loaded("stamp"));
    assert!(!application.manager.install_state("stamp").unwrap().enabled, "the wish is the user's");
    assert_eq!(version(&application.manager, "stamp"), "2.0.0");
}

/// The load that is under way goes on with the new version, and with what it was asked for.
fn one_that_is_being_loaded_is_loaded_anew() {
    let (application, gate) = (Application::on(DataFolder::new()), Gate::new());
    let file = application.jobs.path().join("stamp.py");
    fs::write(&file, source("1.0.0", &gate.wait())).unwrap();
    application.manager.install_plugin(&file).unwrap();
    let options = LoadOptions { capabilities: Some(vec!["A".into()]), ..LoadOptions::default() };
    let first = application.loader().load_plugin("stamp", options);
    gate.arrived(1);
    std::thread::scope(|scope| {
        let file = package(&application, "2.0.0");
        let application = &application;
        let install = scope.spawn(move || application.manager.install_plugin(&file).map(|done| done.version));
        assert!(first.wait_for(std::time::Duration::from_millis(50)).is_none());
        gate.open();
        assert_eq!(install.join().unwrap().unwrap(), "2.0.0");
    });
    assert_eq!(first.wait().unwrap_err().code(), ErrorCode::LoadCancelled);
    assert_eq!(answer(&application, "stamp"), "2.0.0");
    assert_eq!(application.flags("stamp"), [("A".to_owned(), true), ("B".to_owned(), false)]);
}

fn a_new_version_that_fails_is_told_of_and_can_be_taken_back() {
    let application = installed();
    application.load("stamp");
    let file = application.jobs.path().join("stamp.py");
    fs::write(&file, source("2.0.0", "1 / 0")).unwrap();
    application.manager.install_plugin(&file).unwrap();
    assert!(!application.loader().is_plugin_loaded("stamp"));
    let error = application.loader().plugin_load_error("stamp").unwrap();
    assert!(error.traceback().unwrap().contains("ZeroDivisionError"), "{error}");
    assert!(application.manager.install_state("stamp").unwrap().enabled);
    application.manager.roll_back_plugin("stamp").unwrap();
    application.load("stamp");
    assert_eq!(answer(&application, "stamp"), "1.0.0");
}

fn a_version_comes_back_with_its_configuration() {
    let application = installed();
    let id = CapabilityId { kind: CapabilityType::Script, name: "A".into(), plugin_key: "stamp".into() };
    let configure = |version: &str, text: &str| {
        let mut config = PluginConfig::load(application.data.path());
        config.set(&id, version, text).unwrap();
        config.save().unwrap();
    };
    let configured = || {
        let config = PluginConfig::load(application.data.path());
        config.get(&id).unwrap().config().chars().filter(|letter| !letter.is_whitespace()).collect::<String>()
    };
    configure("1.0.0", r#"{"a":1}"#);
    application.load("stamp");
    application.switch("stamp", "B", false);
    application.manager.install_plugin(&package(&application, "2.0.0")).unwrap();
    configure("2.0.0", r#"{"a":2}"#);
    assert_eq!(application.manager.previous_version("stamp").unwrap().version, "1.0.0");
    assert_eq!(application.manager.roll_back_plugin("stamp").unwrap().version, "1.0.0");
    assert_eq!((answer(&application, "stamp"), configured()), ("1.0.0".into(), r#"{"a":1}"#.into()));
    assert_eq!(application.flags("stamp"), [("A".to_owned(), true), ("B".to_owned(), false)]);
    application.manager.roll_back_plugin("stamp").unwrap();
    assert_eq!((answer(&application, "stamp"), configured()), ("2.0.0".into(), r#"{"a":2}"#.into()));
}

fn without_an_earlier_version_nothing_happens() {
    let application = installed();
    application.load("stamp");
    let before = tree(&application.data.plugins());
    assert!(application.manager.previous_version("stamp").is_none());
    let error = application.manager.roll_back_plugin("stamp").unwrap_err();
    assert!(error.to_string().contains("There is no previous version"), "{error}");
    assert_eq!(tree(&application.data.plugins()), before);
    assert_eq!(answer(&application, "stamp"), "1.0.0");
}

fn a_loaded_plugin_is_removed() {
    let application = installed();
    application.load("stamp");
    let held = application.loader().capability::<dyn ScriptCapability>("stamp", "A").unwrap();
    let folder = application.manager.catalog().get("stamp").unwrap().folder.clone();
    application.manager.remove_plugin("stamp").unwrap();
    assert!(!folder.exists() && application.manager.catalog().entries().is_empty());
    assert!(held.execute().is_err() && application.loader().is_idle_and_empty());
    let error = application.load_error("stamp");
    assert_eq!(error.to_string(), "Plugin not found: stamp");
    assert_eq!(application.manager.remove_plugin("stamp").unwrap_err().code(), ErrorCode::PluginNotFound);
    assert_eq!(application.manager.roll_back_plugin("stamp").unwrap_err().code(), ErrorCode::PluginNotFound);
}

fn a_removed_plugin_leaves_no_error() {
    let application = installed();
    application.load("stamp");
    application.loader().set_plugin_error("stamp", "no");
    application.manager.remove_plugin("stamp").unwrap();
    assert!(application.loader().plugin_load_error("stamp").is_none());
}

fn of_cloud(uuid: &str) -> Descriptor {
    let cloud = CloudOverlay { uuid: uuid.into(), ..CloudOverlay::default() };
    Descriptor { plugin_key: uuid.into(), cloud: Some(Box::new(cloud)), ..Descriptor::default() }
}

fn a_plugin_of_the_cloud_becomes_a_local_one() {
    let application = Application::start(DataFolder::new(), |builder| builder.cloud_user("somebody"));
    let file = package(&application, "1.0.0");
    let installed = application.manager.install_cloud_plugin(&file, of_cloud(UUID)).unwrap();
    assert_eq!(installed.key, UUID);
    application.load(UUID);
    application.switch(UUID, "B", false);
    let key = application.manager.keep_plugin_as_local(UUID).unwrap();
    assert_ne!(key, UUID);
    assert_eq!(application.loader().loaded_plugins(), [key.as_str()]);
    assert_eq!(application.flags(&key), [("A".to_owned(), true), ("B".to_owned(), false)]);
    assert!(application.manager.catalog().get(UUID).is_none());
    let again = application.manager.keep_plugin_as_local(&key).unwrap_err();
    assert_eq!(again.code(), ErrorCode::InstallFailed);
    assert_eq!(application.loader().loaded_plugins(), [key.as_str()], "nothing has happened to it");
}

/// A refusal: its own error, nothing changed on the disk, and what is loaded goes on.
#[track_caller]
fn check_refused(application: &Application, file: &Path, expected: &str) {
    let (before, flags) = (tree(&application.data.plugins()), application.flags("stamp"));
    let held = application.loader().loaded_plugin_capabilities("stamp");
    let error = application.manager.install_plugin(file).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InstallFailed);
    let text = error.to_string();
    assert!(text.starts_with("Plugin installation failed: ") && text.contains(expected), "{text}");
    assert_eq!(tree(&application.data.plugins()), before);
    let loaded = application.loader().loaded_plugin_capabilities("stamp");
    assert!(held.iter().zip(&loaded).all(|(one, other)| std::sync::Arc::ptr_eq(one, other)));
    assert_eq!(application.flags("stamp"), flags);
}

fn what_is_no_package_is_refused() {
    let application = installed();
    application.load("stamp");
    let at = |name: &str, bytes: &[u8]| {
        let path = application.jobs.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    check_refused(&application, &application.jobs.path().join("none.py"), "does not exist");
    check_refused(&application, application.jobs.path(), "Plugin package is not a file");
    check_refused(&application, &at("stamp.txt", b"x"), "must be a .py or .whl file");
    // 12.3
    check_refused(&application, &at("stamp.py", b"import orca\n"), "PEP 723");
    check_refused(&application, &at("stamp-1.0-py3-none-any.whl", b"no zip"), "stamp-1.0-py3-none-any.whl");
    let foreign =
        WheelBuilder::new("stamp", "1.0").tags(&["cp311-cp311-win_arm64"]).file("stamp/__init__.py", "");
    check_refused(&application, &at(&foreign.file_name(), &foreign.build()), "does not run here");
    let damaged =
        WheelBuilder::new("stamp", "1.0").file("stamp/__init__.py", "a").replace("stamp/__init__.py", "b");
    check_refused(&application, &at(&damaged.file_name(), &damaged.build()), "is damaged");
    let inspected = application.manager.inspect_plugin(application.jobs.path()).unwrap_err();
    assert!(inspected.to_string().starts_with("Plugin package inspection failed: "), "{inspected}");
}

// 12.3
fn an_uuid_that_leads_elsewhere_is_refused() {
    let application = Application::start(DataFolder::new(), |builder| builder.cloud_user("somebody"));
    let file = package(&application, "1.0.0");
    let error = application.manager.install_cloud_plugin(&file, of_cloud("../../escape")).unwrap_err();
    assert!(error.to_string().contains("valid identifier"), "{error}");
    assert!(tree(application.data.path()).keys().all(|path| !path.ends_with("stamp.py")));
    // 12.3, third row
    assert!(application.manager.install_plugin(&file).is_ok());
}

/// What a killed process has left is put right before the first discovery.
fn a_start_finishes_what_a_killed_install_has_begun() {
    let application = installed();
    let folder = application.manager.catalog().get("stamp").unwrap().folder.clone();
    application.manager.shutdown().unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap();
    // as between the two renames of an exchange
    let backup = folder.with_file_name(format!("{name}.backup-0123-4567-89ab"));
    fs::rename(&folder, &backup).unwrap();
    fs::write(backup.join(matriline_catalog::BACKUP_MARKER), "").unwrap();
    let next = PluginManager::builder(application.data.path()).start().unwrap();
    next.discover_plugins();
    assert_eq!(version(&next, "stamp"), "1.0.0");
    assert!(folder.is_dir() && !backup.exists());
}

process_tests!(
    a_new_plugin_is_installed_and_not_loaded,
    a_loaded_plugin_is_loaded_again_with_its_flags,
    one_that_is_not_loaded_stays_so,
    one_that_is_being_loaded_is_loaded_anew,
    a_new_version_that_fails_is_told_of_and_can_be_taken_back,
    a_version_comes_back_with_its_configuration,
    without_an_earlier_version_nothing_happens,
    a_loaded_plugin_is_removed,
    a_removed_plugin_leaves_no_error,
    a_plugin_of_the_cloud_becomes_a_local_one,
    what_is_no_package_is_refused,
    an_uuid_that_leads_elsewhere_is_refused,
    a_start_finishes_what_a_killed_install_has_begun,
);
