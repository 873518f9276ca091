//! The version before the present one, kept for one way back.
//!
//! It lies in `.previous/<folder>/` beside the plugins' folders: the whole folder as `plugin`, and what else belongs
//! to it in `previous.json`. That file names the folder it is about by device and number, so that whoever finds it
//! after a killed process knows whether the folders had changed places.

use crate::Fault;
use crate::place::{Missing, Place, Root};
use crate::staging::{DISCARDED, Staging, fresh};
use crate::sys;
use matriline_catalog::state::PluginConfig;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The folder of all previous versions.
pub(crate) const PREVIOUS: &str = ".previous";
/// What is known about the one in its folder.
pub(crate) const RECORD: &str = "previous.json";
/// What will be known once the folders have changed places.
pub(crate) const NEXT_RECORD: &str = "next.json";
/// The longest record that is read: a configuration is at most as long.
const MAX_RECORD_BYTES: u64 = 32 << 20;

/// The version that a roll-back brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousVersion {
    /// Its version, or empty if it named none.
    pub version: String,
    /// When another took its place.
    pub replaced: SystemTime,
}

/// What belongs to a version beside its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) plugin_key: String,
    /// The name of its folder, as far as that is UTF-8.
    pub(crate) folder: Option<String>,
    pub(crate) version: String,
    /// Seconds since 1970.
    pub(crate) replaced: u64,
    /// The plugin's configurations, a JSON list; `None` if they could not be read.
    pub(crate) config: Option<String>,
    /// Device and number of the folder, where the system has them.
    identity: Option<(u64, u64)>,
}

impl Record {
    /// Of the version that is in place now.
    pub(crate) fn of(
        current: &Root,
        place: &Place,
        (plugin_key, version): (&str, &str),
        data_dir: &Path,
        now: SystemTime,
    ) -> Self {
        let config = PluginConfig::load(data_dir);
        Self {
            plugin_key: plugin_key.to_owned(),
            folder: place.name.to_str().map(str::to_owned),
            version: version.to_owned(),
            replaced: now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            config: config.problem().is_none().then(|| config.plugin_entries(plugin_key)),
            identity: sys::identity(&current.dir),
        }
    }

    pub(crate) fn read(folder: &Root, name: &str) -> Option<Self> {
        let found = folder.dir.symlink_metadata(name).ok()?;
        if !found.is_file() || found.len() > MAX_RECORD_BYTES {
            return None;
        }
        serde_json::from_slice(&folder.dir.read(name).ok()?).ok()
    }

    pub(crate) fn write(&self, folder: &Root, name: &str) -> Result<(), Fault> {
        folder.write(name, &serde_json::to_vec_pretty(self).unwrap_or_default())
    }

    /// Whether a folder is the one it is about.
    pub(crate) fn is_about(&self, parent: &Root, name: &OsStr) -> bool {
        let folder = parent.child(name, Missing::Tell).ok().flatten();
        folder.and_then(|folder| sys::identity(&folder.dir)).is_some_and(|found| Some(found) == self.identity)
    }

    pub(crate) fn public(&self) -> PreviousVersion {
        let replaced = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.replaced));
        PreviousVersion {
            version: self.version.clone(),
            replaced: replaced.unwrap_or(SystemTime::UNIX_EPOCH),
        }
    }
}

/// The folder with the previous version of a plugin, and its record.
pub(crate) fn find(root: &Root, folder: &OsStr) -> Result<Option<(Root, Record)>, Fault> {
    let Some(all) = root.child(OsStr::new(PREVIOUS), Missing::Tell)? else { return Ok(None) };
    let Some(own) = all.child(folder, Missing::Tell)? else { return Ok(None) };
    Ok(Record::read(&own, RECORD).map(|record| (own, record)))
}

/// Keeps what a staging holds as the previous version of a folder, in the place of an older one. The caller holds
/// the lock of the data folder.
pub(crate) fn keep(root: &Root, staging: Staging, folder: &OsStr) -> Result<(), Fault> {
    let all = make_room(root, folder)?;
    staging.move_to(&all, folder)?;
    all.flush();
    Ok(())
}

/// Keeps an abandoned staging, as [`keep`] does.
pub(crate) fn keep_abandoned(root: &Root, staging: &OsStr, folder: &OsStr) -> Result<(), Fault> {
    let all = make_room(root, folder)?;
    let moved = root.dir.rename(staging, &all.dir, folder);
    moved.map_err(|error| Fault::io("move", &root.path.join(staging), error))?;
    all.flush();
    Ok(())
}

/// Removes the previous version of a folder, and the folder of all if it was the last.
pub(crate) fn forget(root: &Root, folder: &OsStr) -> Result<(), Fault> {
    let Some(all) = root.child(OsStr::new(PREVIOUS), Missing::Tell)? else { return Ok(()) };
    // an application removes plugins that never had one
    let _ = discard(&all, folder, root);
    // fails unless it is empty
    let _ = root.dir.remove_dir(PREVIOUS);
    Ok(())
}

fn make_room(root: &Root, folder: &OsStr) -> Result<Root, Fault> {
    let all = root.child(OsStr::new(PREVIOUS), Missing::Make)?;
    let all = all.ok_or_else(|| Fault::NotFound { folder: root.path.join(PREVIOUS) })?;
    if all.child(folder, Missing::Tell)?.is_some() {
        discard(&all, folder, root)?;
    }
    Ok(all)
}

/// Removes a folder, in two steps so that no part of it is ever taken for the whole. What can't be deleted is left to
/// the next act; only a folder that can't be moved stays.
pub(crate) fn discard(from: &Root, name: &OsStr, root: &Root) -> Result<(), Fault> {
    let discarded = fresh(DISCARDED);
    let moved = from.dir.rename(name, &root.dir, &discarded);
    moved.map_err(|error| Fault::io("delete", &from.path.join(name), error))?;
    let _ = root.dir.remove_dir_all(&discarded);
    Ok(())
}
