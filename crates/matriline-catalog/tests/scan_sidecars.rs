//! What a scan makes of the sidecars it finds.

mod common;

use common::*;
use matriline_testkit::DataFolder;

#[test]
fn a_sidecar_says_what_is_enabled() {
    let enabled = |text| with_sidecar(text).enabled_keys().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(enabled(r#"{"enabled": true}"#), ["a"]);
    assert_eq!(enabled("{}"), ["a"]);
    assert_eq!(enabled(r#"{"enabled": false}"#), [""; 0]);
    assert_eq!(enabled("{"), [""; 0]);
}

#[test]
fn without_a_sidecar_nothing_is_enabled() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", STAMP);
    assert_eq!(scan(&data).enabled_keys().next(), None);
    assert_eq!(only(&scan(&data)).install_state, None);
}

#[test]
fn an_invalid_plugin_is_not_enabled_and_keeps_its_sidecar() {
    let data = DataFolder::new();
    data.add_script("a", ".install_state.json", &format!("{{\"cloud_uuid\": \"{U1}\"}}"));
    let catalog = scan(&data);
    assert_eq!(keys(&catalog), [U1]);
    assert!(only(&catalog).install_state.is_some() && catalog.enabled_keys().next().is_none());
}

#[test]
fn a_local_plugin_has_the_version_of_its_file() {
    let catalog = with_sidecar(r#"{"installed_version": "1.2"}"#);
    assert_eq!(only(&catalog).descriptor.installed_version, "1.1");
}

#[test]
fn a_plugin_of_the_cloud_has_its_uuid_as_key() {
    let catalog = with_sidecar(&format!("{{\"cloud_uuid\": \"{U1}\", \"installed_version\": \"1.2\"}}"));
    let descriptor = &catalog.get_valid(U1).unwrap().descriptor;
    assert_eq!(descriptor.installed_version, "1.2");
    assert!(descriptor.cloud.as_ref().is_some_and(|cloud| cloud.installed && cloud.uuid == U1));
}

#[test]
fn a_broken_sidecar_is_a_warning() {
    let catalog = with_sidecar("{");
    assert!(only(&catalog).is_valid());
    let problem = only(&catalog).problems[0].to_string();
    assert!(problem.starts_with("The file `.install_state.json` can't be understood ("), "{problem}");
}

/// The key of a plugin of the cloud is its folder and more, so no other text passes for one.
#[test]
fn what_is_no_uuid_leaves_the_plugin_local() {
    for text in ["../../x", "a;b\\u0000", "stamp", "0b4a1f6e-0000-4000-8000-00000000000"] {
        let catalog = with_sidecar(&format!("{{\"cloud_uuid\": \"{text}\"}}"));
        assert_eq!(keys(&catalog), ["a"], "{text}");
        assert!(only(&catalog).is_valid() && !only(&catalog).descriptor.is_cloud_plugin());
        let problem = only(&catalog).problems[0].to_string();
        assert!(
            problem.contains("`cloud_uuid` in `.install_state.json` is a text and is ignored"),
            "{problem}"
        );
    }
}

#[test]
fn a_flag_that_is_none_is_off() {
    for text in [r#""false""#, r#""true""#, "0", "1", "null", "[]"] {
        let catalog = with_sidecar(&format!("{{\"enabled\": {text}}}"));
        assert_eq!(catalog.enabled_keys().next(), None, "{text}");
        assert_eq!(only(&catalog).problems.len(), 1);
    }
}

#[test]
fn a_folder_in_the_place_of_the_sidecar_is_told() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", STAMP);
    data.add_file("orca_plugins/a/.install_state.json/x", "");
    let catalog = scan(&data);
    let problem = only(&catalog).problems[0].to_string();
    assert!(problem.contains("(it is a folder): put a regular file in its place"), "{problem}");
}
