//! `PluginDescriptor`, there and back.

use matriline::{CapabilityType, CatalogEntry, Descriptor, Inspection};
use matriline_manifest::{ChangelogEntry, CloudOverlay};

use crate::bridge::ffi;
use crate::cxx_side::catalog::text;

pub(super) fn descriptor_data(entry: &CatalogEntry) -> ffi::DescriptorData {
    ffi::DescriptorData {
        plugin_root: text(&entry.folder),
        entry_path: entry.entry.as_deref().map(text).unwrap_or_default(),
        error: entry.error().unwrap_or_default(),
        problems: entry.problems.iter().map(ToString::to_string).collect(),
        metadata_valid: entry.is_valid(),
        ..plain_data(&entry.descriptor)
    }
}

/// Of a package that is not installed.
pub(super) fn package_data(inspected: &Inspection, file: &str) -> ffi::DescriptorData {
    ffi::DescriptorData {
        entry_path: file.to_owned(),
        error: inspected.refused.as_ref().map(ToString::to_string).unwrap_or_default(),
        problems: inspected.problems.iter().map(ToString::to_string).collect(),
        metadata_valid: inspected.refused.is_none(),
        ..plain_data(&inspected.descriptor)
    }
}

fn plain_data(descriptor: &Descriptor) -> ffi::DescriptorData {
    let cloud = descriptor.cloud.as_deref();
    let setting =
        |(key, value): (&String, &String)| ffi::SettingData { key: key.clone(), value: value.clone() };
    ffi::DescriptorData {
        plugin_key: descriptor.plugin_key.clone(),
        name: descriptor.name.clone(),
        description: descriptor.description.clone(),
        author: descriptor.author.clone(),
        version: descriptor.version.clone(),
        latest_version: cloud.map(|cloud| cloud.latest_version.clone()).unwrap_or_default(),
        installed_version: descriptor.installed_version.clone(),
        capability_types: descriptor.capability_types.iter().map(|kind| kind.number()).collect(),
        display_types: cloud.map(|cloud| cloud.display_types.clone()).unwrap_or_default(),
        entry_package: descriptor.entry_package.clone().unwrap_or_default(),
        dependencies: descriptor.dependencies.clone(),
        requires_python: descriptor.requires_python.clone().unwrap_or_default(),
        settings: descriptor.settings.iter().map(setting).collect(),
        changelog: cloud.map(changelog_data).unwrap_or_default(),
        cloud: cloud.map(cloud_data).unwrap_or_default(),
        sharing_token: cloud.map(|cloud| cloud.sharing_token.clone()).unwrap_or_default(),
        thumbnail_url: cloud.map(|cloud| cloud.thumbnail_url.clone()).unwrap_or_default(),
        ..Default::default()
    }
}

/// What an application has fetched from its cloud.
pub(crate) fn descriptor(data: &ffi::DescriptorData) -> Descriptor {
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    let kind = |&number: &u8| CapabilityType::from_number(number).unwrap_or(CapabilityType::Unknown);
    Descriptor {
        plugin_key: data.plugin_key.clone(),
        name: data.name.clone(),
        description: data.description.clone(),
        author: data.author.clone(),
        version: data.version.clone(),
        installed_version: data.installed_version.clone(),
        capability_types: data.capability_types.iter().map(kind).collect(),
        entry_package: some(&data.entry_package),
        dependencies: data.dependencies.clone(),
        requires_python: some(&data.requires_python),
        settings: data.settings.iter().map(|it| (it.key.clone(), it.value.clone())).collect(),
        cloud: data.cloud.found.then(|| Box::new(overlay(data))),
        ..Descriptor::default()
    }
}

fn overlay(data: &ffi::DescriptorData) -> CloudOverlay {
    let ffi::CloudData { uuid, installed, update_available, unauthorized, is_mine, .. } = &data.cloud;
    CloudOverlay {
        uuid: uuid.clone(),
        installed: *installed,
        update_available: *update_available,
        unauthorized: *unauthorized,
        is_mine: *is_mine,
        latest_version: data.latest_version.clone(),
        display_types: data.display_types.clone(),
        changelog: data.changelog.iter().map(changelog_entry).collect(),
        sharing_token: data.sharing_token.clone(),
        thumbnail_url: data.thumbnail_url.clone(),
    }
}

fn cloud_data(cloud: &CloudOverlay) -> ffi::CloudData {
    ffi::CloudData {
        found: true,
        uuid: cloud.uuid.clone(),
        installed: cloud.installed,
        update_available: cloud.update_available,
        unauthorized: cloud.unauthorized,
        is_mine: cloud.is_mine,
    }
}

fn changelog_data(cloud: &CloudOverlay) -> Vec<ffi::ChangelogData> {
    let data = |entry: &ChangelogEntry| ffi::ChangelogData {
        changelog_id: entry.changelog_id.clone(),
        plugin_uuid: entry.plugin_uuid.clone(),
        version: entry.version.clone(),
        changelog: entry.changelog.clone(),
        created_time: entry.created_time,
    };
    cloud.changelog.iter().map(data).collect()
}

fn changelog_entry(data: &ffi::ChangelogData) -> ChangelogEntry {
    ChangelogEntry {
        changelog_id: data.changelog_id.clone(),
        plugin_uuid: data.plugin_uuid.clone(),
        version: data.version.clone(),
        changelog: data.changelog.clone(),
        created_time: data.created_time,
    }
}
