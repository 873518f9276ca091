//! An install that only has to be put in its place.

use crate::goal::{Found, asks_for};
use crate::place::{Place, flush};
use crate::previous::{self, RECORD, Record};
use crate::staging::{PLUGIN, Staging};
use crate::swap::swap;
use crate::{Fault, InstallError, InstallSource, Installer, PreviousVersion};
use matriline_catalog::state::{
    INSTALL_STATE_FILE, InstallState, InstalledFrom, Permissions, StateError, read_install_state,
};
use matriline_manifest::Descriptor;
use std::path::{Path, PathBuf};

/// A plugin that another version replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Its key.
    pub key: String,
    /// Its name, or empty.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its version, or empty.
    pub version: String,
    /// Whether it is to be loaded at the start.
    pub is_enabled: bool,
    /// Whether it can be loaded.
    pub is_valid: bool,
}

/// What an install or a roll-back came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The plugin's key.
    pub key: String,
    /// The plugin's folder.
    pub folder: PathBuf,
    /// The version that is in place now, or empty.
    pub version: String,
    /// The version that was there before and can come back.
    pub previous: Option<PreviousVersion>,
    /// The permissions that this version asks for and its user has not been asked for yet. None of them is granted.
    pub asks_for: Permissions,
}

/// A package that lies whole on the disk, beside its place. Dropped, it is removed.
#[derive(Debug)]
pub struct PreparedInstall {
    installer: Installer,
    staging: Staging,
    place: Place,
    descriptor: Descriptor,
    source: InstallSource,
    found: Option<Found>,
}

impl PreparedInstall {
    pub(crate) fn new(
        installer: Installer,
        staging: Staging,
        place: Place,
        descriptor: Descriptor,
        source: InstallSource,
        found: Option<Found>,
    ) -> Self {
        Self { installer, staging, place, descriptor, source, found }
    }

    /// The key that the plugin will have.
    pub fn key(&self) -> &str {
        &self.descriptor.plugin_key
    }

    /// What the plugin says about itself, with the cloud's record if there is one.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The plugin whose place it takes, as it was when this was prepared. It must not be loaded any more when this is
    /// committed.
    pub fn replaces(&self) -> Option<&Existing> {
        self.found.as_ref().map(|found| &found.existing)
    }

    /// Puts the plugin in its place: at any moment, and after a failure, there is the old version or the new one,
    /// whole. Flags, grants and what other programs wrote into the old sidecar stay; the old version is kept for
    /// [`Installer::roll_back`].
    ///
    /// # Errors
    /// [`InstallError::Install`]; the old version is then in place.
    pub fn commit(self) -> Result<Installed, InstallError> {
        self.committed().map_err(InstallError::Install)
    }

    fn committed(self) -> Result<Installed, Fault> {
        let Self { installer, staging, place, descriptor, source, found } = self;
        let _lock = installer.lock()?;
        let old = place.open()?;
        let state = match &old {
            Some(_) => new_state(read_state(&place.path())?, &descriptor, &source),
            None => new_state(None, &descriptor, &source),
        };
        staging.plugin.write(INSTALL_STATE_FILE, state.to_json().as_bytes())?;
        // a folder that can't be flushed is none that could lose anything by it
        let _ = flush(&staging.plugin.dir);
        let mut installed = Installed {
            key: descriptor.plugin_key.clone(),
            folder: place.path(),
            version: state.installed_version,
            previous: None,
            asks_for: asks_for(&descriptor, found.as_ref()),
        };
        let Some(old) = old else {
            let renamed = staging.own.dir.rename(PLUGIN, &place.root.dir, &place.name);
            renamed.map_err(|error| Fault::io("make", &place.path(), error))?;
            place.root.flush();
            return Ok(installed);
        };
        let existing = found.as_ref().map(|found| &found.existing);
        let key = existing.map_or(&descriptor.plugin_key, |existing| &existing.key);
        let version = existing.map_or("", |existing| &existing.version);
        let record = Record::of(&old, &place, (key, version), &installer.data_dir, (installer.clock)());
        record.write(&staging.own, RECORD)?;
        drop(old);
        swap(installer.swap, &staging.own, &place)?;
        // the new version is in place, so one that can't be kept is no failure any more
        if previous::keep(&place.root, staging, &place.name).is_ok() {
            installed.previous = Some(record.public());
        }
        Ok(installed)
    }
}

/// What is remembered about a plugin; a sidecar that can't be understood is as good as none.
pub(crate) fn read_state(folder: &Path) -> Result<Option<InstallState>, Fault> {
    match read_install_state(folder) {
        Err(StateError::Broken { .. }) => Ok(None),
        state => Ok(state?),
    }
}

/// The old sidecar with what the new version knows better: the flags, the grants and whatever else is in it are the
/// user's.
fn new_state(old: Option<InstallState>, descriptor: &Descriptor, source: &InstallSource) -> InstallState {
    let from = match source {
        InstallSource::Local => InstalledFrom::Local,
        InstallSource::Cloud(_) => InstalledFrom::Cloud,
    };
    let fresh = InstallState::of(descriptor, from);
    let Some(mut state) = old else { return fresh };
    state.installed_from = fresh.installed_from;
    state.installed_version = fresh.installed_version;
    state.plugin_name = fresh.plugin_name;
    state.cloud_uuid = fresh.cloud_uuid;
    state
}
