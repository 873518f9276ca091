//! Backups that a broken install has left behind.

use crate::names::{BACKUP_MARKER, backed_up_len, joined};
use crate::read::{Reader, Seen};
use crate::root::Root;
use crate::state::{INSTALL_STATE_FILE, LOCK_FILE};
use crate::{CatalogEntry, ScanOptions};
use matriline_manifest::Problem;
use matriline_roots::{FileLock, RootError};
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What happens to a backup that nobody needs any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leftovers {
    Keep,
    Remove,
}

/// Removes the backups of plugins that are whole: those that an install has marked as its own, whose plugin is read
/// once more under the lock and found valid, with a sidecar if the backup has one. Every other stays, and is told.
///
/// An install that is at work needs its backup and holds the lock of the data folder; then nothing is done or told.
/// Where no lock can be had at all, in a folder that can't be written above all, nothing is removed.
pub(crate) fn tidy(roots: &[Root], options: &ScanOptions, leftovers: Leftovers, problems: &mut Vec<Problem>) {
    let mut backups =
        roots.iter().flat_map(|root| root.backups.iter().map(move |name| (root, name))).peekable();
    if backups.peek().is_none() {
        return;
    }
    let (_lock, leftovers) = match leftovers {
        Leftovers::Keep => (None, Leftovers::Keep),
        // the first root is that of the local plugins, where the lock is
        Leftovers::Remove => match FileLock::acquire(&roots[0].path.join(LOCK_FILE), Duration::ZERO) {
            Ok(lock) => (Some(lock), Leftovers::Remove),
            Err(RootError::Locked { .. }) => return,
            Err(_) => (None, Leftovers::Keep),
        },
    };
    let mut reader = Reader::new(options, None);
    for (root, name) in backups {
        let (backup, folder) = (joined(&root.path, name), joined(&root.path, backed_up(name)));
        // it may have gone before the lock was had
        let Ok(found) = fs::symlink_metadata(&backup) else { continue };
        if !found.is_dir() || !is_file(&backup.join(BACKUP_MARKER)) {
            problems.push(unmarked(&backup));
            continue;
        }
        match plugin(&mut reader, root, backed_up(name)) {
            None => problems.push(only_copy(&backup, &folder)),
            Some(entry) if !is_whole(&entry, &backup) => problems.push(better_copy(&backup, &folder)),
            Some(_) if leftovers == Leftovers::Keep => {}
            Some(_) => match fs::remove_dir_all(&backup) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    problems.push(Problem::warning(format!(
                        "The backup `{}` of an earlier install can't be removed ({error}): remove it by hand",
                        backup.display()
                    )));
                }
                _ => {}
            },
        }
    }
}

/// The plugin of a folder as it is now.
fn plugin(reader: &mut Reader<'_>, root: &Root, name: &OsStr) -> Option<Arc<CatalogEntry>> {
    match reader.look((root, root.folder.as_ref()?), root.candidate(name)?, None) {
        Seen::Nothing => None,
        Seen::Same(remembered) | Seen::Settled(remembered, _) => Some(remembered.entry),
        Seen::Unsettled(entry, _) => Some(entry),
    }
}

/// Whether nothing of the backup is missing in the plugin.
fn is_whole(entry: &CatalogEntry, backup: &Path) -> bool {
    entry.is_valid() && (entry.install_state.is_some() || !is_file(&backup.join(INSTALL_STATE_FILE)))
}

fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

fn backed_up(name: &OsStr) -> &OsStr {
    let len = backed_up_len(name).unwrap_or_default();
    // SAFETY: The bytes are those of an `OsStr`, cut before `.backup-`, which is valid UTF-8.
    unsafe { OsStr::from_encoded_bytes_unchecked(&name.as_encoded_bytes()[..len]) }
}

fn only_copy(backup: &Path, folder: &Path) -> Problem {
    let (backup, folder) = (backup.display(), folder.display());
    Problem::warning(format!(
        "The backup `{backup}` is the only copy of a plugin whose install was broken off: rename it to `{folder}`, or remove it"
    ))
}

fn better_copy(backup: &Path, folder: &Path) -> Problem {
    let (backup, folder) = (backup.display(), folder.display());
    Problem::warning(format!(
        "The backup `{backup}` is kept, because the plugin in `{folder}` is not whole: put the backup in its place, or remove it"
    ))
}

fn unmarked(backup: &Path) -> Problem {
    let backup = backup.display();
    Problem::warning(format!(
        "The folder `{backup}` is named as the backup of an install, but has no file `{BACKUP_MARKER}`, so it is neither loaded nor removed: rename it if it is a plugin, or remove it"
    ))
}
