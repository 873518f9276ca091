//! The folders of environments: which there are, who holds them.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use matriline_roots::{FileLock, RootError};
use serde::{Deserialize, Serialize};

use super::process::Deadline;
use super::{BuildControl, EnvironmentError, ImportName};

/// The form of our files; part of every hash, so that another form never meets ours.
pub(crate) const FORMAT: u32 = 1;
/// Whoever removes an environment keeps its name locked for a rename, no longer.
const PATIENCE: u32 = 200;
/// How exactly is remembered when an environment was last used.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) const BUILDING: &str = ".building-";
pub(crate) const REMOVING: &str = ".removing-";

/// A whole environment. It is held as long as one of its clones lives: no process collects it.
#[derive(Debug, Clone)]
pub struct Environment {
    lock_hash: String,
    folder: PathBuf,
    imports: Arc<[ImportName]>,
    checked: Vec<String>,
    _hold: Option<Arc<Hold>>,
}

impl Environment {
    /// The folder to import from. Nothing may be written there.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The hash of the lock, by which the environment is named.
    pub fn lock_hash(&self) -> &str {
        &self.lock_hash
    }

    /// What can be imported, sorted by name. Distributions that share a name (a namespace package, PEP 420) have a
    /// row each.
    pub fn imports(&self) -> &[ImportName] {
        &self.imports
    }

    /// The names that were imported in a check.
    pub(crate) fn checked(&self) -> &[String] {
        &self.checked
    }
}

/// What an environment says of itself, in `environment.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(crate) imports: Vec<ImportName>,
    pub(crate) checked: Vec<String>,
}

/// What is known of something wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The plugin that wanted it last, for people who look.
    pub(crate) plugin: String,
    pub(crate) environment: String,
    /// The lock itself: an environment that was collected is built again as it was.
    pub(crate) lock: String,
}

/// A shared lock on the name of an environment.
#[derive(Debug)]
pub(crate) struct Hold(File);

impl Drop for Hold {
    fn drop(&mut self) {
        // by name: a child forked meanwhile would keep the lock of a file that is only closed
        let _ = self.0.unlock();
    }
}

#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn environment(&self, hash: &str) -> PathBuf {
        self.folder.join(hash)
    }

    pub(crate) fn wanted(&self) -> PathBuf {
        self.folder.join(".wanted")
    }

    /// Makes the folders that others are made in.
    pub(crate) fn make(&self) -> Result<(), EnvironmentError> {
        for folder in [self.wanted(), self.locks()] {
            fs::create_dir_all(&folder).map_err(EnvironmentError::io("made", folder))?;
        }
        Ok(())
    }

    pub(crate) fn known(&self, key: &str) -> Option<Known> {
        serde_json::from_slice(&fs::read(self.known_file(key)).ok()?).ok()
    }

    pub(crate) fn remember(&self, key: &str, known: &Known) -> Result<(), EnvironmentError> {
        write_json(&self.known_file(key), known)
    }

    pub(crate) fn forget(&self, key: &str) -> Result<(), EnvironmentError> {
        let file = self.known_file(key);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(EnvironmentError::io("removed", file)(error))
            }
            _ => Ok(()),
        }
    }

    /// Takes the name from an environment at once, so that nobody finds half of it, then removes it.
    pub(crate) fn remove(&self, hash: &str) -> Result<(), EnvironmentError> {
        remove_folder(&self.take_name(hash)?)
    }

    /// The first half of [`remove`](Self::remove); the folder under its new name.
    pub(crate) fn take_name(&self, hash: &str) -> Result<PathBuf, EnvironmentError> {
        let place = self.environment(hash);
        let aside = tempfile::Builder::new().prefix(&format!("{REMOVING}{hash}-")).tempdir_in(&self.folder);
        let aside = aside.map_err(EnvironmentError::io("removed", &place))?.keep();
        fs::rename(&place, aside.join(hash)).map_err(EnvironmentError::io("removed", &place))?;
        Ok(aside)
    }

    /// An environment that is there and whole; held from before it is looked at.
    pub(crate) fn open(&self, hash: &str) -> Result<Option<Environment>, EnvironmentError> {
        let folder = self.environment(hash);
        if !folder.is_dir() {
            return Ok(None);
        }
        let hold = self.hold(hash)?;
        let Some(contents) = contents(&folder) else { return Ok(None) };
        Ok(Some(Environment {
            lock_hash: hash.into(),
            folder: folder.join("packages"),
            imports: contents.imports.into(),
            checked: contents.checked,
            _hold: hold.map(Arc::new),
        }))
    }

    /// Keeps everyone from removing the environment. None where nobody can, as nothing can be written.
    pub(crate) fn hold(&self, hash: &str) -> Result<Option<Hold>, EnvironmentError> {
        let path = self.use_lock(hash);
        let fail = || EnvironmentError::io("locked", &path);
        let file = match OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path) {
            Ok(file) => file,
            Err(error) if is_read_only(&error) => match File::open(&path) {
                Ok(file) => file,
                Err(_) => return Ok(None),
            },
            Err(error) => return Err(fail()(error)),
        };
        let mut looks = 0;
        while let Err(error) = file.try_lock_shared() {
            match error {
                TryLockError::WouldBlock if looks < PATIENCE => looks += 1,
                TryLockError::WouldBlock => return Err(fail()(io::ErrorKind::WouldBlock.into())),
                TryLockError::Error(error) => return Err(fail()(error)),
            }
            thread::sleep(Duration::from_millis(1));
        }
        let used = file.metadata().and_then(|metadata| metadata.modified()).ok();
        if used.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > DAY) {
            // on a read-only disk nobody collects
            let _ = file.set_modified(SystemTime::now());
        }
        Ok(Some(Hold(file)))
    }

    /// Waits until nobody else builds this.
    pub(crate) fn turn(
        &self,
        id: &str,
        deadline: Deadline,
        control: &BuildControl,
    ) -> Result<FileLock, EnvironmentError> {
        loop {
            if control.is_cancelled() {
                return Err(EnvironmentError::Cancelled);
            }
            let left = deadline.left("Waiting for another build of the same environment")?;
            match FileLock::acquire(&self.build_lock(id), left.min(Duration::from_millis(50))) {
                Err(RootError::Locked { .. }) => {}
                turn => return Ok(turn?),
            }
        }
    }

    pub(crate) fn build_lock(&self, id: &str) -> PathBuf {
        self.locks().join(format!("{id}.build"))
    }

    pub(crate) fn use_lock(&self, hash: &str) -> PathBuf {
        self.locks().join(format!("{hash}.use"))
    }

    fn locks(&self) -> PathBuf {
        self.folder.join(".locks")
    }

    fn known_file(&self, key: &str) -> PathBuf {
        self.wanted().join(format!("{key}.json"))
    }
}

pub(crate) fn remove_folder(folder: &Path) -> Result<(), EnvironmentError> {
    match fs::remove_dir_all(folder) {
        // another one was quicker
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(EnvironmentError::io("removed", folder)),
    }
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

const CONTENTS: &str = "environment.json";

fn contents(environment: &Path) -> Option<Contents> {
    serde_json::from_slice(&fs::read(environment.join(CONTENTS)).ok()?).ok()
}

pub(crate) fn write_contents(environment: &Path, contents: &Contents) -> Result<(), EnvironmentError> {
    write_json(&environment.join(CONTENTS), contents)
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), EnvironmentError> {
    let text =
        serde_json::to_vec(value).map_err(|error| EnvironmentError::io("written", path)(error.into()))?;
    Ok(matriline_roots::replace(path, &text)?)
}
