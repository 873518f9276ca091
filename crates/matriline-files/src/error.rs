//! Why a file was not read.

use std::path::{Path, PathBuf};

use matriline_host::MeshError;

/// Why a model or presets were not read. Every variant names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system refused it.
    #[error("The file `{path}` cannot be read: {cause}", path = path.display())]
    Unreadable {
        /// The file or the folder.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Its name does not end as that of a model does.
    #[error("The file `{path}` is no model that can be read: give one that ends in `.stl` or `.3mf`", path = path.display())]
    UnknownKind {
        /// The file.
        path: PathBuf,
    },
    /// It is no STL.
    #[error("The file `{path}` is no STL: {cause}", path = path.display())]
    Stl {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: std::io::Error,
    },
    /// It is no 3MF.
    #[error("The file `{path}` is no 3MF: {cause}", path = path.display())]
    ThreeMf {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: threemf::Error,
    },
    /// It becomes more than the reader may take: many small files become a huge one when they are unpacked.
    #[error("The file `{path}` becomes more than {limit} bytes: give a smaller one, or raise `ModelLimits::bytes`", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// An object of a 3MF is made of what is not there, or of itself.
    #[error("The object {id} of the file `{path}` {problem}", path = path.display())]
    Object {
        /// The file.
        path: PathBuf,
        /// The number of the object in the file.
        id: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A mesh has a triangle without one of its corners.
    #[error("A mesh of the file `{path}` is broken: {cause}", path = path.display())]
    Mesh {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: MeshError,
    },
    /// A preset is no JSON.
    #[error("The preset `{path}` is no JSON: {cause}", path = path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        cause: serde_json::Error,
    },
    /// A preset is JSON and no preset.
    #[error("The preset `{path}` {problem}", path = path.display())]
    Preset {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

impl FileError {
    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Unreadable { path, .. }
            | Self::UnknownKind { path }
            | Self::Stl { path, .. }
            | Self::ThreeMf { path, .. }
            | Self::TooLarge { path, .. }
            | Self::Object { path, .. }
            | Self::Mesh { path, .. }
            | Self::Json { path, .. }
            | Self::Preset { path, .. } => path,
        }
    }

    pub(crate) fn unreadable(path: &Path, cause: std::io::Error) -> Self {
        Self::Unreadable { path: path.into(), cause }
    }
}
