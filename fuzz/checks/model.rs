//! A model file: any bytes are a model of no more than it may become, or an error that names the file. The first byte
//! says whether they are an STL, a 3MF, or the model inside of a 3MF.

use std::fs;
use std::io::Write;
use std::path::Path;

use matriline_files::{FileError, ModelLimits, read_model_within};
use matriline_host::Model;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const LIMITS: ModelLimits = ModelLimits { bytes: 1 << 20 };

pub(crate) fn check(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let folder = tempfile::tempdir().expect("There is room for a file");
    match kind {
        b's' => read(&folder.path().join("model.stl"), bytes),
        b'z' => read(&folder.path().join("model.3mf"), bytes),
        _ => read(&folder.path().join("model.3mf"), &archive(bytes)),
    }
}

fn read(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("There is room for a file");
    match read_model_within(path, LIMITS) {
        Ok(model) => check_model(&model, path.extension().is_some_and(|end| end == "3mf")),
        Err(error) => {
            assert_eq!(error.path(), path);
            assert!(error.to_string().contains("model."), "{error}");
            if let FileError::TooLarge { limit, .. } = error {
                assert_eq!(limit, LIMITS.bytes);
            }
        }
    }
}

fn check_model(model: &Model, is_limited: bool) {
    let mut size = 0;
    for volume in model.objects.iter().flat_map(|object| &object.volumes) {
        let (vertices, triangles) = (volume.mesh.vertices(), volume.mesh.triangles());
        size += size_of_val(vertices) + size_of_val(triangles);
        let corners = triangles.iter().flatten();
        assert!(corners.into_iter().all(|&corner| (corner as usize) < vertices.len()));
    }
    assert!(!is_limited || size as u64 <= LIMITS.bytes, "{size} bytes");
    model.bounding_box();
}

/// An archive with that model.
fn archive(model: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("3D/3dmodel.model", SimpleFileOptions::default()).expect("Memory takes it");
    archive.write_all(model).expect("Memory takes it");
    archive.finish().expect("Memory takes it").into_inner()
}
