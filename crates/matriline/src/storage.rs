//! The folders in which plugins keep their own files.
//!
//! They lie beside the plugins, in `orca_plugins/__data__`, so that an update leaves them alone: `<key>` for a plugin of
//! this machine, `_subscribed/<user>/<key>` for one that a user has from the cloud.

use std::path::{Component, Path, PathBuf};
use std::sync::Weak;

use matriline_catalog::{CatalogEntry, PLUGINS_FOLDER, SUBSCRIBED_FOLDER, is_safe_folder_name};
use matriline_host::{Storage, StorageError};

use crate::loader::Inner;

/// Holds the folders. No scan looks into it.
const FOLDER: &str = "__data__";

/// The folders of the plugins that a loader loads.
pub(crate) struct PluginStorage(pub(crate) Weak<Inner>);

impl Storage for PluginStorage {
    fn folder(&self, plugin_key: &str) -> Result<PathBuf, StorageError> {
        let loader = self.0.upgrade().ok_or(StorageError::NotRegistered)?;
        let catalog = loader.catalog.load();
        let entry = catalog.get(plugin_key).ok_or(StorageError::NotRegistered)?;
        let path = storage_folder(&loader.data_dir, entry)?;
        match std::fs::create_dir_all(&path) {
            Ok(()) => Ok(path),
            Err(error) => Err(StorageError::Refused { path, problem: error.to_string() }),
        }
    }
}

/// Where a plugin keeps its own files.
pub(crate) fn storage_folder(data_dir: &Path, entry: &CatalogEntry) -> Result<PathBuf, StorageError> {
    let plugins = data_dir.join(PLUGINS_FOLDER);
    let key = &entry.descriptor.plugin_key;
    if !is_safe_folder_name(key) {
        return Err(StorageError::NoFolderName);
    }
    let below = entry.folder.strip_prefix(&plugins).unwrap_or(Path::new(""));
    let mut names = below.components();
    let all = plugins.join(FOLDER);
    match (names.next(), names.next()) {
        (Some(Component::Normal(first)), Some(Component::Normal(user))) if first == SUBSCRIBED_FOLDER => {
            Ok(all.join(SUBSCRIBED_FOLDER).join(user).join(key))
        }
        _ if entry.descriptor.is_cloud_plugin() => Err(StorageError::NoUser),
        _ => Ok(all.join(key)),
    }
}
