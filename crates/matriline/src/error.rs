//! What can fail, with a number that never changes for each kind.

use std::path::PathBuf;
use std::sync::Arc;

use matriline_capability::{CallError, CapabilityId, CapabilityType, DeclareError, Raised, Status};
use matriline_catalog::state::StateError;
use matriline_install::InstallError;
use matriline_install::environment::EnvironmentError;
use matriline_orca::{BringError, LoadError};
use matriline_python::StartError;

/// A failing act.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Python did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The data folder is not there.
    #[error("The data folder `{path}` cannot be used: {cause}; create it or give another one", path = path.display())]
    DataFolder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        cause: Arc<std::io::Error>,
    },
    /// A capability type or a module of the application cannot be offered to plugins.
    #[error(transparent)]
    Bring(#[from] BringError),
    /// Another manager is at work in this process.
    #[error("Another plugin manager runs in this process; shut it down first")]
    AlreadyManaged,
    /// The manager was shut down.
    #[error("The plugin manager was shut down; start another one")]
    ShutDown,
    /// No plugin has that key.
    #[error("Plugin not found: {plugin}")]
    PluginNotFound {
        /// The key.
        plugin: String,
    },
    /// Only the cloud has the plugin.
    #[error("Plugin `{plugin}` is not installed: install it from the cloud first")]
    NotInstalled {
        /// The key.
        plugin: String,
    },
    /// A package was not installed, removed or brought back.
    #[error(transparent)]
    Install(#[from] Arc<InstallError>),
    /// The packages that a plugin depends on were not installed.
    #[error("Failed to install plugin dependencies: {problem}")]
    Environment {
        /// The key; empty where no plugin is meant.
        plugin: String,
        /// What happened.
        problem: Arc<EnvironmentError>,
    },
    /// The package of the plugin is broken.
    #[error("Plugin is invalid: {plugin} - {problem}")]
    PluginInvalid {
        /// The key.
        plugin: String,
        /// Its folder.
        folder: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The plugin was not loaded.
    #[error("{0}")]
    Load(Box<LoadError>),
    /// Its wheel could not be unpacked.
    #[error("The wheel `{path}` of plugin `{plugin}` cannot be unpacked: {problem}", path = path.display())]
    Unpack {
        /// The key.
        plugin: String,
        /// The wheel.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Its wheel lacks the package to import.
    #[error(
        "The wheel of plugin `{plugin}` holds no package `{package}`, but {found}; name the right one in its `Import-Name` header"
    )]
    NoEntryPackage {
        /// The key.
        plugin: String,
        /// What was to be imported.
        package: String,
        /// What there is.
        found: String,
    },
    /// Another thread is loading or unloading it.
    #[error("Plugin `{plugin}` is being loaded or unloaded on another thread; wait for that")]
    Busy {
        /// The key.
        plugin: String,
    },
    /// It is not loaded, or has no such capability.
    #[error(
        "No {kind} capability `{name}` of plugin `{plugin}` is loaded; load the plugin, or ask for one it has"
    )]
    NoCapability {
        /// The key.
        plugin: String,
        /// The type that was asked for.
        kind: CapabilityType,
        /// The name that was asked for.
        name: String,
    },
    /// Its load was cancelled.
    #[error("The load of plugin `{plugin}` was cancelled")]
    Cancelled {
        /// The key.
        plugin: String,
    },
    /// A defect of matriline, or a system that has no thread left.
    #[error("Unexpected plugin load failure: {problem}")]
    Unexpected {
        /// The key.
        plugin: String,
        /// What happened.
        problem: String,
    },
    /// What the application has reported of it.
    #[error("{problem}")]
    Reported {
        /// The key.
        plugin: String,
        /// In its words.
        problem: String,
    },
    /// Calls did not come out.
    #[error("Plugin `{}` cannot be unloaded yet: {calls} calls of its capability `{}` have not returned", .id.plugin_key, .id.name)]
    StillRunning {
        /// The capability.
        id: CapabilityId,
        /// How many calls are inside.
        calls: u64,
    },
    /// A call gave no result.
    #[error(transparent)]
    Call(#[from] CallError),
    /// An export was not post-processed.
    #[error("{message}")]
    PostProcess {
        /// The capability it failed in.
        id: CapabilityId,
        /// What the user is told.
        message: String,
        /// The status that the capability answered, where it answered.
        status: Option<Status>,
        /// The exception, where it raised.
        raised: Option<Box<Raised>>,
    },
    /// The export was cancelled between two capabilities.
    #[error("The export of `{path}` was cancelled", path = path.display())]
    ExportCancelled {
        /// The G-code file.
        path: PathBuf,
    },
    /// A configuration was not stored.
    #[error(transparent)]
    Config(#[from] Arc<StateError>),
    /// No preset is edited that could override a configuration.
    #[error(
        "No edited preset can override the configuration of capability {id}: select a preset whose options name capabilities of that type"
    )]
    NoPreset {
        /// The capability.
        id: CapabilityId,
    },
    /// The system refused a file.
    #[error("The file `{path}` cannot be {act}: {cause}", path = path.display())]
    File {
        /// What was to be done.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: Arc<std::io::Error>,
    },
}

/// The number of a kind of error. Numbers are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum ErrorCode {
    /// An argument is not what it must be.
    InvalidArgument = 1,
    /// There is no manager.
    NotStarted = 2,
    /// Python did not start.
    StartFailed = 3,
    /// No plugin has that key.
    PluginNotFound = 10,
    /// The package of the plugin is broken.
    PluginInvalid = 11,
    /// The plugin was not loaded.
    LoadFailed = 12,
    /// The plugin was not unloaded.
    UnloadFailed = 13,
    /// The load of the plugin was cancelled.
    LoadCancelled = 14,
    /// The plugin is not loaded, or has no such capability.
    NoCapability = 15,
    /// A package was not installed, removed or brought back.
    InstallFailed = 16,
    /// The packages that a plugin depends on were not installed.
    EnvironmentFailed = 17,
    /// The plugin is being loaded or unloaded, and that was not over in time.
    Busy = 18,
    /// A configuration was not stored.
    ConfigFailed = 19,
    /// The capability is unloaded.
    CapabilityUnloaded = 20,
    /// The capability is disabled.
    CapabilityDisabled = 21,
    /// Python is going.
    ShuttingDown = 22,
    /// The plugin raised.
    PluginRaised = 23,
    /// The plugin answered with something else.
    WrongAnswer = 24,
    /// The plugin takes longer than the caller waits.
    TimedOut = 25,
    /// An export was not post-processed.
    PostProcessFailed = 30,
    /// An export was cancelled.
    ExportCancelled = 31,
    /// The system refused a file.
    Io = 40,
    /// A defect of matriline.
    Panic = 90,
}

impl Error {
    /// The number of its kind.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Start(_) | Self::AlreadyManaged => ErrorCode::StartFailed,
            Self::Bring(BringError::Raised { .. }) => ErrorCode::StartFailed,
            Self::Bring(_) => ErrorCode::InvalidArgument,
            Self::ShutDown => ErrorCode::NotStarted,
            Self::PluginNotFound { .. } | Self::NotInstalled { .. } => ErrorCode::PluginNotFound,
            Self::Install(_) => ErrorCode::InstallFailed,
            Self::Environment { .. } => ErrorCode::EnvironmentFailed,
            Self::PluginInvalid { .. } => ErrorCode::PluginInvalid,
            Self::Load(_) | Self::Unpack { .. } | Self::NoEntryPackage { .. } | Self::Reported { .. } => {
                ErrorCode::LoadFailed
            }
            Self::Busy { .. } => ErrorCode::Busy,
            Self::Cancelled { .. } => ErrorCode::LoadCancelled,
            Self::NoCapability { .. } => ErrorCode::NoCapability,
            Self::Unexpected { .. } => ErrorCode::Panic,
            Self::StillRunning { .. } => ErrorCode::UnloadFailed,
            Self::Call(error) => match error {
                CallError::Unloaded(_) => ErrorCode::CapabilityUnloaded,
                CallError::Disabled(_) => ErrorCode::CapabilityDisabled,
                CallError::ShuttingDown(_) => ErrorCode::ShuttingDown,
                CallError::Raised { .. } => ErrorCode::PluginRaised,
                CallError::WrongAnswer { .. } => ErrorCode::WrongAnswer,
                CallError::WrongArgument { .. } => ErrorCode::InvalidArgument,
                CallError::TimedOut { .. } => ErrorCode::TimedOut,
            },
            Self::PostProcess { .. } => ErrorCode::PostProcessFailed,
            Self::ExportCancelled { .. } => ErrorCode::ExportCancelled,
            Self::Config(_) | Self::NoPreset { .. } => ErrorCode::ConfigFailed,
            Self::DataFolder { .. } | Self::File { .. } => ErrorCode::Io,
        }
    }

    /// The key of the plugin it is about.
    pub fn plugin(&self) -> Option<&str> {
        match self {
            Self::PluginNotFound { plugin }
            | Self::NotInstalled { plugin }
            | Self::Environment { plugin, .. }
            | Self::PluginInvalid { plugin, .. }
            | Self::Unpack { plugin, .. }
            | Self::NoEntryPackage { plugin, .. }
            | Self::Busy { plugin }
            | Self::Cancelled { plugin }
            | Self::NoCapability { plugin, .. }
            | Self::Unexpected { plugin, .. }
            | Self::Reported { plugin, .. } => Some(plugin),
            Self::Load(error) => Some(error.plugin()),
            Self::StillRunning { id, .. } | Self::PostProcess { id, .. } | Self::NoPreset { id } => {
                Some(&id.plugin_key)
            }
            Self::Call(error) => Some(&error.id().plugin_key),
            Self::Start(_)
            | Self::Bring(_)
            | Self::AlreadyManaged
            | Self::ShutDown
            | Self::Install(_)
            | Self::Config(_)
            | Self::ExportCancelled { .. }
            | Self::DataFolder { .. }
            | Self::File { .. } => None,
        }
    }

    /// The exception behind it.
    pub fn raised(&self) -> Option<&Raised> {
        match self {
            Self::Load(error) => error.raised(),
            Self::Bring(BringError::Raised { raised, .. }) => Some(raised),
            Self::Call(error) => error.raised(),
            Self::PostProcess { raised, .. } => raised.as_deref(),
            _ => None,
        }
    }

    /// The whole traceback of the exception behind it.
    pub fn traceback(&self) -> Option<&str> {
        self.raised().map(|raised| raised.traceback.as_str())
    }
}

impl From<DeclareError> for Error {
    fn from(error: DeclareError) -> Self {
        Self::Bring(error.into())
    }
}

impl From<StateError> for Error {
    fn from(error: StateError) -> Self {
        Self::Config(Arc::new(error))
    }
}

impl From<InstallError> for Error {
    fn from(error: InstallError) -> Self {
        Self::Install(Arc::new(error))
    }
}
