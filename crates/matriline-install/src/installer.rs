//! What can be done with packages and installed plugins.

use crate::goal::{self, Goal};
use crate::package::{self, Package};
use crate::place::{Missing, Place, Root};
use crate::prepared::{Existing, PreparedInstall};
use crate::staging::Staging;
use crate::{Fault, InstallError, InstallSource, PreviousVersion, Swap, previous, recover};
use matriline_catalog::state::{Permissions, lock_data_folder};
use matriline_catalog::{Catalog, EntryKind, ScanOptions};
use matriline_manifest::{Descriptor, Problem, RequiresPython, Target};
use matriline_roots::FileLock;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Installs into one data folder, for one user and one Python.
///
/// Threads and processes: any, at the same time; the acts that change something take turns by the lock of the data
/// folder. Every act blocks for the disk.
#[derive(Debug, Clone)]
pub struct Installer {
    pub(crate) data_dir: PathBuf,
    pub(crate) options: ScanOptions,
    pub(crate) swap: Swap,
    pub(crate) clock: fn() -> SystemTime,
}

/// What a package is, and what installing it would do.
#[derive(Debug)]
pub struct Inspection {
    /// What the plugin says about itself; for one of the cloud, what the cloud says, and the plugin where that is
    /// silent.
    pub descriptor: Descriptor,
    /// What it is made of.
    pub kind: EntryKind,
    /// Everything that is wrong with it, bad or not.
    pub problems: Vec<Problem>,
    /// The plugin whose place it would take.
    pub existing: Option<Existing>,
    /// The permissions that it asks for and its user has not been asked for yet.
    pub asks_for: Permissions,
    /// Why [`Installer::prepare`] would fail, as far as the package is the reason.
    pub refused: Option<Fault>,
}

impl Installer {
    /// For the local plugins of a data folder, whose wheels must run on `target`.
    pub fn new(data_dir: impl Into<PathBuf>, target: Target) -> Self {
        Self {
            data_dir: data_dir.into(),
            options: ScanOptions::new(target),
            swap: Swap::default(),
            clock: SystemTime::now,
        }
    }

    /// With the plugins of this user of the cloud, which can't be installed without one.
    pub fn cloud_user(mut self, user: Option<String>) -> Self {
        self.options.cloud_user = user;
        self
    }

    /// What happens to a plugin that asks for another Python; without this call it is installed with a warning.
    pub fn requires_python(mut self, requires_python: RequiresPython) -> Self {
        self.options.requires_python = requires_python;
        self
    }

    /// How a new version takes the place of the old one; without this call, at once where the file system can.
    pub fn swap(mut self, swap: Swap) -> Self {
        self.swap = swap;
        self
    }

    /// Another clock, which tells when a version was replaced.
    pub fn clock(mut self, clock: fn() -> SystemTime) -> Self {
        self.clock = clock;
        self
    }

    /// What a file is and what installing it would do. Changes nothing on the disk, and runs no code of the plugin.
    ///
    /// # Errors
    /// [`InstallError::Inspect`] for what is no file with the extension `.py` or `.whl`, is too large or can't be read.
    pub fn inspect(&self, file: &Path) -> Result<Inspection, InstallError> {
        self.inspected(file).map_err(InstallError::Inspect)
    }

    /// Does all of an install that is slow or can fail, beside the folders of the plugins: the file is copied, what
    /// it says is read from the copy, and a wheel is compared with its `RECORD`. Dropped, nothing of it remains.
    ///
    /// # Errors
    /// [`InstallError::Install`]; nothing but an empty folder for plugins may then be new on the disk.
    pub fn prepare(&self, file: &Path, source: InstallSource) -> Result<PreparedInstall, InstallError> {
        self.prepared(file, source).map_err(InstallError::Install)
    }

    /// The version that [`roll_back`](Self::roll_back) would bring back to this folder of a plugin.
    pub fn previous(&self, folder: &Path) -> Option<PreviousVersion> {
        let place = self.known(folder).ok()?;
        previous::find(&place.root, &place.name).ok()?.map(|(_, record)| record.public())
    }

    /// Finishes or undoes what a process was doing when it was killed, and removes what it has left. Every act that
    /// changes something does this first; an application does it before its first scan, so that no plugin is missing.
    ///
    /// # Errors
    /// [`InstallError::Recover`] if the lock can't be had. A data folder without plugins, and one that can't be
    /// written, have nothing to recover.
    pub fn recover(&self) -> Result<(), InstallError> {
        let recovered = match Root::open(&self.data_dir, None, Missing::Tell) {
            Ok(Some(_)) => self.lock().map(drop),
            opened => opened.map(drop),
        };
        match recovered {
            Err(Fault::ReadOnly { .. } | Fault::NoPermission { .. }) => Ok(()),
            recovered => recovered.map_err(InstallError::Recover),
        }
    }

    /// Takes the lock of the data folder, and sees to what was left by others.
    pub(crate) fn lock(&self) -> Result<FileLock, Fault> {
        // the lock's file is in there, and must not be made elsewhere
        Root::open(&self.data_dir, None, Missing::Make)?;
        let lock = lock_data_folder(&self.data_dir)?;
        for user in self.users() {
            if let Ok(Some(root)) = Root::open(&self.data_dir, user, Missing::Tell) {
                recover::recover(&root, &self.data_dir, &lock);
            }
        }
        Ok(lock)
    }

    /// Whose plugins these are: nobody's and the user's.
    pub(crate) fn users(&self) -> impl Iterator<Item = Option<&str>> {
        let user = self.options.cloud_user.as_deref();
        [None].into_iter().chain(user.map(Some))
    }

    pub(crate) fn known(&self, folder: &Path) -> Result<Place, Fault> {
        Place::known(&self.data_dir, self.options.cloud_user.as_deref(), folder)
    }

    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::scan(&self.data_dir, &self.options)
    }

    fn inspected(&self, file: &Path) -> Result<Inspection, Fault> {
        let source = InstallSource::Local;
        let (content, kind) = package::open(file, &source)?;
        let package = self.read((&content, kind), file, &source)?;
        let Goal { found, .. } = self.goal(&package, None);
        let asks_for = goal::asks_for(&package.descriptor, found.as_ref());
        let Package { descriptor, problems, refused, .. } = package;
        Ok(Inspection {
            descriptor,
            kind,
            problems,
            existing: found.map(|found| found.existing),
            asks_for,
            refused,
        })
    }

    fn prepared(&self, file: &Path, source: InstallSource) -> Result<PreparedInstall, Fault> {
        let (mut content, kind) = package::open(file, &source)?;
        let package = self.read((&content, kind), file, &source)?;
        if let Some(fault) = package.refused {
            return Err(fault);
        }
        let user = self.user_of(&source)?;
        // a plugin that a killed process has left as its backup is there to be found; others need not wait for the scan
        drop(self.lock()?);
        let Goal { user, name, found } = self.goal(&package, user);
        let root = Root::open(&self.data_dir, user, Missing::Make)?;
        let root = root.ok_or_else(|| Fault::NotFound { folder: self.data_dir.clone() })?;
        let lock = self.lock()?;
        let staging = Staging::new(&root)?;
        drop(lock);
        let file_name = goal::entry_name(&package, found.as_ref(), &source);
        let copy = staging.copy(&mut content, package::limit(kind), &file_name, file)?;
        // the file may have changed since it was looked at: what counts is the copy
        let package = self.read((&copy, kind), file, &source)?;
        if let Some(fault) = package.refused {
            return Err(fault);
        }
        package::verify((&copy, kind), file)?;
        Ok(PreparedInstall::new(self.clone(), staging, root.place(name), package.descriptor, source, found))
    }

    fn read(
        &self,
        content: (&File, EntryKind),
        file: &Path,
        source: &InstallSource,
    ) -> Result<Package, Fault> {
        package::read(content, file, source, (&self.options.target, self.options.requires_python))
    }

    /// Whose folder a package goes to.
    fn user_of(&self, source: &InstallSource) -> Result<Option<&str>, Fault> {
        match (source.uuid(), self.options.cloud_user.as_deref()) {
            (None, _) => Ok(None),
            (Some(_), Some(user)) => Ok(Some(user)),
            (Some(plugin), None) => Err(Fault::NoUser { plugin: plugin.to_owned() }),
        }
    }
}
