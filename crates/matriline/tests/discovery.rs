//! Discovery through the manager: here, on a thread, and what it leaves alone.

mod common;

use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use common::Application;
use matriline::{CloudOverlay, Descriptor, LoadOptions, PluginManager};
use matriline_testkit::{DataFolder, process_tests};

fn keys(application: &Application) -> Vec<String> {
    application.manager.catalog().entries().iter().map(|entry| entry.descriptor.plugin_key.clone()).collect()
}

fn a_discovery_on_a_thread_tells_when_it_is_done() {
    let application = Application::with(&["good"]);
    application.data.add_fixture("stamps");
    let (tell, told) = mpsc::channel();
    assert!(application.manager.start_discovery(move |catalog| tell.send(catalog.entries().len()).unwrap()));
    assert!(application.manager.wait_for_discovery(Some(Duration::from_secs(60))));
    assert_eq!(keys(&application), ["good", "stamps"]);
    assert_eq!(told.recv_timeout(Duration::from_secs(60)), Ok(2));
    assert!(application.manager.is_discovery_complete());
    assert_eq!(application.manager.discovery_error(), None);
    application.load("stamps");
}

fn a_discovery_changes_nothing_that_is_loaded() {
    let application = Application::with(&["good"]);
    application.load("good");
    std::fs::remove_dir_all(application.data.plugins().join("good")).unwrap();
    application.manager.discover_plugins();
    assert_eq!(keys(&application), [""; 0]);
    assert_eq!(application.execute("good", "edit").unwrap(), common::success("ok"));
}

/// The log callback calls the manager; whatever it calls in turn is not told.
fn the_log_callback_may_call_back() {
    let data = DataFolder::new();
    data.add_fixture("good");
    data.add_fixture("raises_at_import");
    let manager: Arc<OnceLock<PluginManager>> = Arc::default();
    let (weak, (tell, told)) = (Arc::downgrade(&manager), mpsc::channel());
    let started = PluginManager::builder(data.path()).log(move |record| {
        let all = weak.upgrade();
        let Some(manager) = all.as_ref().and_then(|manager| manager.get()) else { return };
        let found = manager.discover_plugins().entries().len();
        let failed = manager.loader().load_plugin("raises_at_import", LoadOptions::default()).wait().is_err();
        tell.send((record.text.to_owned(), found, failed)).unwrap();
    });
    manager.set(started.start().unwrap()).ok().unwrap();
    let manager = manager.get().unwrap();
    manager.discover_plugins();
    assert!(manager.start_discovery(|_| {}));
    assert!(manager.wait_for_discovery(None));
    manager.loader().load_plugin("good", LoadOptions::default()).wait().unwrap();
    let told: Vec<_> = told.try_iter().collect();
    assert!(told.iter().all(|(_, found, failed)| (*found, *failed) == (2, true)), "{told:?}");
    assert!(told.iter().any(|(text, ..)| text == "Loaded plugin `good`"), "{told:?}");
}

fn a_discovery_may_be_started_from_the_end_of_another() {
    let application = Application::with(&["good"]);
    let (tell, told) = mpsc::channel();
    let manager = application.manager.clone();
    application.manager.start_discovery(move |_| {
        let started = manager.start_discovery(move |_| tell.send(()).unwrap());
        assert!(started);
    });
    assert_eq!(told.recv_timeout(Duration::from_secs(60)), Ok(()));
}

fn the_cloud_stays_over_discoveries() {
    let application = Application::with(&["good"]);
    let uuid = "550e8400-e29b-41d4-a716-446655440000";
    let cloud = CloudOverlay { uuid: uuid.into(), ..CloudOverlay::default() };
    let record = Descriptor {
        plugin_key: uuid.into(),
        name: "Fancy".into(),
        cloud: Some(Box::new(cloud)),
        ..Descriptor::default()
    };
    application.manager.update_cloud_catalog(vec![record]);
    assert_eq!(keys(&application), ["good", uuid]);
    application.manager.discover_plugins();
    assert_eq!(keys(&application), ["good", uuid]);
    let refused = application.load_error(uuid).to_string();
    assert!(refused.contains("not installed"), "{refused}");
    application.manager.update_cloud_catalog(Vec::new());
    assert_eq!(keys(&application), ["good"]);
}

fn a_user_who_is_no_folder_has_none() {
    let application = Application::with(&["good"]);
    for user in ["../../x", "/etc", "", "a/b"] {
        application.manager.set_cloud_user(Some(user.into()));
        assert_eq!(
            application.manager.plugin_directories(),
            [application.manager.data_dir().join("orca_plugins")]
        );
        let catalog = application.manager.discover_plugins();
        assert_eq!(catalog.entries().len(), 1);
    }
}

fn a_cloud_user_has_a_folder_of_their_own() {
    let application = Application::with(&["good"]);
    let uuid = "550e8400-e29b-41d4-a716-446655440000";
    let folder = format!("orca_plugins/_subscribed/anna/{uuid}");
    application.data.add_file(format!("{folder}/fancy.py"), SCRIPT);
    application.data.add_file(
        format!("{folder}/.install_state.json"),
        format!(r#"{{"cloud_uuid": "{uuid}", "enabled": true, "installed_version": "1.0"}}"#),
    );
    application.manager.discover_plugins();
    assert_eq!(keys(&application), ["good"]);
    application.manager.set_cloud_user(Some("anna".into()));
    application.manager.discover_plugins();
    assert_eq!(keys(&application), ["good", uuid]);
    assert_eq!(application.manager.catalog().enabled_keys().collect::<Vec<_>>(), [uuid]);
    assert_eq!(application.manager.plugin_directories().len(), 2);
    application.load(uuid);
    assert_eq!(application.execute(uuid, "edit").unwrap(), common::success("ok"));
}

const SCRIPT: &str = "import orca


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

process_tests!(
    a_discovery_on_a_thread_tells_when_it_is_done,
    a_discovery_changes_nothing_that_is_loaded,
    the_log_callback_may_call_back,
    a_user_who_is_no_folder_has_none,
    a_discovery_may_be_started_from_the_end_of_another,
    the_cloud_stays_over_discoveries,
    a_cloud_user_has_a_folder_of_their_own,
);
