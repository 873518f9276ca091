//! Sidecars: what they say, and how they are changed.

use matriline_capability::CapabilityType::{self, PostProcessing, Script};
use matriline_catalog::state::{
    INSTALL_STATE_FILE, InstallState, InstalledFrom, MAX_INSTALL_STATE_BYTES, StateError,
    parse_install_state, read_install_state, update_existing_install_state, update_install_state,
};
use matriline_manifest::{CloudOverlay, Descriptor};
use matriline_testkit::DataFolder;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

const SIDECAR: &str = "orca_plugins/stamp/.install_state.json";

fn folder(data: &DataFolder) -> PathBuf {
    data.plugins().join("stamp")
}

fn with_sidecar(text: impl AsRef<[u8]>) -> DataFolder {
    let data = DataFolder::new();
    data.add_file(SIDECAR, text);
    data
}

fn text(data: &DataFolder) -> String {
    fs::read_to_string(data.path().join(SIDECAR)).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// 10.1: every member, in the order of the names, two blanks a level.
#[test]
fn c10_1_the_whole_file() {
    let mut state = InstallState::of(
        &Descriptor { name: "Stamp".into(), version: "1.2".into(), ..Descriptor::default() },
        InstalledFrom::Local,
    );
    state.set_capabilities([(PostProcessing, "Zeta", true), (Script, "Alpha", false)]);
    state.permissions.process.push("/bin/ls".into());
    let expected = r#"{
  "capabilities": [
    {
      "Zeta": true
    },
    {
      "Alpha": false
    }
  ],
  "enabled": true,
  "installed_from": "local",
  "installed_version": "1.2",
  "permissions": {
    "fs_read": [],
    "fs_readwrite": [],
    "network_http": [],
    "network_socket": [],
    "process": [
      "/bin/ls"
    ]
  },
  "plugin_name": "Stamp"
}"#;
    assert_eq!(state.to_json(), expected);
    assert_eq!(parse_install_state(expected.as_bytes()), Ok(state));
}

/// 10.1: what is missing has a value, and a plugin without the flag is enabled.
#[test]
fn c10_1_defaults() {
    let state = parse_install_state(b"{}").unwrap();
    assert_eq!(state, InstallState::default());
    assert!(state.enabled && state.capabilities.is_empty() && state.cloud_uuid.is_none());
}

fn check_ignored(sidecar: &str, expected: &[&str]) {
    let state = parse_install_state(sidecar.as_bytes()).unwrap();
    let value = |what: &&str| what.replacen(" is ", " in `.install_state.json` is ", 1);
    let expected: Vec<_> = expected.iter().map(value).collect();
    assert_eq!(state.ignored(), expected, "{sidecar}");
    // what has no effect is not lost
    let again = parse_install_state(state.to_json().as_bytes()).unwrap();
    assert_eq!(again, state, "{sidecar}");
}

/// 10.1: one wrong member spoils no other, and one that is no flag is off.
#[test]
fn c10_1_wrong_kinds_are_ignored_one_by_one() {
    let sidecar =
        r#"{"enabled": "no", "plugin_name": 3, "installed_version": "1", "permissions": {"process": "ls"}}"#;
    let state = parse_install_state(sidecar.as_bytes()).unwrap();
    assert!(!state.enabled && state.plugin_name.is_empty());
    assert_eq!(state.installed_version, "1");
    check_ignored(
        sidecar,
        &[
            "The value of `plugin_name` is a number and is ignored: write a text",
            "The value of `enabled` is a text and is ignored: write true or false; until then it counts as false",
            "The value of `process` is a text and is ignored: write a list of texts",
        ],
    );
    check_ignored(
        r#"{"installed_from": "disk"}"#,
        &["The value of `installed_from` is a text and is ignored: write \"local\" or \"cloud\""],
    );
    check_ignored(
        r#"{"permissions": []}"#,
        &["The value of `permissions` is a list and is ignored: write an object of lists of texts"],
    );
    check_ignored(
        r#"{"cloud_uuid": null}"#,
        &[
            "The value of `cloud_uuid` is null and is ignored: write a UUID; until then the plugin counts as a local one",
        ],
    );
}

/// 10.1: objects with several names count, values that are no flags don't.
#[test]
fn c10_1_capabilities_are_read_leniently() {
    let sidecar = r#"{"capabilities": [{"a": true, "b": false}, {"c": 1}, 7, {"d": true}]}"#;
    let state = parse_install_state(sidecar.as_bytes()).unwrap();
    let flags: Vec<_> = state.capabilities.iter().map(|flag| (flag.name.as_str(), flag.enabled)).collect();
    assert_eq!(flags, [("a", true), ("b", false), ("d", true)]);
    check_ignored(
        sidecar,
        &[
            "An item of `capabilities` is an object with other values and is ignored: write a list of objects such as {\"<name>\": true}",
        ],
    );
}

#[test]
fn good_items_of_a_list_count() {
    let state = parse_install_state(br#"{"permissions": {"process": ["ls", 3, "cp"]}}"#).unwrap();
    assert_eq!(state.permissions.process, ["ls", "cp"]);
}

fn check_rewrite(sidecar: &str, change: impl FnOnce(&mut InstallState), expected: &str) {
    let mut state = parse_install_state(sidecar.as_bytes()).unwrap();
    change(&mut state);
    let json: String = state.to_json().split_whitespace().collect();
    assert!(json.contains(expected), "{json}");
}

#[test]
fn what_was_ignored_survives_a_rewrite() {
    let name = |state: &mut InstallState| state.plugin_name = "N".into();
    check_rewrite(r#"{"enabled": "no"}"#, name, r#""enabled":"no""#);
    check_rewrite(r#"{"cloud_uuid": "../x"}"#, name, r#""cloud_uuid":"../x""#);
    check_rewrite(r#"{"permissions": [1.50]}"#, name, r#""permissions":[1.50]"#);
    check_rewrite(r#"{"capabilities": [{"c": 1}, {"d": true}]}"#, name, r#"[{"c":1},{"d":true}]"#);
}

#[test]
fn a_change_replaces_what_was_ignored_and_keeps_other_items() {
    check_rewrite(r#"{"enabled": "no"}"#, |state| state.enabled = true, r#""enabled":true"#);
    check_rewrite(
        r#"{"permissions": {"process": ["ls", 3]}}"#,
        |state| state.permissions.process.push("cp".into()),
        r#""process":["ls","cp",3]"#,
    );
    check_rewrite(
        r#"{"capabilities": [{"c": 1, "d": true}]}"#,
        |state| state.set_capabilities([(Script, "d", false)]),
        r#""capabilities":[{"d":false},{"c":1}]"#,
    );
}

#[test]
fn comments_and_a_byte_order_mark_are_passed_over() {
    let state =
        parse_install_state("\u{feff}// mine\n{\"enabled\": /* not now */ false}".as_bytes()).unwrap();
    assert!(!state.enabled);
}

fn check_flag(state: &InstallState, kind: CapabilityType, expected: Option<bool>) {
    assert_eq!(state.is_capability_enabled(kind, "Echo"), expected);
    let again = parse_install_state(state.to_json().as_bytes()).unwrap();
    assert_eq!(again.is_capability_enabled(kind, "Echo"), expected, "read again");
}

/// Two capabilities with one name are told apart by their type, which the file then has.
#[test]
fn a_doubled_name_has_its_type() {
    let mut state = InstallState::default();
    state.set_capabilities([(Script, "Echo", true), (PostProcessing, "Echo", false), (Script, "B", true)]);
    check_flag(&state, Script, Some(true));
    check_flag(&state, PostProcessing, Some(false));
    check_flag(&state, CapabilityType::Analysis, None);
    let json: String = state.to_json().split_whitespace().collect();
    assert!(
        json.contains(
            r#"[{"Echo":true,"type":"script"},{"Echo":false,"type":"post-processing"},{"B":true}]"#
        ),
        "{json}"
    );
}

#[test]
fn a_flag_without_a_type_is_for_every_type() {
    let state = parse_install_state(br#"{"capabilities": [{"Echo": false}]}"#).unwrap();
    check_flag(&state, Script, Some(false));
    check_flag(&state, PostProcessing, Some(false));
}

#[test]
fn capabilities_named_type_share_a_flag() {
    let mut state = InstallState::default();
    state.set_capabilities([(Script, "type", false), (PostProcessing, "type", true)]);
    let again = parse_install_state(state.to_json().as_bytes()).unwrap();
    assert_eq!(again.is_capability_enabled(PostProcessing, "type"), Some(false));
}

/// A type that isn't known here comes back.
#[test]
fn types_of_other_programs_survive() {
    let state = parse_install_state(br#"{"capabilities": [{"a": true, "type": "slicing"}]}"#).unwrap();
    let json: String = state.to_json().split_whitespace().collect();
    assert!(json.contains(r#"{"a":true,"type":"slicing"}"#), "{json}");
}

/// 12.3: the sidecar's version stands over that of the package, here for plugins of the cloud.
#[test]
fn c3_the_sidecar_knows_the_installed_version() {
    let cloud = CloudOverlay { uuid: "u".into(), ..CloudOverlay::default() };
    let installed = Descriptor {
        version: "1.0.0".into(),
        installed_version: "1.2.0".into(),
        cloud: Some(Box::new(cloud)),
        ..Descriptor::default()
    };
    let state = InstallState::of(&installed, InstalledFrom::Cloud);
    assert_eq!(state.installed_version, "1.2.0");
    let mut scanned = Descriptor { version: "1.0.0".into(), ..Descriptor::default() };
    state.describe(&mut scanned);
    assert_eq!(scanned.installed_version, "1.2.0");
    let overlay = scanned.cloud.unwrap();
    assert!(overlay.installed && overlay.uuid == "u");
}

/// 12.3: a local plugin's own version replaces the sidecar's, in both directions.
#[test]
fn c3_a_local_plugins_version_is_the_installed_one() {
    let check = |sidecar: &str, own: &str, expected: &str| {
        let mut state = InstallState::default();
        state.installed_version = sidecar.into();
        let mut scanned = Descriptor { version: own.into(), ..Descriptor::default() };
        state.describe(&mut scanned);
        assert_eq!((scanned.installed_version.as_str(), scanned.cloud), (expected, None));
    };
    check("1.0.0", "1.1.0", "1.1.0");
    check("1.2.0", "1.0.0", "1.0.0");
    check("1.2.0", "", "1.2.0");
}

/// 12.3
#[test]
fn c3_permissions_are_read_back() {
    let data = DataFolder::new();
    data.add_script("stamp", "stamp.py", "");
    let list = |text: &str| vec![text.to_owned()];
    let update = update_install_state(data.path(), &folder(&data), |state| {
        state.permissions.fs_read = list("/r");
        state.permissions.fs_readwrite = list("/w");
        state.permissions.network_http = list("h");
        state.permissions.network_socket = list("s:1");
        state.permissions.process = list("p");
    });
    assert_eq!(read_install_state(&folder(&data)).unwrap(), Some(update.unwrap().state));
    assert!(text(&data).contains("\"s:1\""));
}

#[test]
fn nothing_is_remembered_without_a_file() {
    let data = DataFolder::new();
    assert_eq!(read_install_state(&folder(&data)).unwrap(), None);
    data.add_script("stamp", "stamp.py", "");
    assert_eq!(read_install_state(&folder(&data)).unwrap(), None);
    assert_eq!(
        update_existing_install_state(data.path(), &folder(&data), |_| panic!("There is none")).unwrap(),
        None
    );
}

#[test]
fn unknown_members_survive_in_their_place() {
    let data = with_sidecar(
        r#"{"zeta": [1.50, 123456789012345678901], "enabled": true, "delta": {"b": 1, "a": "\u00e9"},
            "permissions": {"camera": ["front"]}}"#,
    );
    let update = update_install_state(data.path(), &folder(&data), |state| state.enabled = false).unwrap();
    assert!(update.written && update.set_aside.is_none());
    let json: String = text(&data).split_whitespace().collect();
    let begin = r#"{"capabilities":[],"delta":{"b":1,"a":"\u00e9"},"enabled":false,"installed_from":"""#;
    assert!(json.starts_with(begin), "{json}");
    assert!(json.ends_with(r#""zeta":[1.50,123456789012345678901]}"#), "{json}");
    assert!(json.contains(r#""permissions":{"camera":["front"],"fs_read":[]"#), "{json}");
}

#[test]
fn what_does_not_change_is_not_written() {
    let sidecar = "{\"enabled\": true} // by hand\n";
    let data = with_sidecar(sidecar);
    let update = update_install_state(data.path(), &folder(&data), |state| state.enabled = true).unwrap();
    assert!(!update.written);
    assert_eq!(text(&data), sidecar);
}

fn check_broken(sidecar: impl AsRef<[u8]>, reason: &str) {
    let data = with_sidecar(sidecar.as_ref());
    let error = read_install_state(&folder(&data)).unwrap_err();
    assert!(matches!(error, StateError::Broken { .. }), "{error:?}");
    assert!(error.to_string().contains(reason), "{error}");

    let kept = update_existing_install_state(data.path(), &folder(&data), |_| panic!("It is broken"));
    assert_eq!(kept.unwrap(), None);
    let update = update_install_state(data.path(), &folder(&data), |state| state.enabled = false).unwrap();
    let aside = update.set_aside.expect("The broken file is reported");
    assert_eq!(fs::read(aside).unwrap(), sidecar.as_ref());
    assert_eq!(names(&folder(&data)), [INSTALL_STATE_FILE, ".install_state.json.broken"]);
    assert!(!read_install_state(&folder(&data)).unwrap().unwrap().enabled);
}

#[test]
fn broken_files_are_set_aside() {
    check_broken("{\"enabled\": tru", "line 1");
    check_broken("", "EOF");
    check_broken("[]", "it is no JSON object");
    check_broken(b"{\"plugin_name\": \"\xff\"}", "utf-8");
    check_broken("{\"a\":".to_owned() + &"[".repeat(1000), "EOF");
    check_broken(format!("{{\"a\":{}{}}}", "[".repeat(1000), "]".repeat(1000)), "more than 203 levels");
}

/// It may be whole: it stays, and nobody writes over it.
#[test]
fn a_file_that_is_too_large_stays() {
    let large = [b"{}", &vec![b' '; MAX_INSTALL_STATE_BYTES][..]].concat();
    let data = with_sidecar(&large);
    let error = update_install_state(data.path(), &folder(&data), |_| panic!("It is not read")).unwrap_err();
    assert!(matches!(error, StateError::Oversized { .. }), "{error:?}");
    assert!(update_existing_install_state(data.path(), &folder(&data), |_| ()).is_err());
    assert_eq!(fs::read(data.path().join(SIDECAR)).unwrap(), large);
    assert_eq!(names(&folder(&data)), [INSTALL_STATE_FILE]);
}

/// The old file is put away only when the new one is on the disk.
#[test]
fn a_broken_file_stays_if_the_new_one_fails() {
    let data = with_sidecar("broken");
    let long = "x".repeat(MAX_INSTALL_STATE_BYTES);
    update_install_state(data.path(), &folder(&data), |state| state.plugin_name = long).unwrap_err();
    assert_eq!(text(&data), "broken");
    assert_eq!(names(&folder(&data)), [INSTALL_STATE_FILE]);
}

#[test]
fn what_a_broken_off_write_has_left_is_removed() {
    let data = with_sidecar("{}");
    for (name, age) in [("aB3dE6", 120), ("zZ9yX8", 0)] {
        let left = data.add_file(format!("{SIDECAR}.{name}.tmp"), "");
        let time = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
        fs::File::options().write(true).open(left).unwrap().set_modified(time).unwrap();
    }
    update_install_state(data.path(), &folder(&data), |state| state.enabled = false).unwrap();
    assert_eq!(names(&folder(&data)), [INSTALL_STATE_FILE, ".install_state.json.zZ9yX8.tmp"]);
}

#[test]
fn several_broken_files_are_all_kept() {
    let data = with_sidecar("one");
    for text in ["two", "three"] {
        update_install_state(data.path(), &folder(&data), |_| ()).unwrap();
        data.add_file(SIDECAR, text);
    }
    update_install_state(data.path(), &folder(&data), |_| ()).unwrap();
    let kept = [".broken", ".broken.1", ".broken.2"].map(|end| INSTALL_STATE_FILE.to_owned() + end);
    let texts = kept.map(|name| fs::read_to_string(folder(&data).join(name)).unwrap());
    assert_eq!(texts, ["one", "two", "three"]);
}

#[test]
fn what_no_reader_would_take_is_not_written() {
    let data = with_sidecar("{}");
    let long = "x".repeat(MAX_INSTALL_STATE_BYTES);
    let error =
        update_install_state(data.path(), &folder(&data), |state| state.plugin_name = long).unwrap_err();
    assert!(matches!(error, StateError::TooLarge { .. }), "{error:?}");
    assert_eq!(text(&data), "{}");
}

#[test]
fn a_folder_in_the_sidecars_place_is_an_error() {
    let data = DataFolder::new();
    data.add_file("orca_plugins/stamp/.install_state.json/x", "");
    let error = read_install_state(&folder(&data)).unwrap_err();
    assert!(matches!(error, StateError::Read { .. }), "{error:?}");
    assert!(update_install_state(data.path(), &folder(&data), |_| ()).is_err());
    assert!(data.path().join(SIDECAR).is_dir());
}

#[test]
fn a_plugin_that_is_gone_stays_gone() {
    let data = DataFolder::new();
    assert!(update_install_state(data.path(), &folder(&data), |_| ()).is_err());
    assert!(!folder(&data).exists());
}

fn states() -> impl Strategy<Value = InstallState> {
    let from = prop_oneof![Just(None), Just(Some(InstalledFrom::Local)), Just(Some(InstalledFrom::Cloud))];
    let kinds = proptest::sample::select(&CapabilityType::ALL[..]);
    let flags = proptest::collection::vec((kinds, prop_oneof!["[ab]", any::<String>()], any::<bool>()), 0..5);
    let lists = proptest::collection::vec(any::<String>(), 0..3);
    (
        from,
        any::<[String; 2]>(),
        any::<bool>(),
        "([0-9a-fA-F]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?",
        flags,
        lists,
    )
        .prop_map(|(installed_from, [version, name], enabled, uuid, flags, list)| {
            let mut state = InstallState::default();
            state.installed_from = installed_from;
            state.installed_version = version;
            state.plugin_name = name;
            state.enabled = enabled;
            state.cloud_uuid = Some(uuid).filter(|uuid| !uuid.is_empty());
            state.set_capabilities(flags.iter().map(|(kind, name, on)| (*kind, name.as_str(), *on)));
            state.permissions.network_http = list;
            state
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read(state in states()) {
        prop_assert_eq!(parse_install_state(state.to_json().as_bytes()), Ok(state));
    }

    /// Unknown members come back with their values.
    #[test]
    fn unknown_members_survive(keys in proptest::collection::btree_set("x.{0,5}", 0..4), number in any::<f64>()) {
        let mut object = serde_json::Map::new();
        for key in &keys {
            object.insert(key.clone(), serde_json::json!({ "n": number, key: [key, null] }));
        }
        let text = serde_json::to_string(&object).unwrap();
        let mut state = parse_install_state(text.as_bytes()).unwrap();
        state.enabled = false;
        let again: serde_json::Map<_, _> = serde_json::from_str(&state.to_json()).unwrap();
        let expected: serde_json::Map<_, _> = serde_json::from_str(&text).unwrap();
        for (key, value) in &expected {
            prop_assert_eq!(again.get(key), Some(value));
        }
    }
}
