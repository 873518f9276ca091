//! What processes that were killed have left behind.

use crate::place::{Missing, Root};
use crate::previous::{NEXT_RECORD, PREVIOUS, RECORD, Record, keep_abandoned};
use crate::staging::{DISCARDED, PLUGIN, STAGING, is_abandoned};
use crate::swap;
use matriline_catalog::BACKUP_MARKER;
use matriline_catalog::state::PluginConfig;
use matriline_roots::FileLock;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Finishes or undoes what was begun in a folder of plugins, and removes what nobody needs. What can't be done now
/// stays, and is in nobody's way.
pub(crate) fn recover(root: &Root, data_dir: &Path, lock: &FileLock) {
    let names = root.names();
    for backup in names.iter().filter(|name| swap::is_backup(root, name)) {
        if !swap::put_back(root, backup) {
            bring_home(root, backup, &names);
        }
    }
    for name in &names {
        let bytes = name.as_encoded_bytes();
        if bytes.starts_with(DISCARDED.as_bytes()) {
            let _ = root.dir.remove_dir_all(name);
        } else if bytes.starts_with(STAGING.as_bytes()) {
            clear(root, name);
        }
    }
    let Ok(Some(all)) = root.child(OsStr::new(PREVIOUS), Missing::Tell) else { return };
    for name in all.names() {
        if let Ok(Some(own)) = all.child(&name, Missing::Tell) {
            finish_roll_back(&own, data_dir, lock);
        }
    }
}

/// Moves a backup whose plugin is in place to where it was going: beside the record that is about it. One without
/// such a record is removed by the next scan.
fn bring_home(root: &Root, backup: &OsStr, names: &[OsString]) {
    let stagings = names.iter().filter(|name| name.as_encoded_bytes().starts_with(STAGING.as_bytes()));
    let stagings = stagings.filter_map(|name| root.child(name, Missing::Tell).ok().flatten());
    let previous = root.child(OsStr::new(PREVIOUS), Missing::Tell).ok().flatten();
    let previous = swap::folder_of(backup).zip(previous);
    let previous = previous.and_then(|(name, all)| all.child(OsStr::new(name), Missing::Tell).ok().flatten());
    let homes = stagings.map(|own| (own, RECORD)).chain(previous.map(|own| (own, NEXT_RECORD)));
    for (own, record) in homes {
        let is_home = Record::read(&own, record).is_some_and(|record| record.is_about(root, backup));
        if is_home && root.dir.rename(backup, &own.dir, PLUGIN).is_ok() {
            let _ = own.dir.remove_file(Path::new(PLUGIN).join(BACKUP_MARKER));
        }
    }
}

/// Keeps the old version that an install has put here and not got any further with; removes anything else.
fn clear(root: &Root, staging: &OsStr) {
    let Ok(Some(own)) = root.child(staging, Missing::Tell) else { return };
    if !is_abandoned(&own) {
        return;
    }
    let record = Record::read(&own, RECORD).filter(|record| record.is_about(&own, OsStr::new(PLUGIN)));
    let kept = record.and_then(|record| {
        let folder = record.folder.filter(|folder| root.dir.is_dir(folder))?;
        keep_abandoned(root, staging, OsStr::new(&folder)).ok()
    });
    if kept.is_none() {
        let _ = root.dir.remove_dir_all(staging);
    }
}

/// Brings the configuration of a version back whose folder is back already; else the roll-back has not begun.
fn finish_roll_back(own: &Root, data_dir: &Path, lock: &FileLock) {
    let Some(next) = Record::read(own, NEXT_RECORD) else { return };
    if !next.is_about(own, OsStr::new(PLUGIN)) {
        let _ = own.dir.remove_file(NEXT_RECORD);
        return;
    }
    if let Some(Record { config: Some(config), .. }) = Record::read(own, RECORD) {
        let prepared = PluginConfig::prepare_entries(data_dir, &next.plugin_key, &config, lock);
        let restored = prepared.map(|prepared| prepared.map(|prepared| prepared.commit()));
        if !matches!(restored, Ok(None | Some(Ok(())))) {
            return;
        }
    }
    let _ = own.dir.rename(NEXT_RECORD, &own.dir, RECORD);
    own.flush();
}
