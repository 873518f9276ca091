//! STL, binary and ASCII.

use std::io::Cursor;
use std::path::Path;

use matriline_host::{Placement, TriangleMesh};

use crate::FileError;
use crate::model::{Part, Parts};

/// One object of one volume, named like the file, where the file has it.
pub(crate) fn read(path: &Path) -> Result<Parts, FileError> {
    let bytes = std::fs::read(path).map_err(|cause| FileError::unreadable(path, cause))?;
    let refused = |cause| FileError::Stl { path: path.into(), cause };
    let read = stl_io::read_stl(&mut Cursor::new(plain(bytes))).map_err(refused)?;
    let vertices: Vec<[f32; 3]> = read.vertices.into_iter().map(|vertex| vertex.0).collect();
    let corners =
        |face: stl_io::IndexedTriangle| face.vertices.map(|place| i32::try_from(place).unwrap_or(-1));
    let triangles: Vec<[i32; 3]> = read.faces.into_iter().map(corners).collect();
    let mesh = TriangleMesh::new(vertices, triangles);
    let mesh = mesh.map_err(|cause| FileError::Mesh { path: path.into(), cause })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let part = Part { volumes: vec![(name.clone(), mesh)], name, placements: vec![Placement::default()] };
    Ok(Parts { objects: vec![part], designer: String::new() })
}

/// The header of a binary file, before the number of its triangles.
const HEADER: usize = 80;

/// The file as the reader wants it, which takes what begins with `solid` and a blank for text, and nothing else. But the
/// header of a binary file may begin so as well, and text may have no name after the word.
fn plain(mut bytes: Vec<u8>) -> Vec<u8> {
    if is_binary(&bytes) {
        bytes[..HEADER].fill(0);
    } else if bytes
        .strip_prefix(b"solid")
        .is_some_and(|rest| rest.starts_with(b"\n") || rest.starts_with(b"\r"))
    {
        bytes.insert(b"solid".len(), b' ');
    }
    bytes
}

/// Whether the length is what the number of triangles says.
fn is_binary(bytes: &[u8]) -> bool {
    const TRIANGLE: usize = 50;
    let Some((_, rest)) = bytes.split_at_checked(HEADER) else { return false };
    let Some((count, triangles)) = rest.split_first_chunk() else { return false };
    usize::try_from(u32::from_le_bytes(*count))
        .is_ok_and(|count| count.checked_mul(TRIANGLE) == Some(triangles.len()))
}

#[cfg(test)]
mod tests {
    use crate::read_model;

    const ASCII: &str = "solid one\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 2 0\n\
                         endloop\nendfacet\nfacet normal 0 0 1\nouter loop\nvertex 1 0 0\nvertex 1 2 0\nvertex 0 2 0\n\
                         endloop\nendfacet\nendsolid one\n";

    /// Reads a file of that name and content, and answers the object's name and its numbers of vertices and triangles.
    fn check(name: &str, content: &[u8]) -> Result<(String, usize, usize), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let model = read_model(&path).map_err(|error| {
            assert_eq!(error.path(), path);
            error.to_string()
        })?;
        let [object] = &model.objects[..] else { panic!("{model:?}") };
        assert_eq!((object.instances.len(), object.input_file.as_str()), (1, path.to_str().unwrap()));
        let mesh = &object.volumes[0].mesh;
        Ok((object.name.clone(), mesh.vertices().len(), mesh.triangles().len()))
    }

    #[test]
    fn ascii() {
        assert_eq!(check("plate.stl", ASCII.as_bytes()), Ok(("plate".into(), 4, 2)));
        assert_eq!(
            check("a.stl", ASCII.replacen("solid one", "solid", 1).as_bytes()),
            Ok(("a".into(), 4, 2))
        );
    }

    #[test]
    fn binary() {
        let corner = stl_io::Vertex::new;
        let triangle = stl_io::Triangle {
            normal: stl_io::Normal::new([0.0, 0.0, 1.0]),
            vertices: [corner([0.0; 3]), corner([1.0, 0.0, 0.0]), corner([0.0, 1.0, 0.0])],
        };
        let mut bytes = Vec::new();
        stl_io::write_stl(&mut bytes, [triangle].iter()).unwrap();
        assert_eq!(check("Part.STL", &bytes), Ok(("Part".into(), 3, 1)));
        bytes[..6].copy_from_slice(b"solid ");
        assert_eq!(check("named.stl", &bytes), Ok(("named".into(), 3, 1)));
        bytes[..6].fill(0);
        bytes.truncate(100);
        assert!(check("cut.stl", &bytes).unwrap_err().contains("cut.stl` is no STL: "));
    }

    #[test]
    fn what_is_no_stl() {
        assert!(
            check("odd.stl", b"solid\nfacet normal a b c\n").unwrap_err().contains("odd.stl` is no STL: ")
        );
        assert!(check("empty.stl", b"").is_err());
        assert!(check("model.obj", b"").unwrap_err().contains("ends in `.stl` or `.3mf`"));
        let nowhere = read_model("/nowhere/model.stl".as_ref()).unwrap_err().to_string();
        assert!(nowhere.starts_with("The file `/nowhere/model.stl` cannot be read: "), "{nowhere}");
    }
}
