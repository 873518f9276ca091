//! Backups that a broken install has left behind.

use crate::CatalogEntry;
use crate::names::{backed_up_len, joined};
use crate::root::Root;
use crate::state::LOCK_FILE;
use matriline_manifest::Problem;
use matriline_roots::FileLock;
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

/// Removes the backups of plugins that are there. A backup that is the only copy stays, and is told.
///
/// An install that is at work needs its backup and holds the lock of the data folder; then nothing is done or told.
pub(crate) fn tidy(
    roots: &[Root],
    entries: &[Arc<CatalogEntry>],
    leftovers: Leftovers,
    problems: &mut Vec<Problem>,
) {
    let mut backups =
        roots.iter().flat_map(|root| root.backups.iter().map(move |name| (root, name))).peekable();
    if backups.peek().is_none() {
        return;
    }
    let _lock = match leftovers {
        Leftovers::Keep => None,
        // the first root is that of the local plugins, where the lock is
        Leftovers::Remove => match FileLock::acquire(&roots[0].path.join(LOCK_FILE), Duration::ZERO) {
            Ok(lock) => Some(lock),
            Err(_) => return,
        },
    };
    for (root, name) in backups {
        let (backup, folder) = (joined(&root.path, name), joined(&root.path, backed_up(name)));
        let is_there = |entry: &Arc<CatalogEntry>| {
            // it may have gone again before the lock was had
            entry.folder == folder && entry.entry.as_ref().is_some_and(|file| file.is_file())
        };
        match (entries.iter().any(is_there), leftovers) {
            (false, _) if !backup.exists() => {}
            (false, _) => problems.push(only_copy(&backup, &folder)),
            (true, Leftovers::Keep) => {}
            (true, Leftovers::Remove) => match fs::remove_dir_all(&backup) {
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
