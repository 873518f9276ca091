//! Installs, updates, removals and ways back, seen on the disk. Numbers are those of the conformance vectors.

mod common;

use common::{CLOUD, Folder, UUID, script, script_with};
use matriline_capability::{CapabilityId, CapabilityType};
use matriline_catalog::state::{PluginConfig, read_install_state, update_install_state};
use matriline_install::{Fault, InstallSource, Swap};
use matriline_testkit::WheelBuilder;
use std::fs;
use std::time::Duration;

/// 12.3: a cloud descriptor whose UUID is a path.
#[test]
fn a_uuid_that_is_a_path_is_refused() {
    let folder = Folder::new();
    let file = folder.file("a.py", script("Stamp", "1.0.0"));
    let error = folder.fails(&file, folder.cloud("../../escape", "1.0.0"));
    assert!(
        error.contains("valid identifier") && error.starts_with("Plugin installation failed: "),
        "{error}"
    );
    assert!(!folder.data.path().join("orca_plugins").exists());
}

/// 12.3: a script without a block.
#[test]
fn a_script_without_metadata_is_refused() {
    let folder = Folder::new();
    let file = folder.file("a.py", "import orca\n");
    let error = folder.fails(&file, InstallSource::Local);
    assert!(error.contains("PEP 723") && error.starts_with("Plugin installation failed: "), "{error}");
    assert!(!folder.data.path().join("orca_plugins").exists());
}

/// 12.3: a block with a name and a stray `type`.
#[test]
fn a_stray_type_harms_nobody() {
    let folder = Folder::new();
    let file = folder.file("my plugin.py", script_with("name = 'Stamp'\ntype = 'post-processing'"));
    let installed = folder.install(&file);
    assert_eq!((installed.key.as_str(), installed.previous), ("my_plugin", None));
    assert_eq!(installed.folder, folder.plugins().join("my_plugin.py"));
    assert!(installed.folder.join("my plugin.py").is_file());
    let state = read_install_state(&installed.folder).unwrap().unwrap();
    assert!(state.enabled && state.capabilities.is_empty());
    assert_eq!(folder.names(), ["my_plugin.py"]);
}

/// 12.3: the version that the cloud gave counts, not the package's.
#[test]
fn a_cloud_install_keeps_the_clouds_version() {
    let folder = Folder::new();
    let file = folder.file("download.tmp", script("Stamp", "1.0.0"));
    let prepared = folder.installer.prepare(&file, folder.cloud(UUID, "1.2.0")).unwrap();
    let installed = prepared.commit().unwrap();
    let state = read_install_state(&installed.folder).unwrap().unwrap();
    assert_eq!((state.installed_version.as_str(), state.cloud_uuid.as_deref()), ("1.2.0", Some(UUID)));
    assert_eq!(folder.entry(UUID).descriptor.installed_version, "1.2.0");
}

/// 12.3, newest: a local plugin's own version counts, in both directions.
#[test]
fn a_local_install_follows_the_header() {
    let folder = Folder::new();
    for (before, after) in [("1.0.0", "1.1.0"), ("1.2.0", "1.0.0")] {
        folder.install(&folder.file("stamp.py", script("Stamp", before)));
        let edited = folder.plugins().join("stamp.py/stamp.py");
        fs::write(edited, script("Stamp", after)).unwrap();
        assert_eq!(folder.entry("stamp").descriptor.installed_version, after);
    }
}

#[test]
fn what_is_dropped_leaves_nothing() {
    let folder = Folder::new();
    folder.install(&folder.file("other.py", script("Other", "1")));
    let file = folder.file("stamp.py", script("Stamp", "1"));
    let prepared = folder.installer.prepare(&file, InstallSource::Local).unwrap();
    assert_eq!(prepared.descriptor().name, "Stamp");
    assert!(folder.catalog().get("stamp").is_none());
    drop(prepared);
    assert_eq!(folder.names(), ["other.py"]);
}

/// The wish, the flags, the grants and what another program wrote stay.
#[test]
fn an_update_keeps_what_is_the_users() {
    let folder = Folder::new();
    let asking = |version: &str, table: &str| {
        script_with(&format!("name = 'Stamp'\nversion = '{version}'\n[tool.matriline.permissions]\n{table}"))
    };
    let old = folder.install(&folder.file("stamp.py", asking("1", "fs_read = ['/a', '/b']")));
    assert_eq!(old.asks_for.fs_read, ["/a", "/b"]);
    update_install_state(folder.data.path(), &old.folder, |state| {
        state.enabled = false;
        state.set_capabilities([(CapabilityType::Script, "Stamp", false)]);
        state.permissions.fs_read = vec!["/a".into(), "/other".into()];
    })
    .unwrap();
    let sidecar = old.folder.join(".install_state.json");
    let text = fs::read_to_string(&sidecar).unwrap().replacen('{', "{\n  \"of_another\": [1],", 1);
    fs::write(&sidecar, text).unwrap();
    let file = folder.file("stamp.py", asking("2", "fs_read = ['/a', '/b', '/c', '/other']\nprocess = 'x'"));
    let prepared = folder.installer.prepare(&file, InstallSource::Local).unwrap();
    assert_eq!(prepared.replaces().map(|it| (it.version.as_str(), it.is_enabled)), Some(("1", false)));
    let new = prepared.commit().unwrap();
    assert_eq!((new.asks_for.fs_read, new.asks_for.process), (vec!["/c".to_owned()], vec!["x".to_owned()]));
    let state = read_install_state(&new.folder).unwrap().unwrap();
    assert_eq!((state.enabled, state.installed_version.as_str()), (false, "2"));
    assert_eq!(state.is_capability_enabled(CapabilityType::Script, "Stamp"), Some(false));
    assert_eq!(state.permissions.fs_read, ["/a", "/other"]);
    assert!(state.to_json().contains("of_another"));
    assert_eq!(folder.names(), [".previous", "stamp.py"]);
}

/// A plugin that was put there by hand is replaced where it is, whatever its folder is called.
#[test]
fn a_plugin_is_replaced_where_it_is() {
    let folder = Folder::new();
    folder.data.add_script("by hand", "stamp.py", &script("Stamp", "1"));
    let installed = folder.install(&folder.file("stamp.py", script("Stamp", "2")));
    assert_eq!(installed.folder, folder.plugins().join("by hand"));
    assert_eq!(folder.names(), [".previous", "by hand"]);
}

#[test]
fn a_folder_of_another_plugin_stays() {
    let folder = Folder::new();
    folder.data.add_script("stamp.py", "other.py", &script("Other", "1"));
    let installed = folder.install(&folder.file("stamp.py", script("Stamp", "2")));
    assert_eq!(installed.folder, folder.plugins().join("stamp.py-2"));
    assert_eq!(folder.catalog().valid().count(), 2);
}

/// A file that someone has put among the folders is no plugin, and nobody else's to replace.
#[test]
fn a_loose_file_stays() {
    let folder = Folder::new();
    let loose = folder.data.add_file("orca_plugins/stamp.py", script("Stamp", "1"));
    let installed = folder.install(&loose);
    assert_eq!(installed.folder, folder.plugins().join("stamp.py-2"));
    assert!(loose.is_file() && folder.entry("stamp").is_valid());
}

/// A folder that could not be loaded is repaired by an install, and kept as what was there before.
#[test]
fn a_broken_plugin_is_replaced() {
    let folder = Folder::new();
    folder.data.add_script("stamp.py", "a.py", "");
    folder.data.add_script("stamp.py", "b.py", "");
    let installed = folder.install(&folder.file("stamp.py", script("Stamp", "2")));
    assert_eq!(installed.folder, folder.plugins().join("stamp.py"));
    assert!(folder.entry("stamp").is_valid() && installed.previous.is_some());
}

#[test]
fn wheels_are_compared_with_their_record() {
    let folder = Folder::new();
    let wheel = WheelBuilder::new("stats", "1.0.0").file("stats/__init__.py", "import orca\n");
    let installed = folder.install(&folder.file(&wheel.file_name(), wheel.build()));
    assert_eq!(installed.key, "stats-1.0.0-py3-none-any");
    let damaged = wheel.replace("stats/__init__.py", "import os\n");
    let file = folder.file("stats-1.0.0-py3-none-any.whl", damaged.build());
    let error = folder.fault(&file, InstallSource::Local);
    assert!(matches!(error, Fault::Record { .. }), "{error}");
    assert!(folder.entry(&installed.key).is_valid());
}

#[test]
fn a_way_back_and_forth() {
    for swap in [Swap::AtOnce, Swap::ByRenames] {
        let mut folder = Folder::new();
        folder.installer = folder.installer.clone().swap(swap);
        let config = |text: &str| {
            let mut config = PluginConfig::load(folder.data.path());
            config.set(&id("stamp"), "", text).unwrap();
            config.set(&id("other"), "", text).unwrap();
            config.save().unwrap();
        };
        let stored = |plugin: &str| {
            PluginConfig::load(folder.data.path()).get(&id(plugin)).map(|entry| entry.config().to_owned())
        };
        let old = folder.install(&folder.file("stamp.py", script("Stamp", "1")));
        assert_eq!(folder.installer.previous(&old.folder), None);
        config("1");
        let new = folder.install(&folder.file("stamp.py", script("Stamp", "2")));
        let previous = folder.installer.previous(&old.folder).unwrap();
        assert_eq!((previous.version.as_str(), Some(&previous)), ("1", new.previous.as_ref()));
        assert!(previous.replaced.elapsed().unwrap() < Duration::from_secs(60));
        config("2");
        update_install_state(folder.data.path(), &new.folder, |state| state.enabled = false).unwrap();
        for (version, back) in [("1", "2"), ("2", "1"), ("1", "2")] {
            let installed = folder.installer.roll_back(&new.folder).unwrap();
            assert_eq!((installed.version.as_str(), installed.key.as_str()), (version, "stamp"));
            assert_eq!(installed.previous.unwrap().version, back);
            assert_eq!(folder.entry("stamp").descriptor.installed_version, version);
            assert_eq!(stored("stamp").as_deref(), Some(version));
            assert_eq!(stored("other").as_deref(), Some("2"));
            assert!(!folder.entry("stamp").is_enabled(), "The wish is the user's");
        }
        folder.installer.remove(&new.folder).unwrap();
        assert_eq!(folder.names(), ["config.json"]);
        assert_eq!(stored("stamp").as_deref(), Some("1"), "It stays for another install");
    }
}

#[test]
fn only_one_previous_version_is_kept() {
    let folder = Folder::new();
    for version in ["1", "2", "3"] {
        folder.install(&folder.file("stamp.py", script("Stamp", version)));
    }
    let place = folder.plugins().join("stamp.py");
    assert_eq!(folder.installer.previous(&place).unwrap().version, "2");
    assert_eq!(fs::read_dir(folder.plugins().join(".previous")).unwrap().count(), 1);
    assert_eq!(folder.names(), [".previous", "stamp.py"]);
}

#[test]
fn without_a_previous_version_there_is_no_way_back() {
    let folder = Folder::new();
    let installed = folder.install(&folder.file("stamp.py", script("Stamp", "1")));
    let error = folder.installer.roll_back(&installed.folder).unwrap_err();
    assert!(matches!(error.fault(), Fault::NoPrevious { .. }), "{error}");
    assert!(
        error.to_string().starts_with("Failed to roll back plugin: There is no previous version"),
        "{error}"
    );
}

/// The entry of a cloud plugin keeps its name, whatever the download is called and the plugin calls itself.
#[test]
fn a_cloud_entry_has_one_name() {
    let folder = Folder::new();
    let first = folder.file("cloud_plugin-1.py", script("Header; stamp", "1"));
    folder.installer.prepare(&first, folder.cloud(UUID, "1")).unwrap().commit().unwrap();
    let place = folder.plugins().join("_subscribed").join(CLOUD).join(UUID);
    assert!(place.join("Header_stamp.py").is_file());
    let wheel = WheelBuilder::new("stats", "2").file("stats/__init__.py", "import orca\n");
    let second = folder.file("cloud_plugin-2.py", wheel.build());
    let updated = folder.installer.prepare(&second, folder.cloud(UUID, "2")).unwrap().commit().unwrap();
    assert_eq!((updated.folder.as_path(), updated.key.as_str()), (place.as_path(), UUID));
    assert!(place.join("Header_stamp.whl").is_file());
    assert_eq!(folder.entry(UUID).descriptor.entry_package.as_deref(), Some("stats"));
}

#[test]
fn a_page_of_the_cloud_is_no_plugin() {
    let folder = Folder::new();
    let file = folder.file("cloud_plugin.py", "<html>Sign in</html>");
    let error = folder.fault(&file, folder.cloud(UUID, "1"));
    assert!(matches!(error, Fault::NotAPackage { .. }), "{error}");
}

#[test]
fn a_cloud_install_needs_a_user() {
    let mut folder = Folder::new();
    folder.installer = folder.installer.clone().cloud_user(None);
    let file = folder.file("a.py", script("Stamp", "1"));
    let error = folder.fault(&file, folder.cloud(UUID, "1"));
    assert!(matches!(error, Fault::NoUser { .. }), "{error}");
}

#[test]
fn a_cloud_plugin_is_kept_with_all_that_is_the_users() {
    let folder = Folder::new();
    let file = folder.file("a.py", script("Stamp", "1"));
    let installed = folder.installer.prepare(&file, folder.cloud(UUID, "1")).unwrap().commit().unwrap();
    update_install_state(folder.data.path(), &installed.folder, |state| {
        state.set_capabilities([(CapabilityType::Script, "Stamp", false)]);
        state.permissions.process = vec!["x".into()];
    })
    .unwrap();
    let mut config = PluginConfig::load(folder.data.path());
    config.set(&id(UUID), "1", "7").unwrap();
    config.save().unwrap();
    let key = folder.installer.keep_as_local(&folder.entry(UUID)).unwrap();
    assert_eq!(key, "Stamp");
    let entry = folder.entry("Stamp");
    let state = entry.install_state.as_ref().unwrap();
    assert_eq!(state.is_capability_enabled(CapabilityType::Script, "Stamp"), Some(false));
    assert_eq!((state.permissions.process.len(), state.cloud_uuid.as_ref()), (1, None));
    assert!(!entry.descriptor.is_cloud_plugin() && entry.folder == installed.folder);
    let config = PluginConfig::load(folder.data.path());
    assert_eq!((config.get(&id("Stamp")).unwrap().config(), config.has(&id(UUID))), ("7", true));
    let error = folder.installer.keep_as_local(&entry).unwrap_err();
    assert!(matches!(error.fault(), Fault::Local { .. }), "{error}");
}

/// The version before it was kept as a local plugin is one of a local plugin, too.
#[test]
fn a_way_back_is_none_to_the_cloud() {
    let folder = Folder::new();
    let file = folder.file("a.py", script("Stamp", "1"));
    let install =
        |version| folder.installer.prepare(&file, folder.cloud(UUID, version)).unwrap().commit().unwrap();
    install("1");
    let mut config = PluginConfig::load(folder.data.path());
    config.set(&id(UUID), "1", "7").unwrap();
    config.save().unwrap();
    let installed = install("2");
    config.set(&id(UUID), "2", "8").unwrap();
    config.save().unwrap();
    folder.installer.keep_as_local(&folder.entry(UUID)).unwrap();
    let back = folder.installer.roll_back(&installed.folder).unwrap();
    assert_eq!((back.key.as_str(), back.version.as_str()), ("Stamp", "1"));
    let config = PluginConfig::load(folder.data.path());
    assert_eq!(
        (config.get(&id("Stamp")).unwrap().config(), config.get(&id(UUID)).unwrap().config()),
        ("7", "8")
    );
}

/// A plugin can put links into its folder, and an update must not write through them.
#[cfg(unix)]
#[test]
fn a_link_of_the_plugin_is_not_written_through() {
    use std::os::unix::fs::symlink;
    let mut folder = Folder::new();
    folder.installer = folder.installer.clone().swap(Swap::ByRenames);
    let installed = folder.install(&folder.file("stamp.py", script("Stamp", "1")));
    let config = folder.data.add_file("orca_plugins/config.json", "{}");
    symlink("../config.json", installed.folder.join(".matriline_backup")).unwrap();
    symlink("../config.json", installed.folder.join(".install_state.json.new")).unwrap();
    folder.install(&folder.file("stamp.py", script("Stamp", "2")));
    folder.installer.roll_back(&installed.folder).unwrap();
    assert_eq!(fs::read_to_string(config).unwrap(), "{}");
    assert_eq!(folder.names(), [".previous", "config.json", "stamp.py"]);
}

#[test]
fn a_key_that_is_taken_is_refused() {
    let folder = Folder::new();
    folder.install(&folder.file("Stamp.py", script("Stamp", "1")));
    let file = folder.file("a.py", script("Stamp", "1"));
    folder.installer.prepare(&file, folder.cloud(UUID, "1")).unwrap().commit().unwrap();
    let before = folder.entry(UUID);
    let error = folder.installer.keep_as_local(&before).unwrap_err();
    assert!(matches!(error.fault(), Fault::KeyTaken { .. }), "{error}");
    assert_eq!(folder.entry(UUID), before);
}

#[test]
fn an_inspection_tells_and_changes_nothing() {
    let folder = Folder::new();
    let file = folder.file("stamp.py", script("Stamp", "1"));
    let found = folder.installer.inspect(&file).unwrap();
    assert!(found.existing.is_none() && found.refused.is_none());
    assert!(!folder.plugins().exists());
    folder.install(&file);
    let found = folder.installer.inspect(&folder.file("stamp.py", "print()\n")).unwrap();
    assert_eq!(found.existing.unwrap().version, "1");
    assert!(matches!(found.refused, Some(Fault::NoMetadata { .. })));
    assert_eq!(folder.names(), ["stamp.py"]);
}

fn id(plugin: &str) -> CapabilityId {
    CapabilityId { kind: CapabilityType::Script, name: "Stamp".to_owned(), plugin_key: plugin.to_owned() }
}
