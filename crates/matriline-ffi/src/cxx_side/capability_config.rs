//! The configurations of capabilities.

use std::pin::Pin;

use matriline::{CapabilityId, ConfigScope, StoredConfig};

use crate::application::{Failure, PresetData, ffi};
use crate::boundary::{Outcome, run};
use crate::cxx_side::host::Host;
use crate::cxx_side::preset::preset;
use crate::number::capability_type;

pub(crate) fn copy_config(
    host: &Host,
    key: &str,
    kind: u8,
    name: &str,
    failure: Pin<&mut Failure>,
) -> ffi::ConfigData {
    run(failure, || {
        let config = host.manager()?.capability_config(&id(key, kind, name)?);
        Ok(ffi::ConfigData { base: stored(config.base), preset: stored(config.preset) })
    })
}

pub(crate) fn save_config(
    host: &Host,
    key: &str,
    kind: u8,
    name: &str,
    for_preset: bool,
    config: &str,
    failure: Pin<&mut Failure>,
) -> bool {
    let scope = if for_preset { ConfigScope::Preset } else { ConfigScope::Base };
    run(failure, || Ok(host.manager()?.save_capability_config(&id(key, kind, name)?, scope, config)?))
}

pub(crate) fn remove_override(
    host: &Host,
    key: &str,
    kind: u8,
    name: &str,
    failure: Pin<&mut Failure>,
) -> bool {
    run(failure, || Ok(host.manager()?.remove_config_override(&id(key, kind, name)?)?))
}

pub(crate) fn restore_default(
    host: &Host,
    key: &str,
    kind: u8,
    name: &str,
    failure: Pin<&mut Failure>,
) -> String {
    run(failure, || Ok(host.manager()?.restore_default_config(&id(key, kind, name)?)?))
}

pub(crate) fn has_config_ui(
    host: &Host,
    key: &str,
    kind: u8,
    name: &str,
    failure: Pin<&mut Failure>,
) -> bool {
    run(failure, || Ok(host.manager()?.has_config_ui(&id(key, kind, name)?)))
}

pub(crate) fn config_ui(
    host: &Host,
    key: &str,
    kind: u8,
    name: &str,
    failure: Pin<&mut Failure>,
) -> ffi::OptionalText {
    run(failure, || Ok(optional(host.manager()?.config_ui(&id(key, kind, name)?)?)))
}

/// Nothing when the text stays.
pub(crate) fn prune_overrides(
    host: &Host,
    of: &PresetData,
    text: &str,
    failure: Pin<&mut Failure>,
) -> ffi::OptionalText {
    run(failure, || Ok(optional(host.manager()?.prune_config_overrides(&preset(of)?, text))))
}

fn id(key: &str, kind: u8, name: &str) -> Outcome<CapabilityId> {
    Ok(CapabilityId { kind: capability_type(kind)?, name: name.to_owned(), plugin_key: key.to_owned() })
}

fn optional(text: Option<String>) -> ffi::OptionalText {
    ffi::OptionalText { given: text.is_some(), text: text.unwrap_or_default() }
}

fn stored(config: Option<StoredConfig>) -> ffi::StoredConfigData {
    config.map_or_else(ffi::StoredConfigData::default, |stored| ffi::StoredConfigData {
        found: true,
        config: stored.config,
        plugin_version: stored.plugin_version,
    })
}
