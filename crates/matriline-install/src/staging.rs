//! Where an install is prepared: a hidden folder beside those of the plugins, which no scan looks into.

use crate::Fault;
use crate::place::{Missing, Root};
use cap_std::fs::OpenOptions;
use std::ffi::OsStr;
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Seek};
use std::path::Path;

/// What the name of such a folder begins with.
pub(crate) const STAGING: &str = ".installing-";
/// What the name of a folder begins with that is to be removed.
pub(crate) const DISCARDED: &str = ".discarded-";
/// The folder in it that becomes a plugin's.
pub(crate) const PLUGIN: &str = "plugin";
/// Locked as long as its owner lives.
const LOCK: &str = "lock";

/// A folder in the making; dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Staging {
    root: Root,
    name: String,
    /// The folder itself.
    pub(crate) own: Root,
    /// What becomes the plugin's folder.
    pub(crate) plugin: Root,
    _lock: File,
}

impl Staging {
    /// Makes one. The caller holds the lock of the data folder, so that nobody takes it for an abandoned one before
    /// it is locked.
    pub(crate) fn new(root: &Root) -> Result<Self, Fault> {
        let name = fresh(STAGING);
        let made = Self::make(root, &name);
        if made.is_err() {
            // what was made of it; nothing may have been
            let _ = root.dir.remove_dir_all(&name);
        }
        made
    }

    fn make(root: &Root, name: &str) -> Result<Self, Fault> {
        let fail = |error| Fault::io("make", &root.path.join(name), error);
        let root = Root { path: root.path.clone(), dir: root.dir.try_clone().map_err(fail)? };
        let own = made(&root, name)?;
        let lock = own.dir.open_with(LOCK, OpenOptions::new().write(true).create_new(true)).map_err(fail)?;
        let lock = lock.into_std();
        lock.lock().map_err(fail)?;
        let plugin = made(&own, PLUGIN)?;
        Ok(Self { root, name: name.to_owned(), own, plugin, _lock: lock })
    }

    /// Copies a package, not more than `limit` of one that grows, to where it will be the entry file, and flushes it.
    pub(crate) fn copy(
        &self,
        content: &mut File,
        limit: u64,
        name: &OsStr,
        file: &Path,
    ) -> Result<File, Fault> {
        let path = self.plugin.path.join(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        let opened = self.plugin.dir.open_with(name, &options);
        let mut copy = opened.map_err(|error| Fault::io("write", &path, error))?.into_std();
        content.rewind().map_err(|error| Fault::io("read", file, error))?;
        let copied = io::copy(&mut content.take(limit), &mut copy).and_then(|_| copy.sync_all());
        copied.map_err(|error| Fault::io("write", &path, error))?;
        Ok(copy)
    }

    /// Gives the whole folder another place. It is no staging any more.
    pub(crate) fn move_to(self, folder: &Root, name: &OsStr) -> Result<(), Fault> {
        let moved = self.root.dir.rename(&self.name, &folder.dir, name);
        moved.map_err(|error| Fault::io("move", &self.root.path.join(&self.name), error))?;
        // the file that was locked; one that stays does no harm
        let _ = self.own.dir.remove_file(LOCK);
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // what can't be removed now is tried again by the next install; after `move_to` there is nothing
        let _ = self.root.dir.remove_dir_all(&self.name);
    }
}

/// Whether nobody works in a staging any more: its owner's lock is free, or it never had one. The caller holds the
/// lock of the data folder.
pub(crate) fn is_abandoned(staging: &Root) -> bool {
    match staging.dir.open_with(LOCK, OpenOptions::new().write(true)) {
        Ok(lock) => lock.into_std().try_lock().is_ok(),
        Err(_) => true,
    }
}

/// A name that nothing else has.
pub(crate) fn fresh(start: &str) -> String {
    let [a, b, c] = random();
    format!("{start}{a:04x}{b:04x}{c:04x}")
}

/// Numbers that no other process draws.
pub(crate) fn random() -> [u16; 3] {
    let drawn = RandomState::new().build_hasher().finish();
    [drawn as u16, (drawn >> 16) as u16, (drawn >> 32) as u16]
}

fn made(root: &Root, name: &str) -> Result<Root, Fault> {
    let path = root.path.join(name);
    root.dir.create_dir(name).map_err(|error| Fault::io("make", &path, error))?;
    let gone = || Fault::NotFound { folder: path.clone() };
    root.child(OsStr::new(name), Missing::Tell)?.ok_or_else(gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn root() -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path(), None, Missing::Make).unwrap().unwrap();
        (folder, root)
    }

    #[test]
    fn a_dropped_one_is_gone() {
        let (_folder, root) = root();
        let staging = Staging::new(&root).unwrap();
        fs::write(staging.plugin.path.join("a.py"), "text").unwrap();
        assert_eq!(root.names().len(), 1);
        drop(staging);
        assert!(root.names().is_empty());
    }

    #[test]
    fn one_that_is_worked_in_is_not_abandoned() {
        let (_folder, root) = root();
        let staging = Staging::new(&root).unwrap();
        assert!(!is_abandoned(&staging.own));
        let own = root.child(OsStr::new(&staging.name), Missing::Tell).unwrap().unwrap();
        drop(staging);
        assert!(is_abandoned(&own));
    }

    #[test]
    fn what_moves_is_no_staging_any_more() {
        let (_folder, root) = root();
        let staging = Staging::new(&root).unwrap();
        staging.move_to(&root, OsStr::new("kept")).unwrap();
        assert_eq!(root.names(), ["kept"]);
        assert_eq!(fs::read_dir(root.path.join("kept")).unwrap().count(), 1, "The lock has gone");
    }
}
