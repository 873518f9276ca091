//! Two folders change places.
//!
//! Where the file system can do it at once, there is no moment without a plugin. Elsewhere the one in place gets the
//! name of a backup first; a process that is killed then leaves a backup, which [`put_back`] gives its name again.

use crate::Fault;
use crate::place::{Place, Root, create_new};
use crate::staging::{PLUGIN, random};
use crate::sys;
use matriline_catalog::BACKUP_MARKER;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

/// How two folders change places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Swap {
    /// At once where the file system can, else by renames.
    #[default]
    AtOnce,
    /// By three renames, as on file systems that can't exchange two names.
    ByRenames,
}

/// Puts the folder `plugin` of `beside` into the place, and what was there into `beside`.
pub(crate) fn swap(way: Swap, beside: &Root, place: &Place) -> Result<(), Fault> {
    let fail = |error| Fault::io("replace", &place.path(), error);
    let (staged, current) = (OsStr::new(PLUGIN), place.name.as_os_str());
    let is_done = way == Swap::AtOnce
        && sys::exchange((&beside.dir, staged), (&place.root.dir, current)).map_err(fail)?;
    if !is_done {
        by_renames(beside, place).map_err(fail)?;
    }
    place.root.flush();
    beside.flush();
    Ok(())
}

fn by_renames(beside: &Root, place: &Place) -> io::Result<()> {
    let (root, name) = (&place.root.dir, &place.name);
    let backup = backup_name(name);
    create_new(root, &Path::new(name).join(BACKUP_MARKER))?;
    let renamed = root.rename(name, root, &backup).and_then(|()| {
        beside.dir.rename(PLUGIN, root, name).inspect_err(|_| {
            // otherwise the next act, or the user, finds the backup
            let _ = root.rename(&backup, root, name);
        })
    });
    if let Err(error) = renamed {
        let _ = root.remove_file(Path::new(name).join(BACKUP_MARKER));
        return Err(error);
    }
    // the new one is in place: a backup that stays is removed by a later scan
    if root.rename(&backup, &beside.dir, PLUGIN).is_ok() {
        let _ = beside.dir.remove_file(Path::new(PLUGIN).join(BACKUP_MARKER));
    }
    Ok(())
}

/// `<folder>.backup-01ab-23cd-45ef`, which a scan knows for a backup.
fn backup_name(folder: &OsStr) -> OsString {
    let [a, b, c] = random();
    let mut name = folder.to_owned();
    name.push(format!(".backup-{a:04x}-{b:04x}-{c:04x}"));
    name
}

/// Whether a folder is a backup that [`swap`] has made.
pub(crate) fn is_backup(root: &Root, name: &OsStr) -> bool {
    let marker = Path::new(name).join(BACKUP_MARKER);
    folder_of(name).is_some() && root.dir.symlink_metadata(marker).is_ok_and(|found| found.is_file())
}

/// Gives a backup the name of its folder again if that is missing. The caller holds the lock of the data folder.
pub(crate) fn put_back(root: &Root, backup: &OsStr) -> bool {
    let Some(folder) = folder_of(backup) else { return false };
    let is_back =
        root.dir.symlink_metadata(folder).is_err() && root.dir.rename(backup, &root.dir, folder).is_ok();
    if is_back {
        let _ = root.dir.remove_file(Path::new(folder).join(BACKUP_MARKER));
        root.flush();
    }
    is_back
}

/// The folder that a backup was. One whose name is not UTF-8 is left to the scan, which tells about it.
pub(crate) fn folder_of(backup: &OsStr) -> Option<&str> {
    let (folder, _) = backup.to_str()?.rsplit_once(".backup-")?;
    (!folder.is_empty()).then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Missing;
    use std::fs;

    /// Two folders with a file each, `beside/plugin` and `stamp`.
    fn check(act: impl FnOnce(&Root, &Place), expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let root = || Root::open(folder.path(), None, Missing::Make).unwrap().unwrap();
        let beside = root().child(OsStr::new("beside"), Missing::Make).unwrap().unwrap();
        for (name, text) in [("beside/plugin", "new"), ("stamp", "old")] {
            fs::create_dir(root().path.join(name)).unwrap();
            fs::write(root().path.join(name).join(text), "").unwrap();
        }
        let place = root().place("stamp".into());
        act(&beside, &place);
        let files = |name: &str| {
            let entries = fs::read_dir(place.root.path.join(name)).into_iter().flatten().flatten();
            entries.map(|entry| entry.file_name().into_string().unwrap()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!([files("stamp"), files("beside/plugin"), files("")].map(|it| sorted(&it)), expected);
    }

    fn sorted(names: &str) -> String {
        let mut names: Vec<_> = names.split_whitespace().collect();
        names.sort_unstable();
        names.join(" ")
    }

    #[test]
    fn two_folders_change_places() {
        for way in [Swap::AtOnce, Swap::ByRenames] {
            check(|beside, place| swap(way, beside, place).unwrap(), &["new", "old", "beside stamp"]);
        }
    }

    #[test]
    fn without_a_new_one_the_old_one_stays() {
        let fail = |way| {
            move |beside: &Root, place: &Place| {
                beside.dir.remove_dir_all(PLUGIN).unwrap();
                assert!(swap(way, beside, place).is_err());
            }
        };
        for way in [Swap::AtOnce, Swap::ByRenames] {
            check(fail(way), &["old", "", "beside stamp"]);
        }
    }

    #[test]
    fn a_backup_gets_its_name_back() {
        let backup = OsStr::new("stamp.backup-01ab-23cd-45ef");
        let broken_off = |_: &Root, place: &Place| {
            fs::write(place.path().join(BACKUP_MARKER), "").unwrap();
            fs::rename(place.path(), place.root.path.join(backup)).unwrap();
            assert!(is_backup(&place.root, backup) && put_back(&place.root, backup));
        };
        check(broken_off, &["old", "new", "beside stamp"]);
    }

    #[test]
    fn only_marked_folders_are_backups() {
        let named = |_: &Root, place: &Place| {
            fs::create_dir(place.root.path.join("x.backup-monday")).unwrap();
            assert!(!is_backup(&place.root, OsStr::new("x.backup-monday")));
            assert!(!is_backup(&place.root, OsStr::new("stamp")));
            assert!(!put_back(&place.root, OsStr::new("stamp.backup-01ab-23cd-45ef")), "It is there");
        };
        check(named, &["old", "new", "beside stamp x.backup-monday"]);
    }
}
