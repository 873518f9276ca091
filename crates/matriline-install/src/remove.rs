//! Plugins that go, and plugins that stay without the cloud.

use crate::previous::{self, discard};
use crate::{Fault, InstallError, Installer};
use matriline_catalog::state::{InstalledFrom, PluginConfig, update_existing_install_state};
use matriline_catalog::{CatalogEntry, EntryKind};
use matriline_manifest::plugin_key_from_stem;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;

impl Installer {
    /// Removes a plugin: its folder with the sidecar, and its previous version. Its configurations stay, for the day
    /// it is installed again. The plugin must not be loaded.
    ///
    /// The folder is gone for every scan at once; files in it that can't be deleted are left in a hidden folder, and
    /// tried again by the next act.
    ///
    /// # Errors
    /// [`InstallError::Remove`]: a folder that is none of the local plugins or of the user's, a symbolic link, and one
    /// that can't be moved.
    pub fn remove(&self, folder: &Path) -> Result<(), InstallError> {
        self.removed(folder).map_err(InstallError::Remove)
    }

    /// Makes a plugin of the cloud a local one, in the folder where it is; flags, grants and files stay as they are.
    /// The answer is its new key, made from the name of its entry file, under which its configurations are from now
    /// on; those under the UUID stay for the day it comes from the cloud again.
    ///
    /// # Errors
    /// [`InstallError::KeepLocal`]: a plugin that is not in a folder of plugins or not from the cloud, and a key that
    /// another plugin has.
    pub fn keep_as_local(&self, entry: &CatalogEntry) -> Result<String, InstallError> {
        self.kept_as_local(entry).map_err(InstallError::KeepLocal)
    }

    fn removed(&self, folder: &Path) -> Result<(), Fault> {
        check_folder(folder)?;
        let place = self.known(folder)?;
        let _lock = self.lock()?;
        let found = place.root.dir.symlink_metadata(&place.name);
        match found {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Fault::NotFound { folder: folder.to_owned() });
            }
            Err(error) => return Err(Fault::io("delete", folder, error)),
            Ok(found) if found.is_symlink() => return Err(Fault::Link { path: folder.to_owned() }),
            Ok(found) if !found.is_dir() => return Err(Fault::Outside { folder: folder.to_owned() }),
            Ok(_) => {}
        }
        discard(&place.root, &place.name, &place.root)?;
        // the plugin has gone; a previous version that stays is found by nobody
        let _ = previous::forget(&place.root, &place.name);
        place.root.flush();
        Ok(())
    }

    fn kept_as_local(&self, entry: &CatalogEntry) -> Result<String, Fault> {
        let own_key = &entry.descriptor.plugin_key;
        if !entry.has_local_package() || entry.folder.as_os_str().is_empty() {
            return Err(Fault::NoFolder { plugin: own_key.clone() });
        }
        if !entry.descriptor.is_cloud_plugin() {
            return Err(Fault::Local { plugin: own_key.clone() });
        }
        let place = self.known(&entry.folder)?;
        let gone = || Fault::NotFound { folder: entry.folder.clone() };
        place.open()?.ok_or_else(gone)?;
        let key = local_key(entry);
        let lock = self.lock()?;
        if let Some(other) = self.catalog().get(&key).filter(|other| other.folder != entry.folder) {
            return Err(Fault::KeyTaken { key, folder: other.folder.clone() });
        }
        if let Some(config) = PluginConfig::prepare_copy(&self.data_dir, (own_key, &key), &lock)? {
            config.commit()?;
        }
        drop(lock);
        let updated = update_existing_install_state(&self.data_dir, &place.path(), |state| {
            state.cloud_uuid = None;
            state.installed_from = Some(InstalledFrom::Local);
        })?;
        updated.map(|_| key).ok_or_else(gone)
    }
}

/// The key that a plugin has by its entry file, or by its folder if it has none.
fn local_key(entry: &CatalogEntry) -> String {
    let file =
        entry.entry.as_deref().filter(|_| matches!(entry.kind, Some(EntryKind::Script | EntryKind::Wheel)));
    let stem = file.unwrap_or(&entry.folder).file_stem();
    plugin_key_from_stem(stem.map_or(&b""[..], OsStr::as_encoded_bytes))
}

fn check_folder(folder: &Path) -> Result<(), Fault> {
    match folder.as_os_str().is_empty() {
        true => Err(Fault::NoFolder { plugin: String::new() }),
        false => Ok(()),
    }
}
