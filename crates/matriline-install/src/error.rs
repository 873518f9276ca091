//! What can fail.

use matriline_catalog::state::StateError;
use matriline_manifest::RecordError;
use matriline_roots::RootError;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An act on packages that failed, and why. Unless the variant says otherwise, the disk is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// A package can't be looked at.
    #[error("Plugin package inspection failed: {0}")]
    Inspect(Fault),
    /// A package can't be installed.
    #[error("Plugin installation failed: {0}")]
    Install(Fault),
    /// A plugin can't be deleted.
    #[error("Failed to delete plugin: {0}")]
    Remove(Fault),
    /// A plugin of the cloud can't become a local one.
    #[error("Failed to keep plugin as local: {0}")]
    KeepLocal(Fault),
    /// The previous version of a plugin can't come back.
    #[error("Failed to roll back plugin: {0}")]
    RollBack(Fault),
    /// What a killed process has left can't be looked for.
    #[error("Failed to tidy the plugin folders: {0}")]
    Recover(Fault),
}

impl InstallError {
    /// Why it failed.
    pub fn fault(&self) -> &Fault {
        match self {
            Self::Inspect(fault)
            | Self::Install(fault)
            | Self::Remove(fault)
            | Self::KeepLocal(fault)
            | Self::RollBack(fault)
            | Self::Recover(fault) => fault,
        }
    }
}

/// Why an act on a package or a plugin's folder failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// There is no such file.
    #[error("The file `{file}` does not exist: choose the `.py` or `.whl` file of a plugin")]
    Missing {
        /// The path as given.
        file: PathBuf,
    },
    /// A folder was given.
    #[error("Plugin package is not a file: `{file}` is a folder, choose the `.py` or `.whl` file in it")]
    Folder {
        /// The path as given.
        file: PathBuf,
    },
    /// A pipe, a socket or a device was given.
    #[error(
        "Plugin package is not a file: `{file}` is a pipe or a device, choose the `.py` or `.whl` file of a plugin"
    )]
    NotAFile {
        /// The path as given.
        file: PathBuf,
    },
    /// A file of another kind was given.
    #[error(
        "Plugin package must be a .py or .whl file, got: {}; choose the file that its author built",
        shown_extension(file)
    )]
    Extension {
        /// The path as given.
        file: PathBuf,
    },
    /// What the cloud delivered is no plugin.
    #[error(
        "The download of the plugin `{plugin}` is neither a wheel nor Python code with a PEP 723 block: download it again"
    )]
    NotAPackage {
        /// The plugin's UUID.
        plugin: String,
    },
    /// A file is larger than any plugin may be.
    #[error("The file `{file}` has {bytes} bytes, above the limit of {limit}: take data files out of it")]
    TooLarge {
        /// The path as given.
        file: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest size.
        limit: u64,
    },
    /// A script names no plugin.
    #[error(
        "Side-loaded .py plugin is missing required PEP 723 metadata: 'name' is required, write it into the block of `{file}` below `[tool.orcaslicer.plugin]`"
    )]
    NoMetadata {
        /// The path as given.
        file: PathBuf,
    },
    /// A wheel is built for other machines.
    #[error(
        "The wheel `{file}` is built for {tags} and does not run here: take one for `{wanted}` or `py3-none-any`"
    )]
    WrongPlatform {
        /// The path as given.
        file: PathBuf,
        /// What it is built for, each in backticks.
        tags: String,
        /// A tag that runs here.
        wanted: String,
    },
    /// A package that could not be loaded.
    #[error("The plugin `{file}` could not be loaded: {problem}")]
    Unusable {
        /// The path as given.
        file: PathBuf,
        /// The first error in what it says about itself.
        problem: String,
    },
    /// The files of a wheel are not those that it was built of.
    #[error("The wheel `{file}` is damaged: {source}")]
    Record {
        /// The path as given.
        file: PathBuf,
        /// The file that differs.
        source: RecordError,
    },
    /// The identity of a cloud plugin is no UUID.
    #[error("Cloud plugin UUID is not a valid identifier: {uuid:?}, ask the cloud for its plugins again")]
    Uuid {
        /// The text.
        uuid: String,
    },
    /// A plugin of the cloud belongs to a user, and there is none.
    #[error("The plugin `{plugin}` comes from the cloud and nobody is signed in: sign in to install it")]
    NoUser {
        /// The plugin's UUID.
        plugin: String,
    },
    /// A name can't be that of a file or folder of a plugin.
    #[error("The name {name:?} {what}: rename it")]
    UnsafeName {
        /// The name.
        name: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A symbolic link stands where a folder of plugins, or a plugin's own, should be.
    #[error(
        "`{path}` is a symbolic link, which is not followed: put the folder itself in its place, or remove the link by hand"
    )]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// No folder of a plugin was given.
    #[error("Plugin folder could not be determined. Plugin `{plugin}` is not installed: install it first")]
    NoFolder {
        /// The plugin's key.
        plugin: String,
    },
    /// A folder is none of a plugin.
    #[error(
        "Refusing to delete or update a plugin outside the known plugin directories. `{folder}` is not in one of them: work on it by hand"
    )]
    Outside {
        /// The folder as given.
        folder: PathBuf,
    },
    /// A plugin's folder has gone.
    #[error(
        "Plugin folder was not found: `{folder}` may have been removed meanwhile, scan the folders again"
    )]
    NotFound {
        /// The folder.
        folder: PathBuf,
    },
    /// A plugin did not come from the cloud.
    #[error("The plugin `{plugin}` is a local one already: there is nothing to do")]
    Local {
        /// The plugin's key.
        plugin: String,
    },
    /// Two plugins would have one key.
    #[error("The key `{key}` is that of the plugin in `{folder}`: remove that plugin first")]
    KeyTaken {
        /// The key.
        key: String,
        /// The folder of the plugin that has it.
        folder: PathBuf,
    },
    /// No earlier version of a plugin is kept.
    #[error(
        "There is no previous version of the plugin in `{folder}`: install the version you want from its file"
    )]
    NoPrevious {
        /// The plugin's folder.
        folder: PathBuf,
    },
    /// The disk is full, or the user's share of it.
    #[error("There is no space left for `{path}`: free some on its disk and try again")]
    NoSpace {
        /// What was to be written.
        path: PathBuf,
    },
    /// The user may not do that.
    #[error("There is no permission to {act} `{path}`: check the permissions of it and of its folder")]
    NoPermission {
        /// What was to be done.
        act: &'static str,
        /// What it was to be done to.
        path: PathBuf,
    },
    /// The file system can't be written.
    #[error("`{path}` is on a read-only file system: choose a data folder that can be written")]
    ReadOnly {
        /// What was to be written.
        path: PathBuf,
    },
    /// Another program works in the data folder.
    #[error(
        "The file `{path}` was locked for more than {} s: close the other program that works in this folder, or try again",
        waited.as_secs_f32()
    )]
    Locked {
        /// The lock's file.
        path: PathBuf,
        /// How long it was waited for.
        waited: Duration,
    },
    /// A sidecar or the configurations can't be read or written.
    #[error(transparent)]
    State(StateError),
    /// Any other refusal of the system.
    #[error("Could not {act} `{path}` ({source}): check the disk and try again")]
    Io {
        /// What was to be done.
        act: &'static str,
        /// What it was to be done to.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Fault {
    /// What a refusal of the system means.
    pub(crate) fn io(act: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoSpace { path },
            ErrorKind::PermissionDenied => Self::NoPermission { act, path },
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::Io { act, path, source },
        }
    }
}

impl From<StateError> for Fault {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Root(error) => error.into(),
            StateError::Folder { path, source } => Self::io("make", &path, source),
            StateError::Read { path, source } => Self::io("read", &path, source),
            error => Self::State(error),
        }
    }
}

impl From<RootError> for Fault {
    fn from(error: RootError) -> Self {
        match error {
            RootError::Locked { path, waited } => Self::Locked { path, waited },
            RootError::Lock { path, source } => Self::io("lock", &path, source),
            RootError::Replace { path, source } => Self::io("write", &path, source),
            error => Self::State(StateError::Root(error)),
        }
    }
}

fn shown_extension(file: &Path) -> String {
    match file.extension() {
        Some(extension) => format!("`.{}`", extension.display()),
        None => format!("`{}`", file.file_name().unwrap_or(file.as_os_str()).display()),
    }
}
