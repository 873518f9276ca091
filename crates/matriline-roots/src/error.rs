//! What can fail.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// An act on a folder, path or descriptor that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootError {
    /// A root couldn't be opened.
    #[error("The folder `{path}` can't be opened: {source}")]
    Open {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A path couldn't be followed to where it leads.
    #[error("The path `{path}` can't be resolved: {source}")]
    Resolve {
        /// The path up to where it went wrong.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Symbolic links lead in circles, or there are more of them than the kernel follows.
    #[error("The path `{path}` passes too many symbolic links")]
    TooManyLinks {
        /// The path as given.
        path: PathBuf,
    },
    /// A link below `/proc` stands for an open file or another process's view, not for a path.
    #[error("The link `{path}` stands for an object of the kernel, not for a path; use the file's own path")]
    MagicLink {
        /// The link.
        path: PathBuf,
    },
    /// A path that had to be absolute wasn't.
    #[error("The path `{path}` isn't absolute")]
    NotAbsolute {
        /// The path.
        path: PathBuf,
    },
    /// A descriptor couldn't be looked at.
    #[error("The descriptor {fd} can't be looked up: {source}")]
    Descriptor {
        /// Its number.
        fd: i32,
        /// The system's reason.
        source: io::Error,
    },
    /// A relative path starts from a descriptor that has no path.
    #[error("The descriptor {fd} isn't a folder with a path; relative paths can't start there")]
    NotAFolder {
        /// Its number.
        fd: i32,
    },
    /// A file couldn't be replaced; what was there before is still there.
    #[error("The file `{path}` can't be written: {source}")]
    Replace {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another program, or another thread of this one, held a lock for longer than the caller waits.
    #[error(
        "The file `{path}` was locked for more than {} s: close the other program that works in this folder, or try again",
        waited.as_secs_f32()
    )]
    Locked {
        /// The lock's file.
        path: PathBuf,
        /// How long the caller waited.
        waited: Duration,
    },
    /// A lock's file can't be made, opened or locked.
    #[error("The file `{path}` can't be locked: {source}; check that its folder is there and can be written")]
    Lock {
        /// The lock's file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}
