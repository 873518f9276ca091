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
use descriptor::{descriptor, descriptor_data};
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
        let catalog = host.manager()?.catalog();
        let state = catalog.get(key).and_then(|entry| entry.install_state.as_deref());
        Ok(state.map(install_state_data).into_iter().collect())
    })
}

pub(crate) fn enabled_keys(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<String> {
    run(failure, || Ok(host.manager()?.catalog().enabled_keys().map(str::to_owned).collect()))
}

pub(crate) fn catalog_problems(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<String> {
    run(failure, || Ok(host.manager()?.catalog().problems().iter().map(ToString::to_string).collect()))
}

pub(crate) fn plugin_directories(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<String> {
    run(failure, || Ok(host.manager()?.plugin_directories().iter().map(|path| text(path)).collect()))
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

/// With the types of what is loaded.
fn loaded_data(manager: &PluginManager, entry: &CatalogEntry) -> ffi::DescriptorData {
    with_types(manager, descriptor_data(entry))
}

fn with_types(manager: &PluginManager, mut data: ffi::DescriptorData) -> ffi::DescriptorData {
    for entry in manager.loader().loaded_plugin_capabilities(&data.plugin_key) {
        let kind = entry.id().kind as u8;
        if !data.capability_types.contains(&kind) {
            data.capability_types.push(kind);
        }
    }
    data
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
