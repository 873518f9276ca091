//! `InstallState`.

use matriline::CapabilityType;
use matriline_catalog::state::{CapabilityFlag, InstallState, InstalledFrom};

use crate::bridge::ffi;

pub(super) fn install_state_data(state: &InstallState) -> ffi::InstallStateData {
    let installed_from = match state.installed_from {
        Some(InstalledFrom::Local) => "local",
        Some(InstalledFrom::Cloud) => "cloud",
        None => "",
    };
    ffi::InstallStateData {
        installed_from: installed_from.to_owned(),
        installed_version: state.installed_version.clone(),
        plugin_name: state.plugin_name.clone(),
        enabled: state.enabled,
        cloud_uuid: state.cloud_uuid.clone().unwrap_or_default(),
        capabilities: state.capabilities.iter().map(capability_data).collect(),
    }
}

fn capability_data(flag: &CapabilityFlag) -> ffi::CapabilityStateData {
    let kind = flag.kind.as_deref().map_or(CapabilityType::Unknown, CapabilityType::from_text);
    ffi::CapabilityStateData { name: flag.name.clone(), kind: kind.number(), enabled: flag.enabled }
}
