//! What can fail.

use super::file::remedy;
use matriline_roots::RootError;
use std::io;
use std::path::PathBuf;

/// An act on a sidecar or a configuration that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// A file is there and can't be read.
    #[error("The file `{path}` can't be read ({source}): {}", remedy(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file was read and can't be understood. For a reader it is as good as missing; the next writer sets it aside.
    #[error("The file `{path}` can't be understood ({reason}): correct it, or remove it")]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with the text.
        reason: String,
    },
    /// A file is there and is more than is read. It stays, since it may hold nothing wrong.
    #[error(
        "The file `{path}` is larger than {limit} bytes and is not read: keep less in it, or move it away"
    )]
    Oversized {
        /// The file.
        path: PathBuf,
        /// The most that is read.
        limit: usize,
    },
    /// What would be written is more than a reader takes.
    #[error("The file `{path}` would be larger than {limit} bytes: keep less in it")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most a reader takes.
        limit: usize,
    },
    /// A broken file can't be put out of the way; it is still there.
    #[error("The broken file `{path}` can't be set aside ({source}): move it away by hand")]
    SetAside {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The folder of all plugins is missing and can't be made.
    #[error(
        "The folder `{path}` can't be made ({source}): check the permissions of the folder it belongs in"
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A configuration names no plugin or no capability.
    #[error(
        "A configuration without {missing} can't be stored: name the plugin and the capability it belongs to"
    )]
    Identity {
        /// What is empty.
        missing: &'static str,
    },
    /// A configuration is no JSON that a file can keep.
    #[error(
        "The configuration of the capability `{capability}` can't be stored ({reason}): make it a JSON value"
    )]
    Config {
        /// The capability.
        capability: String,
        /// What is wrong with the text.
        reason: String,
    },
    /// The text of a preset's overrides is no JSON.
    #[error("The preset stores invalid plugin capability configuration JSON.")]
    OverridesNoJson,
    /// The text of a preset's overrides is JSON of another shape.
    #[error("The preset's plugin capability configuration is not an array and cannot be edited.")]
    OverridesNoArray,
    /// The lock can't be had, or the file can't be replaced.
    #[error(transparent)]
    Root(#[from] RootError),
}
