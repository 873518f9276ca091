//! The file of configurations: a change of one entry leaves the values of all others.

use matriline_capability::{CapabilityId, CapabilityType};
use matriline_catalog::state::{Overrides, PluginConfig};
use matriline_testkit::DataFolder;
use serde_json::Value;
use std::fs;

pub(crate) fn check(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(overrides) = Overrides::parse(text)
    {
        assert_eq!(Overrides::parse(&overrides.to_text()).expect("What is written is read"), overrides);
    }

    let data = DataFolder::new();
    let file = data.add_file("orca_plugins/config.json", bytes);
    let mut config = PluginConfig::load(data.path());
    let was_read = config.problem().is_none();
    let id = CapabilityId {
        kind: CapabilityType::Script,
        name: "a name that no input has".to_owned(),
        plugin_key: "fuzz".to_owned(),
    };
    config.set(&id, "1", "[1.50]").expect("The identity is whole and the value is JSON");
    let saved = config.save().expect("A configuration can be saved");
    assert_eq!(saved.set_aside.is_none(), was_read);
    if let Some(aside) = saved.set_aside {
        assert_eq!(fs::read(aside).expect("The broken file is kept"), bytes);
    }

    let loaded = PluginConfig::load(data.path());
    assert_eq!(loaded.problem(), None);
    assert_eq!(loaded.get(&id).map(|entry| entry.config()), Some("[1.50]"));
    let written = fs::read(file).expect("The file is there");
    if let (true, Ok(mut before)) = (was_read, serde_json::from_slice::<Value>(bytes)) {
        let mut after: Value = serde_json::from_slice(&written).expect("What is written is JSON");
        let list = after["config"].as_array_mut().expect("The file has its list");
        list.pop();
        if before.get("config").is_none() {
            before["config"] = Value::Array(Vec::new());
        }
        assert_eq!(after, before);
    }
}
