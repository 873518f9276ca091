//! Models from files.

use std::path::Path;

use matriline_host::{Model, ModelInstance, ModelObject, ModelVolume, Placement, TriangleMesh};

use crate::{FileError, stl, three_mf};

/// How much a model file may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelLimits {
    /// How many bytes a 3MF may unpack to, and how many its objects may have together once its components are put
    /// together. 1 GiB by default, some ten million triangles.
    pub bytes: u64,
}

impl Default for ModelLimits {
    fn default() -> Self {
        Self { bytes: 1 << 30 }
    }
}

/// Reads a model: an STL, binary or ASCII, or a 3MF, by the end of the file's name. Everything has a number of its own,
/// from 1, and knows the file it came from. Its size is limited by the default of [`ModelLimits`].
///
/// # Errors
/// [`FileError`] for a file that cannot be understood.
///
/// Threads: any; reads the disk.
pub fn read_model(path: &Path) -> Result<Model, FileError> {
    read_model_within(path, ModelLimits::default())
}

/// The same with other limits.
///
/// # Errors
/// As for [`read_model`]; [`FileError::TooLarge`].
///
/// Threads: any; reads the disk.
pub fn read_model_within(path: &Path, limits: ModelLimits) -> Result<Model, FileError> {
    let end = path.extension().map(|end| end.to_string_lossy().to_lowercase());
    let parts = match end.as_deref() {
        Some("stl") => stl::read(path)?,
        Some("3mf") => three_mf::read(path, limits)?,
        _ => return Err(FileError::UnknownKind { path: path.into() }),
    };
    let mut numbers = 1..;
    let mut number = || numbers.next().unwrap_or(u64::MAX);
    let id = number();
    let objects = parts.objects.into_iter().map(|read| {
        let id = number();
        let volumes =
            read.volumes.into_iter().map(|(name, mesh)| ModelVolume::new(number(), name, mesh)).collect();
        let instances =
            read.placements.into_iter().map(|placement| ModelInstance::new(number(), placement)).collect();
        let input_file = path.to_string_lossy().into_owned();
        ModelObject { input_file, ..ModelObject::new(id, read.name, volumes, instances) }
    });
    Ok(Model { id, designer: parts.designer, ..Model::of(objects.collect()) })
}

/// What a file holds.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) objects: Vec<Part>,
    pub(crate) designer: String,
}

/// An object of a file.
pub(crate) struct Part {
    pub(crate) name: String,
    /// Meshes in the coordinates of the object, with their names.
    pub(crate) volumes: Vec<(String, TriangleMesh)>,
    /// Where its copies stand.
    pub(crate) placements: Vec<Placement>,
}
