//! A sidecar: what is read is written, read again and the same; members of others keep their values.

use matriline_catalog::state::parse_install_state;
use serde_json::{Map, Value};

const KNOWN: [&str; 7] = [
    "capabilities",
    "cloud_uuid",
    "enabled",
    "installed_from",
    "installed_version",
    "permissions",
    "plugin_name",
];

pub(crate) fn check(bytes: &[u8]) {
    let strict = serde_json::from_slice::<Map<String, Value>>(bytes);
    let state = match parse_install_state(bytes) {
        Ok(state) => state,
        Err(reason) => {
            assert!(!reason.is_empty() && strict.is_err(), "{reason}");
            return;
        }
    };
    let text = state.to_json();
    let again = parse_install_state(text.as_bytes()).expect("What is written is read");
    assert_eq!(again.ignored(), state.ignored(), "{text}");
    assert_eq!(again.to_json(), text);
    assert_eq!(
        (again.enabled, &again.capabilities, &again.permissions),
        (state.enabled, &state.capabilities, &state.permissions)
    );

    let Ok(strict) = strict else { return };
    let written: Map<String, Value> = serde_json::from_str(&text).expect("What is written is JSON");
    for (key, value) in strict.iter().filter(|(key, _)| !KNOWN.contains(&key.as_str())) {
        assert_eq!(written.get(key), Some(value), "{key}");
    }
}
