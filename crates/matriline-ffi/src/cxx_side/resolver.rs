//! `PluginResolver`, `capability_in_use` and `pickable`.

use std::collections::HashMap;
use std::pin::Pin;

use matriline::CapabilityId;
use matriline_refs::{
    Available, InstalledPlugins, Message, MissingPlugin, Package, Resolution, Unreferenced,
};

use crate::boundary::run;
use crate::bridge::ffi;
use crate::cxx_side::host::Host;
use crate::cxx_side::preset::{plugin_options, presets};
use crate::cxx_side::reference;
use crate::number;

pub(crate) fn resolve(
    host: &Host,
    presets: &[ffi::PresetData],
    failure: Pin<&mut ffi::Failure>,
) -> ffi::ResolutionData {
    run(failure, || Ok(resolution_data(&host.manager()?.resolve(&self::presets(presets)?))))
}

/// The same without a manager: what is installed is told, and nothing is loaded.
pub(crate) fn resolve_installed(
    options: &[ffi::OptionData],
    presets: &[ffi::PresetData],
    packages: &[ffi::PackageData],
    hub: &str,
    failure: Pin<&mut ffi::Failure>,
) -> ffi::ResolutionData {
    run(failure, || {
        let package = |data: &ffi::PackageData| match data.error.as_str() {
            "" => Package::Installed,
            error => Package::Invalid(error.into()),
        };
        let mut installed = Packages(HashMap::with_capacity(packages.len()));
        for data in packages {
            let one = installed.0.entry(data.plugin_key.clone()).or_insert_with(|| package(data));
            // of two packages with one key, the one that can be loaded counts
            if data.error.is_empty() {
                *one = Package::Installed;
            }
        }
        let (options, presets) = (plugin_options(options)?, self::presets(presets)?);
        let hub = Some(hub).filter(|hub| !hub.is_empty());
        Ok(resolution_data(&matriline_refs::resolve(&options, &presets, &installed, &(), hub)))
    })
}

pub(crate) fn capability_in_use(
    host: &Host,
    presets: &[ffi::PresetData],
    key: &str,
    kind: u8,
    name: &str,
    failure: Pin<&mut ffi::Failure>,
) -> bool {
    run(failure, || {
        let kind = number::capability_type(kind)?;
        let id = CapabilityId { kind, name: name.to_owned(), plugin_key: key.to_owned() };
        Ok(host.manager()?.capability_in_use(&self::presets(presets)?, &id))
    })
}

pub(crate) fn pickable(host: &Host, kind: u8, failure: Pin<&mut ffi::Failure>) -> Vec<ffi::PickableData> {
    run(failure, || {
        let found = host.manager()?.pickable(number::capability_type(kind)?);
        Ok(found.into_iter().map(pickable_data).collect())
    })
}

struct Packages(HashMap<String, Package>);

impl InstalledPlugins for Packages {
    fn package(&self, plugin_key: &str) -> Package {
        self.0.get(plugin_key).cloned().unwrap_or(Package::Absent)
    }
}

fn resolution_data(resolution: &Resolution) -> ffi::ResolutionData {
    let rows = |missing: &[MissingPlugin]| missing.iter().map(missing_data).collect();
    ffi::ResolutionData {
        missing_cloud: rows(resolution.missing_cloud()),
        missing_local: rows(resolution.missing_local()),
        inactive: rows(resolution.inactive()),
        broken: rows(resolution.broken()),
        unreferenced: resolution.unreferenced().iter().map(unreferenced_data).collect(),
        messages: resolution.messages().iter().map(message_data).collect(),
        signature: resolution.signature(),
    }
}

fn missing_data(missing: &MissingPlugin) -> ffi::MissingData {
    ffi::MissingData {
        reference: reference::data(&missing.reference),
        recovery_url: missing.recovery_url.clone().unwrap_or_default(),
        option: missing.option.clone(),
        preset: number::of_preset_kind(missing.preset),
        preset_name: missing.preset_name.clone(),
        kind: missing.kind.number(),
        problem: missing.brief_problem().unwrap_or_default().to_owned(),
        text: missing.to_string(),
    }
}

fn unreferenced_data(unreferenced: &Unreferenced) -> ffi::UnreferencedData {
    ffi::UnreferencedData {
        value: unreferenced.value.clone(),
        option: unreferenced.option.clone(),
        preset: number::of_preset_kind(unreferenced.preset),
        preset_name: unreferenced.preset_name.clone(),
        kind: unreferenced.kind.number(),
    }
}

fn message_data(message: &Message<'_>) -> ffi::MessageData {
    ffi::MessageData {
        bucket: message.bucket as u8,
        text: message.to_string(),
        action: message.bucket.action().label().to_owned(),
        find_url: message.find_url.unwrap_or_default().to_owned(),
    }
}

fn pickable_data(found: Available) -> ffi::PickableData {
    ffi::PickableData {
        kind: found.kind.number(),
        reference: found.reference().map(|reference| reference.to_string()).unwrap_or_default(),
        value: found.agent_id.unwrap_or_else(|| found.capability_name.clone()),
        name: found.capability_name,
        plugin_key: found.plugin_key,
        plugin_name: found.name,
    }
}
