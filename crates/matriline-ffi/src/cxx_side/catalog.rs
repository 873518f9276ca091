//! `PluginCatalog`.

use std::pin::Pin;

use matriline::CatalogEntry;
use matriline_catalog::PLUGINS_FOLDER;

use crate::boundary::run;
use crate::bridge::ffi;
use crate::cxx_side::host::Host;

pub(crate) fn copy_catalog(
    host: &Host,
    part: ffi::CatalogPart,
    failure: Pin<&mut ffi::Failure>,
) -> Vec<ffi::DescriptorData> {
    run(failure, || {
        let catalog = host.manager()?.catalog();
        Ok(catalog.entries().iter().filter(|entry| is_in(entry, part)).map(descriptor_data).collect())
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
        let catalog = host.manager()?.catalog();
        let found =
            catalog.entries().iter().find(|entry| entry.descriptor.plugin_key == key && is_in(entry, part));
        Ok(found.map(descriptor_data).into_iter().collect())
    })
}

/// Of a plugin that is not in the catalog any more, only the key is known.
pub(crate) fn copy_loaded(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<ffi::DescriptorData> {
    run(failure, || {
        let manager = host.manager()?;
        let catalog = manager.catalog();
        let keys = manager.loader().loaded_plugins();
        let unknown = |key| ffi::DescriptorData { plugin_key: key, ..Default::default() };
        let data = |key: String| catalog.get(&key).map_or_else(|| unknown(key), descriptor_data);
        Ok(keys.into_iter().map(data).collect())
    })
}

pub(crate) fn plugin_directories(host: &Host, failure: Pin<&mut ffi::Failure>) -> Vec<String> {
    run(failure, || {
        let folder = host.manager()?.data_dir().join(PLUGINS_FOLDER);
        Ok(vec![folder.to_string_lossy().into_owned()])
    })
}

fn is_in(entry: &CatalogEntry, part: ffi::CatalogPart) -> bool {
    let part_of_entry = match entry.error() {
        None => ffi::CatalogPart::Valid,
        Some(_) => ffi::CatalogPart::Invalid,
    };
    part_of_entry == part
}

fn descriptor_data(entry: &CatalogEntry) -> ffi::DescriptorData {
    let descriptor = &entry.descriptor;
    ffi::DescriptorData {
        plugin_key: descriptor.plugin_key.clone(),
        name: descriptor.name.clone(),
        description: descriptor.description.clone(),
        author: descriptor.author.clone(),
        version: descriptor.version.clone(),
        entry_package: descriptor.entry_package.clone().unwrap_or_default(),
        dependencies: descriptor.dependencies.clone(),
        plugin_root: entry.folder.to_string_lossy().into_owned(),
        entry_path: entry.entry.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default(),
        error: entry.error().unwrap_or_default(),
        problems: entry.problems.iter().map(ToString::to_string).collect(),
    }
}
