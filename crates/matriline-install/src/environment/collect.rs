//! Removing what nobody uses any more.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use matriline_roots::{FileLock, RootError};

use super::store::{BUILDING, REMOVING, remove_folder};
use super::{EnvironmentError, Environments, Wanted};

/// What a collection did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// The hashes of the environments that were removed.
    pub removed: Vec<String>,
    /// How many unused ones stay because some process has them loaded.
    pub held: usize,
    /// How many half-built or half-removed ones are gone.
    pub halves: usize,
}

impl Environments {
    /// Removes environments that none of the installed plugins wants and that were not used for `unused_for`, and
    /// halves whose builder is gone. One that a process holds stays, in whatever process.
    ///
    /// Another application with another Python may share the data folder and not know of this one's plugins: give it
    /// time, days rather than minutes.
    ///
    /// # Errors
    /// [`EnvironmentError::Io`] for the first folder that cannot be read or removed; what was removed before is gone.
    pub fn collect<'a>(
        &self,
        installed: impl IntoIterator<Item = &'a Wanted>,
        unused_for: Duration,
    ) -> Result<Collected, EnvironmentError> {
        let mut collected = Collected::default();
        let folder = self.store.folder();
        if !folder.is_dir() {
            return Ok(collected);
        }
        let keys: HashSet<_> = installed.into_iter().filter_map(|wanted| self.key(wanted).ok()).collect();
        let known = keys.iter().filter_map(|key| self.store.known(key));
        let used: HashSet<_> = known.map(|known| known.environment).collect();
        for entry in fs::read_dir(folder).map_err(EnvironmentError::io("read", folder))? {
            let entry = entry.map_err(EnvironmentError::io("read", folder))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if let Some(rest) = name.strip_prefix(BUILDING) {
                let id = rest.split('-').next().unwrap_or_default();
                if self.is_abandoned(id)? {
                    remove_folder(&entry.path())?;
                    collected.halves += 1;
                }
            } else if name.starts_with(REMOVING) {
                remove_folder(&entry.path())?;
                collected.halves += 1;
            } else if is_hash(name) && !used.contains(name) {
                self.remove_unused(name, unused_for, &mut collected)?;
            }
        }
        self.forget_old(&keys, unused_for);
        Ok(collected)
    }

    fn is_abandoned(&self, id: &str) -> Result<bool, EnvironmentError> {
        self.store.make()?;
        match FileLock::acquire(&self.store.build_lock(id), Duration::ZERO) {
            Ok(_) => Ok(true),
            Err(RootError::Locked { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn remove_unused(
        &self,
        hash: &str,
        unused_for: Duration,
        collected: &mut Collected,
    ) -> Result<(), EnvironmentError> {
        self.store.make()?;
        let (place, lock) = (self.store.environment(hash), self.store.use_lock(hash));
        let age = |path: &Path| fs::metadata(path).ok()?.modified().ok()?.elapsed().ok();
        if age(&lock).or_else(|| age(&place)).is_none_or(|age| age < unused_for) {
            return Ok(());
        }
        let aside = match FileLock::acquire(&lock, Duration::ZERO) {
            // only the name is taken under the lock: whoever wants to hold the environment waits for that
            Ok(_alone) => self.store.take_name(hash)?,
            Err(RootError::Locked { .. }) => {
                collected.held += 1;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        collected.removed.push(hash.to_owned());
        remove_folder(&aside)
    }

    /// Forgets the locks of what no installed plugin wants and no environment has.
    fn forget_old(&self, keys: &HashSet<String>, unused_for: Duration) {
        for entry in fs::read_dir(self.store.wanted()).into_iter().flatten().flatten() {
            let path = entry.path();
            let key = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let is_ours = is_hash(key) && path.extension().is_some_and(|ending| ending == "json");
            let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
            if !is_ours || keys.contains(key) || age().is_none_or(|age| age < unused_for) {
                continue;
            }
            let has = self
                .store
                .known(key)
                .is_some_and(|known| self.store.environment(&known.environment).is_dir());
            if !has {
                // it costs a few hundred bytes if it stays
                let _ = fs::remove_file(path);
            }
        }
    }
}

fn is_hash(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
