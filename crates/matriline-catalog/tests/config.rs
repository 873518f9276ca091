//! The file of configurations, and what presets override.

use matriline_capability::{CapabilityId, CapabilityType};
use matriline_catalog::state::{
    MAX_CONFIG_BYTES, Overrides, PluginConfig, StateError, effective, lock_data_folder, prune_overrides,
};
use matriline_testkit::DataFolder;
use proptest::prelude::*;
use std::fs;

const FILE: &str = "orca_plugins/config.json";

fn id(plugin_key: &str, name: &str) -> CapabilityId {
    CapabilityId { kind: CapabilityType::Script, name: name.into(), plugin_key: plugin_key.into() }
}

fn untyped(plugin_key: &str, name: &str) -> CapabilityId {
    CapabilityId { kind: CapabilityType::Unknown, ..id(plugin_key, name) }
}

fn with_file(text: impl AsRef<[u8]>) -> (DataFolder, PluginConfig) {
    let data = DataFolder::new();
    data.add_file(FILE, text);
    let config = PluginConfig::load(data.path());
    (data, config)
}

fn text(data: &DataFolder) -> String {
    fs::read_to_string(data.path().join(FILE)).unwrap()
}

fn stored(config: &PluginConfig, id: &CapabilityId) -> Option<String> {
    config.get(id).map(|entry| entry.config().to_owned())
}

fn check(config: &PluginConfig, id: &CapabilityId, expected: &str) {
    assert_eq!(stored(config, id).as_deref(), Some(expected), "{id}");
}

/// 12.7
#[test]
fn c7_what_is_unknown_has_no_configuration() {
    let data = DataFolder::new();
    let config = PluginConfig::load(data.path());
    assert!(!config.has(&id("plugin_a", "cap_a")) && config.get(&id("plugin_a", "cap_a")).is_none());
}

/// 12.7
#[test]
fn c7_what_is_stored_is_read_by_another() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    let capability = id("plugin_a", "cap_a");
    assert!(config.set(&capability, "1.0", r#"{"speed": 5}"#).unwrap());
    assert!(config.is_dirty());
    let saved = config.save().unwrap();
    assert!(saved.written && saved.set_aside.is_none() && !config.is_dirty());

    let config = PluginConfig::load(data.path());
    let entry = config.get(&capability).unwrap();
    assert_eq!((entry.id(), entry.config()), (&capability, r#"{"speed":5}"#));
    assert_eq!(entry.plugin_version(), "1.0");
    assert!(!config.is_dirty() && config.problem().is_none());
}

/// 12.7
#[test]
fn c7_each_capability_has_its_own() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    for (capability, value) in
        [(id("a", "cap_a"), "1"), (id("a", "cap_b"), "2"), (id("b", "cap_a"), "3"), (id("a", "cap_a"), "99")]
    {
        config.set(&capability, "", value).unwrap();
    }
    config.save().unwrap();
    for config in [config, PluginConfig::load(data.path())] {
        check(&config, &id("a", "cap_a"), "99");
        check(&config, &id("a", "cap_b"), "2");
        check(&config, &id("b", "cap_a"), "3");
    }
}

/// 12.7: five members, four without a type; a tab a level and a line end.
#[test]
fn c7_the_file() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    config.set(&id("a", "c"), "1.0", r#"{"x":[1]}"#).unwrap();
    config.set(&untyped("a", "u"), "", "{}").unwrap();
    config.save().unwrap();
    let expected = "{\n\t\"config\": [\n\t\t{\n\t\t\t\"cap_config\": {\n\t\t\t\t\"x\": [\n\t\t\t\t\t1\n\t\t\t\t]\n\t\t\t},\n\t\t\t\"capability\": \"c\",\n\t\t\t\"capability_type\": \"script\",\n\t\t\t\"plugin_key\": \"a\",\n\t\t\t\"plugin_version\": \"1.0\"\n\t\t},\n\t\t{\n\t\t\t\"cap_config\": {},\n\t\t\t\"capability\": \"u\",\n\t\t\t\"plugin_key\": \"a\",\n\t\t\t\"plugin_version\": \"\"\n\t\t}\n\t]\n}\n";
    assert_eq!(text(&data), expected);
}

/// 12.7: a missing file is no problem, and saving nothing makes none.
#[test]
fn c7_a_missing_file() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    assert!(!config.is_dirty() && config.problem().is_none());
    assert!(!config.save().unwrap().written);
    assert!(!data.plugins().exists());
}

fn check_broken(bytes: &[u8], reason: &str) {
    let (data, mut config) = with_file(bytes);
    assert!(config.problem().unwrap().contains(reason), "{:?}", config.problem());
    assert!(!config.is_dirty() && !config.save().unwrap().written);
    assert_eq!(fs::read(data.path().join(FILE)).unwrap(), bytes);

    config.set(&id("a", "c"), "1", "1").unwrap();
    let aside = config.save().unwrap().set_aside.expect("The broken file is reported");
    assert_eq!(fs::read(aside).unwrap(), bytes);
    assert!(config.problem().is_none());
    check(&PluginConfig::load(data.path()), &id("a", "c"), "1");
}

/// 12.7: what can't be understood is empty, and set aside by the first save.
#[test]
fn c7_broken_files() {
    check_broken(b"this is not json {{{", "line 1");
    check_broken(br#"{"config":{"not":"an array"}}"#, "its `config` is no list");
    check_broken(b"[]", "it is no JSON object");
    check_broken(b"\xff", "utf-8");
}

/// It may be whole: it stays, and nobody writes over it.
#[test]
fn a_file_that_is_too_large_stays() {
    let large = [b"{}", &vec![b' '; MAX_CONFIG_BYTES][..]].concat();
    let (data, mut config) = with_file(&large);
    config.set(&id("a", "c"), "1", "1").unwrap();
    assert!(matches!(config.save(), Err(StateError::Oversized { .. })));
    assert!(config.is_dirty());
    assert_eq!(fs::metadata(data.path().join(FILE)).unwrap().len(), large.len() as u64);
}

#[test]
fn runs_of_other_items_are_kept() {
    let (data, mut config) =
        with_file(r#"{"config": [0, 0, {}, "x,", {"plugin_key":"a","capability":"c"}, 1, 2]}"#);
    config.set(&id("a", "d"), "", "3").unwrap();
    config.save().unwrap();
    let json: String = text(&data).split_whitespace().collect();
    assert!(
        json.starts_with(r#"{"config":[0,0,{},"x,",{"capability":"c","plugin_key":"a"},1,2,{"#),
        "{json}"
    );
}

/// 12.7: what is no entry of ours stays beside the good one, and so does a type of another program.
#[test]
fn c7_other_entries_are_kept() {
    let (data, mut config) = with_file(
        r#"{"config": [{"cap_config": 1.50}, 7, {"plugin_key":"a","capability":"c","capability_type":"slicing","cap_config":2},
            {"plugin_key": "a", "capability": "good", "plugin_version": "1.0.0", "cap_config": {}}], "more": [null]}"#,
    );
    assert_eq!(config.get(&untyped("a", "good")).unwrap().plugin_version(), "1.0.0");
    assert!(!config.has(&id("a", "c")));
    config.set(&id("b", "new"), "", "3").unwrap();
    config.save().unwrap();
    let json: String = text(&data).split_whitespace().collect();
    let begin = r#"{"config":[{"cap_config":1.50},7,{"plugin_key":"a","capability":"c","capability_type":"slicing","cap_config":2},{"#;
    assert!(json.starts_with(begin), "{json}");
    assert!(json.ends_with(r#"],"more":[null]}"#), "{json}");
}

/// 12.7
#[test]
fn c7_an_entry_without_a_configuration() {
    let (_data, config) = with_file(r#"{"config": [{"plugin_key": "a", "capability": "c"}]}"#);
    assert!(config.has(&id("a", "c")));
    check(&config, &id("a", "c"), "{}");
}

/// 12.7
#[test]
fn c7_an_incomplete_identity_is_refused() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    for (incomplete, missing) in [(id("", "cap"), "a plugin key"), (id("plugin", ""), "a capability name")] {
        let error = config.set(&incomplete, "", "{}").unwrap_err();
        assert!(error.to_string().contains(&format!("without {missing} ")), "{error}");
        assert!(!config.is_dirty());
    }
}

/// 12.7: numbers, names and nesting come back as they were.
#[test]
fn c7_odd_values_come_back() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    let deep = "[".repeat(200) + &"]".repeat(200);
    let odd = format!(
        r#"{{"big":123456789012345678901234567890,"f":-1.50e+300,"":null,"z":1,"a":"\u0000\ud83d\ude00ä","deep":{}}}"#,
        &deep[1..deep.len() - 1]
    );
    config.set(&id("a", "odd"), "", &odd).unwrap();
    config.set(&id("a", "deep"), "", &deep).unwrap();
    config.save().unwrap();
    let config = PluginConfig::load(data.path());
    check(&config, &id("a", "odd"), &odd);
    check(&config, &id("a", "deep"), &deep);
}

#[test]
fn what_the_file_could_not_hold_is_refused() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    for bad in ["", "{", "{} {}", "NaN", &("[".repeat(201) + &"]".repeat(201))] {
        let error = config.set(&id("a", "c"), "", bad).unwrap_err();
        assert!(matches!(error, StateError::Config { .. }), "{error:?}");
    }
    assert!(!config.is_dirty());
}

#[test]
fn the_same_value_and_version_change_nothing() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    assert!(config.set(&id("a", "c"), "1", "{\"x\": 1}").unwrap());
    assert!(!config.set(&id("a", "c"), "1", "{ \"x\":1 }").unwrap());
    assert!(config.set(&id("a", "c"), "2", "{\"x\": 1}").unwrap());
}

/// 10.2: an entry without a type is found by any type and replaced by the typed one; its other members stay.
#[test]
fn c10_2_an_older_entry_gets_its_type() {
    let (data, mut config) =
        with_file(r#"{"config":[{"plugin_key":"a","capability":"c","cap_config":1,"note":"mine"}]}"#);
    check(&config, &id("a", "c"), "1");
    config.set(&id("a", "c"), "2.0", "5").unwrap();
    config.save().unwrap();
    let json: String = text(&data).split_whitespace().collect();
    let expected = r#"{"config":[{"cap_config":5,"capability":"c","capability_type":"script","note":"mine","plugin_key":"a","plugin_version":"2.0"}]}"#;
    assert_eq!(json, expected);
}

#[test]
fn types_are_told_apart() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    let other = CapabilityId { kind: CapabilityType::Analysis, ..id("a", "c") };
    config.set(&id("a", "c"), "", "1").unwrap();
    config.set(&other, "", "2").unwrap();
    check(&config, &id("a", "c"), "1");
    check(&config, &other, "2");
    assert!(!config.has(&untyped("a", "c")));
}

#[test]
fn others_changes_are_kept_and_taken_over() {
    let data = DataFolder::new();
    let mut first = PluginConfig::load(data.path());
    let mut second = PluginConfig::load(data.path());
    first.set(&id("a", "one"), "", "1").unwrap();
    first.set(&id("a", "both"), "", "1").unwrap();
    second.set(&id("a", "two"), "", "2").unwrap();
    second.set(&id("a", "both"), "", "2").unwrap();
    first.save().unwrap();
    second.save().unwrap();
    for config in [second, PluginConfig::load(data.path())] {
        check(&config, &id("a", "one"), "1");
        check(&config, &id("a", "two"), "2");
        check(&config, &id("a", "both"), "2");
    }
}

#[test]
fn a_failed_save_can_be_tried_again() {
    let data = DataFolder::new();
    let blocker = data.add_file("orca_plugins", "");
    let mut config = PluginConfig::load(data.path());
    config.set(&id("a", "c"), "", "1").unwrap();
    assert!(config.save().is_err() && config.is_dirty());
    fs::remove_file(blocker).unwrap();
    config.save().unwrap();
    check(&PluginConfig::load(data.path()), &id("a", "c"), "1");
}

#[test]
fn a_presets_configuration_comes_first() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    config.set(&id("a", "c"), "1", "\"stored\"").unwrap();
    config.set(&id("a", "d"), "1", "\"stored\"").unwrap();
    let mut overrides = Overrides::parse("").unwrap();
    assert!(overrides.set(&id("a", "c"), "1", "\"preset's\"").unwrap());
    assert!(!overrides.set(&id("a", "c"), "1", "\"preset's\"").unwrap());
    let overrides = Overrides::parse(&overrides.to_text()).unwrap();
    let check = |name, expected: Option<&str>| {
        let entry = effective(&id("a", name), &config, &overrides);
        assert_eq!(entry.map(|entry| entry.config()), expected);
    };
    check("c", Some("\"preset's\""));
    check("d", Some("\"stored\""));
    check("e", None);
}

/// 10.2: the two texts that users see.
#[test]
fn c10_2_overrides_that_can_not_be_read() {
    let check = |text: &str, expected: &str| {
        assert_eq!(Overrides::parse(text).unwrap_err().to_string(), expected);
        assert_eq!(prune_overrides(text, |_, _| false), None);
    };
    check("{", "The preset stores invalid plugin capability configuration JSON.");
    check("{}", "The preset's plugin capability configuration is not an array and cannot be edited.");
}

/// 10.2
#[test]
fn c10_2_overrides_that_nothing_uses_go() {
    let mut overrides = Overrides::default();
    assert_eq!(overrides.to_text(), "");
    overrides.set(&id("a", "used"), "", "1").unwrap();
    overrides.set(&id("a", "unused"), "", "2").unwrap();
    let text = overrides.to_text();
    assert_eq!(prune_overrides(&text, |_, _| true), None);
    let pruned = prune_overrides(&text, |kind, name| kind == CapabilityType::Script && name == "used");
    let pruned = Overrides::parse(&pruned.expect("One goes")).unwrap();
    assert!(pruned.get(&id("a", "used")).is_some() && pruned.get(&id("a", "unused")).is_none());
    assert_eq!(prune_overrides(&text, |_, _| false).as_deref(), Some(""));
    assert_eq!(prune_overrides("[7]", |_, _| false), None);
}

proptest! {
    #[test]
    fn what_is_overridden_is_read(entries in proptest::collection::vec((".{1,4}", ".{1,4}", any::<i64>()), 0..5)) {
        let mut overrides = Overrides::default();
        for (key, name, value) in &entries {
            overrides.set(&id(key, name), "1", &value.to_string()).unwrap();
        }
        prop_assert_eq!(Overrides::parse(&overrides.to_text()).unwrap(), overrides);
    }
}

/// Gives a plugin the entries that were told before, in the way an install does.
fn restore(data: &DataFolder, plugin: &str, entries: &str) -> bool {
    let lock = lock_data_folder(data.path()).unwrap();
    let prepared = PluginConfig::prepare_entries(data.path(), plugin, entries, &lock).unwrap();
    prepared.map(|prepared| prepared.commit().unwrap()).is_some()
}

#[test]
fn what_a_plugin_had_comes_back_whole() {
    let data = DataFolder::new();
    let mut config = PluginConfig::load(data.path());
    for (plugin, name, value) in [("a", "one", "1"), ("b", "one", "2"), ("a", "two", "3")] {
        config.set(&id(plugin, name), "1.0", value).unwrap();
    }
    config.save().unwrap();
    let (before, told) = (text(&data), config.plugin_entries("a"));
    config.set(&id("a", "one"), "2.0", "10").unwrap();
    config.set(&id("a", "three"), "2.0", "30").unwrap();
    config.set(&id("b", "one"), "2.0", "20").unwrap();
    config.save().unwrap();
    assert!(restore(&data, "a", &told));
    let config = PluginConfig::load(data.path());
    check(&config, &id("a", "one"), "1");
    check(&config, &id("a", "two"), "3");
    check(&config, &id("b", "one"), "20");
    assert!(!config.has(&id("a", "three")));
    assert!(!restore(&data, "a", &told), "It has them already");
    assert_eq!(config.plugin_entries("none"), "[]");
    assert!(restore(&data, "b", "[]") && !PluginConfig::load(data.path()).has(&id("b", "one")));
    assert_ne!(text(&data), before);
}

#[test]
fn what_is_no_entry_stays_where_it_is() {
    let (data, config) =
        with_file(r#"{"config":[1,{"plugin_key":"a","capability":"c","cap_config":1,"x":2},"t"],"y":3}"#);
    let told = config.plugin_entries("a");
    assert!(restore(&data, "a", "[]"));
    assert!(restore(&data, "a", &told));
    let text = text(&data);
    assert!(text.contains("\"y\"") && text.contains("\"x\"") && text.contains("\"t\""), "{text}");
    check(&PluginConfig::load(data.path()), &untyped("a", "c"), "1");
}

#[test]
fn entries_of_another_key_become_the_plugins() {
    let data = DataFolder::new();
    assert!(restore(&data, "new", r#"[{"plugin_key":"old","capability":"c","cap_config":1}]"#));
    let lock = lock_data_folder(data.path()).unwrap();
    let prepared = PluginConfig::prepare_copy(data.path(), ("new", "newer"), &lock).unwrap();
    assert!(!PluginConfig::load(data.path()).has(&untyped("newer", "c")));
    prepared.unwrap().commit().unwrap();
    for plugin in ["new", "newer"] {
        check(&PluginConfig::load(data.path()), &untyped(plugin, "c"), "1");
    }
    assert!(PluginConfig::prepare_copy(data.path(), ("none", "newer"), &lock).unwrap().is_none());
}

#[test]
fn a_broken_file_is_not_replaced_by_entries() {
    let (data, _) = with_file("{");
    let lock = lock_data_folder(data.path()).unwrap();
    let failed = PluginConfig::prepare_entries(data.path(), "a", "[]", &lock);
    assert!(matches!(failed, Err(StateError::Broken { .. })));
    assert_eq!(text(&data), "{");
}
