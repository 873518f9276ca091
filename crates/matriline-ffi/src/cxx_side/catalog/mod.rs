//! `PluginCatalog` and `scan_plugins`.

mod descriptor;
mod install_state;

use std::path::Path;
use std::pin::Pin;

use matriline::{Catalog, CatalogEntry, PluginManager};
use matriline_catalog::ScanOptions;

use crate::boundary::run;
use crate::bridge::ffi;
use crate::cxx_side::host::Host;
pub(crate) use descriptor::descriptor;
use descriptor::{descriptor_data, package_data};
use install_state::install_state_data;

pub(crate) fn copy_catalog(
    host: &Host,
    part: ffi::CatalogPart,
    failure: Pin<&mut ffi::Failure>,
) -> Vec<ffi::DescriptorData> {
    run(failure, || {
        let manager = host.manager()?;
        let catalog = manager.catalog();
        let entries = catalog.entries().iter().filter(|entry| is_in(entry, part));
        Ok(entries.map(|entry| loaded_data(manager, entry)).collect())
    })
}

/// None or one.
pub(crate) fn copy_catalog_entry(
    host: &Host,
    part: ffi::CatalogPart,
    key: &str,
    failure: Pin<&mut ffi::Failure>,
) -> Vec<ffi::DescriptorData> {
    run(failure, || {
        let manager = host.manager()?;
        let catalog = manager.catalog();
        // a key may stand for a valid plugin and for others that are not
        let found = match part {
            ffi::CatalogPart::Valid => catalog.get_valid(key),
            _ => catalog.invalid().find(|entry| entry.descriptor.plugin_key == key),
        };
        Ok(found.map(|entry| loaded_data(manager, entry)).into_iter().collect())
    })
}

/// Of a plugin that is not in the catalog any more, only the key is known.
pub(crate) fn copy_loaded(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<ffi::DescriptorData> {
    run(failure, || {
        let manager = host.manager()?;
        let catalog = manager.catalog();
        let data = |key: String| match catalog.get(&key) {
            Some(entry) => loaded_data(manager, entry),
            None => with_types(manager, ffi::DescriptorData { plugin_key: key, ..Default::default() }),
        };
        Ok(manager.loader().loaded_plugins().into_iter().map(data).collect())
    })
}

/// None or one.
pub(crate) fn copy_install_state(
    host: &Host,
    key: &str,
    failure: Pin<&mut ffi::Failure>,
) -> Vec<ffi::InstallStateData> {
    run(failure, || {
        Ok(host.manager()?.install_state(key).as_ref().map(install_state_data).into_iter().collect())
    })
}

pub(crate) fn enabled_keys(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<String> {
    run(failure, || Ok(host.manager()?.enabled_plugin_keys()))
}

pub(crate) fn catalog_problems(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<String> {
    run(failure, || Ok(host.manager()?.catalog().problems().iter().map(ToString::to_string).collect()))
}

pub(crate) fn plugin_directories(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<String> {
    run(failure, || Ok(host.manager()?.plugin_directories().iter().map(|path| text(path)).collect()))
}

pub(crate) fn remove_from_catalog(host: &Host, key: &str, failure: Pin<&mut ffi::Failure>) -> bool {
    run(failure, || Ok(host.manager()?.remove_from_catalog(key)))
}

pub(crate) fn update_cloud_catalog(
    host: &Host,
    records: &[ffi::DescriptorData],
    failure: Pin<&mut ffi::Failure>,
) {
    run(failure, || {
        host.manager()?.update_cloud_catalog(records.iter().map(descriptor).collect());
        Ok(())
    });
}

/// What a file is, and what installing it would do.
pub(crate) fn inspect_package(
    host: &Host,
    file: &str,
    failure: Pin<&mut ffi::Failure>,
) -> ffi::InspectionData {
    run(failure, || {
        let inspected = host.manager()?.inspect_plugin(Path::new(file))?;
        let mut data =
            ffi::InspectionData { descriptor: package_data(&inspected, file), ..Default::default() };
        if let Some(existing) = inspected.existing {
            data.exists = true;
            data.existing_enabled = existing.is_enabled;
            (data.existing_key, data.existing_name) = (existing.key, existing.name);
            data.existing_version = existing.version;
        }
        data.refused = inspected
            .refused
            .map(|refused| matriline::InstallError::Inspect(refused).to_string())
            .unwrap_or_default();
        Ok(data)
    })
}

/// The plugins of a data folder, valid ones first, without a manager and without Python.
pub(crate) fn scan_plugins(
    data_dir: &str,
    user: &str,
    failure: Pin<&mut ffi::Failure>,
) -> Vec<ffi::DescriptorData> {
    run(failure, || {
        let catalog = scan(data_dir, user);
        Ok(catalog.valid().chain(catalog.invalid()).map(|entry| descriptor_data(entry)).collect())
    })
}

/// One scan for the Python that this build is linked with. An empty text stands for no user.
pub(crate) fn scan(data_dir: &str, user: &str) -> Catalog {
    let mut options = ScanOptions::new(matriline::running_target());
    options.cloud_user = (!user.is_empty()).then(|| user.to_owned());
    Catalog::scan(Path::new(data_dir), &options)
}

fn is_in(entry: &CatalogEntry, part: ffi::CatalogPart) -> bool {
    entry.is_valid() == (part == ffi::CatalogPart::Valid)
}

/// With the types of what is loaded, and why the last load failed where the package itself is sound.
fn loaded_data(manager: &PluginManager, entry: &CatalogEntry) -> ffi::DescriptorData {
    let mut data = with_types(manager, descriptor_data(entry));
    if data.error.is_empty() {
        let error = manager.loader().plugin_load_error(&data.plugin_key);
        data.error = error.map(|error| error.to_string()).unwrap_or_default();
    }
    data
}

fn with_types(manager: &PluginManager, mut data: ffi::DescriptorData) -> ffi::DescriptorData {
    for entry in manager.loader().loaded_plugin_capabilities(&data.plugin_key) {
        let kind = entry.id().kind.number();
        if !data.capability_types.contains(&kind) {
            data.capability_types.push(kind);
        }
    }
    data
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
