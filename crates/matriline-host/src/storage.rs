//! Where a plugin keeps its own files.

use std::path::PathBuf;

/// Gives each plugin a folder of its own.
///
/// Threads: any.
pub trait Storage: Send + Sync {
    /// The folder of that plugin, which exists.
    ///
    /// # Errors
    /// [`StorageError`].
    fn folder(&self, plugin_key: &str) -> Result<PathBuf, StorageError>;
}

/// Why a plugin has no folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// No plugin asks, or one that is not installed.
    #[error("The current plugin is not registered")]
    NotRegistered,
    /// Nobody has signed in.
    #[error("Cloud plugin storage is unavailable without a logged-in user")]
    NoUser,
    /// The key names no folder.
    #[error("The current cloud plugin key is not a valid folder name")]
    NoFolderName,
    /// The disk refused.
    #[error("The storage folder `{}` cannot be made: {problem}", .path.display())]
    Refused {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        problem: String,
    },
}
