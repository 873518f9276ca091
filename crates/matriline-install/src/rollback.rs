//! The way back to the previous version.

use crate::place::{Missing, Place, Root};
use crate::prepared::read_state;
use crate::previous::{self, NEXT_RECORD, RECORD, Record};
use crate::staging::PLUGIN;
use crate::swap::swap;
use crate::{Fault, InstallError, Installed, Installer, goal, permissions};
use matriline_catalog::CatalogEntry;
use matriline_catalog::state::{INSTALL_STATE_FILE, PluginConfig};
use std::ffi::OsStr;
use std::path::Path;

impl Installer {
    /// Brings the previous version of a plugin back, with the configuration that it had. The present version becomes
    /// the previous one, so rolling back twice goes forth again. The plugin must not be loaded.
    ///
    /// Whether the plugin and its capabilities are enabled, and what its user has granted, stays as it is now: these
    /// are the user's wishes, not the version's.
    ///
    /// # Errors
    /// [`InstallError::RollBack`]; the plugin is then as it was.
    pub fn roll_back(&self, folder: &Path) -> Result<Installed, InstallError> {
        self.rolled_back(folder).map_err(InstallError::RollBack)
    }

    fn rolled_back(&self, folder: &Path) -> Result<Installed, Fault> {
        let place = self.known(folder)?;
        let lock = self.lock()?;
        let current = place.open()?.ok_or_else(|| Fault::NotFound { folder: folder.to_owned() })?;
        let none = || Fault::NoPrevious { folder: folder.to_owned() };
        let (beside, record) = previous::find(&place.root, &place.name)?.ok_or_else(none)?;
        let back = beside.child(OsStr::new(PLUGIN), Missing::Tell)?.ok_or_else(none)?;
        let catalog = self.catalog();
        let entry = catalog.entries().iter().find(|entry| entry.folder == place.path());
        let entry = entry.ok_or_else(|| Fault::NotFound { folder: folder.to_owned() })?;
        carry_over_wishes(entry, &back, &record)?;
        let next = self.record_of(&current, &place, entry);
        next.write(&beside, NEXT_RECORD)?;
        let undo = || {
            // one that stays is told apart by the folder that it is about
            let _ = beside.dir.remove_file(NEXT_RECORD);
        };
        let config = match &record.config {
            Some(config) => {
                let prepared = PluginConfig::prepare_entries(&self.data_dir, &next.plugin_key, config, &lock);
                prepared.inspect_err(|_| undo())?
            }
            None => None,
        };
        drop((current, back));
        swap(self.swap, &beside, &place).inspect_err(|_| undo())?;
        if let Err(error) = config.map_or(Ok(()), |config| config.commit()) {
            swap(self.swap, &beside, &place)?;
            undo();
            return Err(error.into());
        }
        let renamed = beside.dir.rename(NEXT_RECORD, &beside.dir, RECORD);
        renamed.map_err(|error| Fault::io("write", &beside.path.join(RECORD), error))?;
        beside.flush();
        self.result(&place, &record, entry, &next)
    }

    fn record_of(&self, current: &Root, place: &Place, entry: &CatalogEntry) -> Record {
        let key = entry.descriptor.plugin_key.as_str();
        let version = goal::version_of(entry);
        Record::of(current, place, (key, version), &self.data_dir, (self.clock)())
    }

    fn result(
        &self,
        place: &Place,
        record: &Record,
        before: &CatalogEntry,
        next: &Record,
    ) -> Result<Installed, Fault> {
        let catalog = self.catalog();
        let entry = catalog.entries().iter().find(|entry| entry.folder == place.path());
        let descriptor = entry.map(|entry| &entry.descriptor);
        let requested = descriptor.map(permissions::requested_permissions).unwrap_or_default();
        let granted = read_state(&place.path())?.map(|state| state.permissions).unwrap_or_default();
        let asked = permissions::requested_permissions(&before.descriptor);
        Ok(Installed {
            key: descriptor.map_or(&record.plugin_key, |descriptor| &descriptor.plugin_key).clone(),
            folder: place.path(),
            version: record.version.clone(),
            previous: Some(next.public()),
            asks_for: permissions::beyond(&requested, [&asked, &granted]),
        })
    }
}

/// Writes into the sidecar of the version that comes back what the user wishes now, and whether the plugin is one of
/// the cloud by now.
fn carry_over_wishes(now: &CatalogEntry, back: &Root, record: &Record) -> Result<(), Fault> {
    let old = read_state(&back.path)?;
    let mut state = old.clone().unwrap_or_default();
    if let Some(now) = &now.install_state {
        state.enabled = now.enabled;
        state.capabilities.clone_from(&now.capabilities);
        state.permissions.clone_from(&now.permissions);
        state.installed_from = now.installed_from;
        state.cloud_uuid.clone_from(&now.cloud_uuid);
        if old.is_none() {
            state.installed_version.clone_from(&record.version);
        }
    } else if old.is_none() {
        return Ok(());
    }
    match old.as_ref() == Some(&state) {
        true => Ok(()),
        false => back.write(INSTALL_STATE_FILE, state.to_json().as_bytes()),
    }
}
