//! `TriangleMesh`.

use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;

use super::geometry::BoundingBox;
use super::{arrays, corners};

/// The triangles of a volume, in its own coordinates, in mm.
///
/// It is a snapshot: it stays as it is while the model changes, and so do its arrays, which share its memory. May be
/// used on any thread.
///
/// TriangleMesh(vertices, triangles) makes one that is nobody's volume, such as an importer returns: of arrays of shape
/// (N, 3), or of sequences of (x, y, z) and (a, b, c). They are copied. Raises ValueError for a triangle with a vertex
/// that does not exist, and for numbers that are not finite.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct TriangleMesh(pub(super) matriline_host::TriangleMesh);

/// The mesh that an object is, if it is one.
pub(crate) fn mesh_of(object: &Bound<'_, PyAny>) -> Option<matriline_host::TriangleMesh> {
    object.cast::<TriangleMesh>().ok().map(|mesh| mesh.get().0.clone())
}

/// The place that an index of Python's counts from the start.
pub(super) fn place(index: isize, len: usize, otherwise: &'static str) -> PyResult<usize> {
    usize::try_from(index).ok().filter(|index| *index < len).ok_or_else(|| PyIndexError::new_err(otherwise))
}

#[pymethods]
impl TriangleMesh {
    #[new]
    #[pyo3(text_signature = "(vertices, triangles)")]
    fn new(vertices: &Bound<'_, PyAny>, triangles: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (vertices, triangles) = (corners::vertices(vertices)?, corners::triangles(triangles)?);
        let mesh = matriline_host::TriangleMesh::new(vertices, triangles);
        mesh.map(Self).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// How many vertices there are.
    fn vertex_count(&self) -> usize {
        self.0.vertices().len()
    }

    /// How many triangles there are.
    fn triangle_count(&self) -> usize {
        self.0.triangles().len()
    }

    /// How many triangles there are.
    fn facets_count(&self) -> usize {
        self.triangle_count()
    }

    /// Whether there is nothing to see.
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The vertices as a numpy array of shape (N, 3) and type float32, in mm.
    ///
    /// It is read-only and shares the memory of the mesh; `.copy()` it to change it. Raises ImportError without numpy:
    /// see vertex().
    fn vertices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        arrays::vertices(py, &self.0)
    }

    /// The triangles as a numpy array of shape (M, 3) and type int32: the numbers of their vertices, counter-clockwise
    /// seen from outside.
    ///
    /// It is read-only and shares the memory of the mesh. Raises ImportError without numpy: see triangle().
    fn triangles<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        arrays::triangles(py, &self.0)
    }

    /// For each triangle the direction that points outside, of length 1, as a numpy array of shape (M, 3) and type
    /// float32. It is a copy. Raises ImportError without numpy.
    fn face_normals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let normals = py.detach(|| self.0.face_normals());
        arrays::normals(py, normals)
    }

    /// One vertex: (x, y, z) in mm. Raises IndexError for a number that no vertex has, -1 among them.
    fn vertex(&self, index: isize) -> PyResult<(f32, f32, f32)> {
        let vertices = self.0.vertices();
        let [x, y, z] = vertices[place(index, vertices.len(), "vertex index out of range")?];
        Ok((x, y, z))
    }

    /// One triangle: the numbers of its three vertices. Raises IndexError for a number that no triangle has.
    fn triangle(&self, index: isize) -> PyResult<(i32, i32, i32)> {
        let triangles = self.0.triangles();
        let [a, b, c] = triangles[place(index, triangles.len(), "triangle index out of range")?];
        Ok((a, b, c))
    }

    /// The volume that is enclosed, in mm³.
    fn volume(&self, py: Python<'_>) -> f64 {
        py.detach(|| self.0.volume())
    }

    /// The box around the vertices, in mm.
    fn bounding_box(&self, py: Python<'_>) -> BoundingBox {
        BoundingBox(py.detach(|| self.0.bounding_box()))
    }

    /// Whether the surface is closed: every edge belongs to two triangles that agree on what is outside.
    fn is_manifold(&self, py: Python<'_>) -> bool {
        py.detach(|| self.0.is_manifold())
    }

    fn __repr__(&self) -> String {
        format!(
            "<orca.host.TriangleMesh vertices={} triangles={}>",
            self.vertex_count(),
            self.triangle_count()
        )
    }
}
