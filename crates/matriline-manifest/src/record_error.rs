//! Why a wheel is not what its `RECORD` says.

use crate::ArchiveError;

/// Why a wheel must not be installed.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A file cannot be unpacked.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The wheel has no `RECORD`, or none that can be told.
    #[error("{message}")]
    Layout {
        /// What is wrong and what would fix it.
        message: String,
    },
    /// A row is not a path, a hash and a size.
    #[error("Line {line} of `RECORD` is not a row of a path, a hash and a size: build the wheel again")]
    Row {
        /// The line on which the row begins.
        line: u64,
    },
    /// A file has two rows that differ.
    #[error("`RECORD` lists the file `{path}` in two ways: build the wheel again")]
    Twice {
        /// The file.
        path: String,
    },
    /// A file of the wheel has no row.
    #[error("The file `{path}` is not listed in `RECORD`: build the wheel again")]
    Unlisted {
        /// The file.
        path: String,
    },
    /// A row has no file.
    #[error("The file `{path}` is listed in `RECORD` and not in the wheel: build the wheel again")]
    Missing {
        /// The path in the row.
        path: String,
    },
    /// A file has a row without a hash.
    #[error("`RECORD` has no hash for `{path}`: build the wheel again")]
    NoHash {
        /// The file.
        path: String,
    },
    /// A hash is of a kind that is too weak, or not known here.
    #[error("`RECORD` has a hash of the kind `{algorithm}` for `{path}`: build the wheel again with sha256")]
    Algorithm {
        /// The file.
        path: String,
        /// The name of the algorithm.
        algorithm: String,
    },
    /// A file has another size than its row says.
    #[error(
        "The file `{path}` has {actual} bytes and not the {listed} that `RECORD` says: download or build the wheel again"
    )]
    Size {
        /// The file.
        path: String,
        /// The size in the row.
        listed: u64,
        /// The size of the file.
        actual: u64,
    },
    /// A file has another hash than its row says.
    #[error(
        "The file `{path}` is not the one that `RECORD` was written for: download or build the wheel again"
    )]
    Differs {
        /// The file.
        path: String,
    },
}
