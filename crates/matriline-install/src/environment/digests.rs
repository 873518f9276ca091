//! The hashes of bundled wheels, remembered by what the file system says of them.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::EnvironmentError;
use crate::wheel::sha256_of;

/// A time this close to now is not trusted: a change may follow in the same tick of the file system's clock.
const TRUSTED_AFTER: Duration = Duration::from_secs(2);

/// What is known of wheels; also kept in a file, which may be missing or damaged.
#[derive(Debug)]
pub(crate) struct Digests {
    file: PathBuf,
    known: OnceLock<Mutex<BTreeMap<PathBuf, Known>>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    stamp: Stamp,
    sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    modified: u128,
    /// Device, number and time of change, where there are such.
    inode: (u64, u64, i64, i64),
}

impl Digests {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { file, known: OnceLock::new() }
    }

    /// The sha256 of a file, which is read only if it is new or changed.
    pub(crate) fn of(&self, path: &Path) -> Result<String, EnvironmentError> {
        let read = || EnvironmentError::io("read", path);
        let metadata = fs::metadata(path).map_err(read())?;
        let stamp = Stamp::of(&metadata);
        let known = self.known.get_or_init(|| Mutex::new(self.load()));
        if let Some(known) = known.lock().get(path).filter(|known| known.stamp == stamp) {
            return Ok(known.sha256.clone());
        }
        let mut file = File::open(path).map_err(read())?;
        let sha256 = sha256_of(&mut file).map_err(read())?;
        if stamp.is_trusted() {
            known.lock().insert(path.into(), Known { stamp, sha256: sha256.clone() });
        }
        Ok(sha256)
    }

    /// Writes what is known of wheels that are still there. A file that cannot be written costs time, nothing else.
    pub(crate) fn keep(&self) {
        let Some(known) = self.known.get() else { return };
        let known: BTreeMap<_, _> = known.lock().clone();
        let known: BTreeMap<_, _> = known.into_iter().filter(|(path, _)| path.is_file()).collect();
        if let Ok(text) = serde_json::to_vec(&known) {
            let _ = matriline_roots::replace(&self.file, &text);
        }
    }

    fn load(&self) -> BTreeMap<PathBuf, Known> {
        fs::read(&self.file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self {
            size: metadata.len(),
            modified: modified.unwrap_or_default().as_nanos(),
            inode: inode(metadata),
        }
    }

    fn is_trusted(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let changed = Duration::new(u64::try_from(self.inode.2).unwrap_or_default(), 0).as_nanos();
        now.as_nanos().saturating_sub(self.modified.max(changed)) > TRUSTED_AFTER.as_nanos()
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> (u64, u64, i64, i64) {
    (0, 0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_old(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
        let old = SystemTime::now() - Duration::from_secs(60);
        File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    }

    #[test]
    fn a_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.whl");
        let digests = Digests::new(folder.path().join("digests"));
        write_old(&path, "one");
        let one = digests.of(&path).unwrap();
        assert_eq!(digests.of(&path).unwrap(), one);
        write_old(&path, "two");
        assert_ne!(digests.of(&path).unwrap(), one);
    }

    #[test]
    fn what_is_kept_is_found_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let (path, file) = (folder.path().join("a.whl"), folder.path().join("digests"));
        fs::write(&path, "one").unwrap();
        let stamp = Stamp::of(&fs::metadata(&path).unwrap());
        let digests = Digests::new(file.clone());
        digests.of(&path).unwrap();
        let known = digests.known.get().unwrap();
        assert!(known.lock().is_empty(), "a file of this second is not trusted");
        known.lock().insert(path.clone(), Known { stamp, sha256: "remembered".into() });
        digests.keep();
        assert_eq!(Digests::new(file.clone()).of(&path).unwrap(), "remembered");
        fs::write(&file, "{").unwrap();
        assert_eq!(Digests::new(file).of(&path).unwrap().len(), 64);
    }
}
