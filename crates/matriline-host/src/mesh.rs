//! Triangle meshes, shared and never copied.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::geometry::{BoundingBox, Matrix, transform};

/// Memory of the application, or of whoever made it.
type Shared<T> = Arc<dyn AsRef<[T]> + Send + Sync>;

/// A mesh of triangles, in the coordinates of its volume, in millimetres. A value: clones share the memory.
#[derive(Clone)]
pub struct TriangleMesh {
    vertices: Shared<[f32; 3]>,
    triangles: Shared<[i32; 3]>,
    measured: Arc<Measured>,
}

/// What takes long to find out, once it was asked for.
#[derive(Default)]
struct Measured {
    volume: OnceLock<f64>,
    bounds: OnceLock<Option<BoundingBox>>,
    is_manifold: OnceLock<bool>,
}

/// Why there is no mesh.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeshError {
    /// A triangle has a corner that does not exist.
    #[error("Triangle {triangle} has the vertex {vertex}, but there are {count}; number vertices from 0")]
    NoVertex {
        /// Which triangle, from 0.
        triangle: usize,
        /// The corner.
        vertex: i32,
        /// How many vertices there are.
        count: usize,
    },
}

impl TriangleMesh {
    /// A mesh over vertices and triangles that are lent for as long as anybody holds it: a `Vec`, or memory of another
    /// kind that gives out the same slice as long as it lives.
    ///
    /// # Errors
    /// [`MeshError::NoVertex`].
    pub fn new(
        vertices: impl AsRef<[[f32; 3]]> + Send + Sync + 'static,
        triangles: impl AsRef<[[i32; 3]]> + Send + Sync + 'static,
    ) -> Result<Self, MeshError> {
        let count = vertices.as_ref().len();
        let exists = |vertex: i32| usize::try_from(vertex).is_ok_and(|vertex| vertex < count);
        for (triangle, corners) in triangles.as_ref().iter().enumerate() {
            if let Some(&vertex) = corners.iter().find(|vertex| !exists(**vertex)) {
                return Err(MeshError::NoVertex { triangle, vertex, count });
            }
        }
        Ok(Self { vertices: Arc::new(vertices), triangles: Arc::new(triangles), measured: Arc::default() })
    }

    /// A box with one corner at the origin.
    pub fn cuboid([x, y, z]: [f32; 3]) -> Self {
        let corner =
            |place: usize| [(place & 1) as f32 * x, (place >> 1 & 1) as f32 * y, (place >> 2) as f32 * z];
        let vertices: [[f32; 3]; 8] = std::array::from_fn(corner);
        let triangles = [
            [0, 2, 1],
            [1, 2, 3],
            [4, 5, 6],
            [5, 7, 6],
            [0, 1, 4],
            [1, 5, 4],
            [2, 6, 3],
            [3, 6, 7],
            [0, 4, 2],
            [2, 4, 6],
            [1, 3, 5],
            [3, 7, 5],
        ];
        Self { vertices: Arc::new(vertices), triangles: Arc::new(triangles), measured: Arc::default() }
    }

    /// The corners.
    pub fn vertices(&self) -> &[[f32; 3]] {
        (*self.vertices).as_ref()
    }

    /// The three corners of each triangle, counter-clockwise seen from outside.
    pub fn triangles(&self) -> &[[i32; 3]] {
        (*self.triangles).as_ref()
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.vertices().is_empty() || self.triangles().is_empty()
    }

    /// The corners of the triangles.
    fn faces(&self) -> impl Iterator<Item = [[f32; 3]; 3]> {
        let vertices = self.vertices();
        self.triangles().iter().map(|corners| corners.map(|vertex| vertices[vertex as usize]))
    }

    /// The volume that is enclosed, in cubic millimetres; of a mesh that is open, an estimate. Counted once.
    pub fn volume(&self) -> f64 {
        let sixfold = |[a, b, c]: [[f32; 3]; 3]| {
            let [a, b, c] = [a, b, c].map(|point| glam::DVec3::from(point.map(f64::from)));
            a.dot(b.cross(c))
        };
        *self.measured.volume.get_or_init(|| self.faces().map(sixfold).sum::<f64>() / 6.0)
    }

    /// The box around the vertices; `None` when there are none. Counted once.
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        let around = || BoundingBox::around(self.vertices().iter().map(|point| point.map(f64::from)));
        *self.measured.bounds.get_or_init(around)
    }

    /// The box around the vertices after they were moved.
    pub fn transformed_bounding_box(&self, matrix: &Matrix) -> Option<BoundingBox> {
        BoundingBox::around(self.vertices().iter().map(|point| transform(matrix, point.map(f64::from))))
    }

    /// Whether every edge belongs to two triangles that agree on what is outside. Counted once.
    pub fn is_manifold(&self) -> bool {
        *self.measured.is_manifold.get_or_init(|| {
            let mut edges: HashMap<(i32, i32), (u32, u32)> = HashMap::new();
            for [a, b, c] in self.triangles().iter().copied() {
                for (from, to) in [(a, b), (b, c), (c, a)] {
                    let (there, back) = edges.entry((from.min(to), from.max(to))).or_default();
                    *(if from < to { there } else { back }) += 1;
                }
            }
            !edges.is_empty() && edges.values().all(|ways| *ways == (1, 1))
        })
    }

    /// For each triangle the direction that points outside, of length 1; zero for one without area.
    pub fn face_normals(&self) -> Vec<[f32; 3]> {
        let normal = |[a, b, c]: [[f32; 3]; 3]| {
            let [a, b, c] = [a, b, c].map(glam::Vec3::from);
            (b - a).cross(c - a).normalize_or_zero().to_array()
        };
        self.faces().map(normal).collect()
    }
}

impl std::fmt::Debug for TriangleMesh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut mesh = f.debug_struct("TriangleMesh");
        mesh.field("vertices", &self.vertices().len()).field("triangles", &self.triangles().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cuboid_is_closed() {
        let mesh = TriangleMesh::cuboid([10.0, 20.0, 30.0]);
        assert!((mesh.volume() - 6000.0).abs() < 1e-9 && mesh.is_manifold() && !mesh.is_empty());
        assert_eq!(mesh.bounding_box().unwrap().size(), [10.0, 20.0, 30.0]);
        let middle = [5.0, 10.0, 15.0];
        for ([a, _, _], normal) in mesh.faces().zip(mesh.face_normals()) {
            let outwards: f32 = (0..3).map(|axis| (a[axis] - middle[axis]) * normal[axis]).sum();
            assert!(outwards > 0.0, "{normal:?}");
        }
    }

    #[test]
    fn an_open_mesh_is_not_manifold() {
        let cuboid = TriangleMesh::cuboid([1.0; 3]);
        let open = TriangleMesh::new(cuboid.vertices().to_vec(), cuboid.triangles()[1..].to_vec()).unwrap();
        assert!(!open.is_manifold());
        let mut turned = cuboid.triangles().to_vec();
        turned[0].swap(0, 1);
        assert!(!TriangleMesh::new(cuboid.vertices().to_vec(), turned).unwrap().is_manifold());
    }

    #[test]
    fn an_empty_mesh_has_no_box() {
        let mesh = TriangleMesh::new(Vec::new(), Vec::new()).unwrap();
        assert!(mesh.is_empty() && mesh.bounding_box().is_none() && !mesh.is_manifold());
        assert_eq!(mesh.volume(), 0.0);
    }

    #[test]
    fn a_corner_must_exist() {
        let made = TriangleMesh::new(vec![[0.0; 3]; 3], vec![[0, 1, 2], [0, 1, 3]]);
        let error = MeshError::NoVertex { triangle: 1, vertex: 3, count: 3 };
        assert_eq!(made.unwrap_err(), error);
        assert!(TriangleMesh::new(vec![[0.0; 3]], vec![[0, 0, -1]]).is_err());
    }

    #[test]
    fn a_flat_triangle_has_no_normal() {
        let mesh = TriangleMesh::new(vec![[1.0; 3]], vec![[0, 0, 0]]).unwrap();
        assert_eq!(mesh.face_normals(), [[0.0; 3]]);
    }
}
