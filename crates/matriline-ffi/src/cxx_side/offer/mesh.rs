//! Meshes over memory of the application.

use std::pin::Pin;

use cxx::SharedPtr;
use matriline::ErrorCode;
use matriline::host::TriangleMesh;

use super::Shared;
use crate::boundary::{Fault, run};
use crate::offer::{Failure, ffi};

/// A mesh, as C++ holds it.
pub(crate) struct Mesh(pub(crate) TriangleMesh);

impl Default for Box<Mesh> {
    fn default() -> Self {
        let empty = TriangleMesh::new(Vec::new(), Vec::new());
        Self::new(Mesh(empty.expect("a mesh without triangles lacks no vertex")))
    }
}

impl Mesh {
    pub(crate) fn vertices(&self) -> &[f32] {
        self.0.vertices().as_flattened()
    }

    pub(crate) fn triangles(&self) -> &[i32] {
        self.0.triangles().as_flattened()
    }
}

/// Numbers that the application lends, and what keeps them where they are.
struct Lent<T> {
    first: *const T,
    count: usize,
    _owner: Shared<ffi::MeshMemory>,
}

// SAFETY: the memory stays as it is for as long as its owner lives, so any thread may read it.
unsafe impl<T: Sync> Send for Lent<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Lent<T> {}

impl<T> Lent<T> {
    fn new(numbers: &[T], owner: &SharedPtr<ffi::MeshMemory>) -> Self {
        Self { first: numbers.as_ptr(), count: numbers.len(), _owner: Shared(owner.clone()) }
    }

    fn numbers(&self) -> &[T] {
        // SAFETY: C++ promises that the memory stays where it is and as it is for as long as its owner lives, and the
        // owner lives as long as this.
        unsafe { std::slice::from_raw_parts(self.first, self.count) }
    }
}

impl AsRef<[[f32; 3]]> for Lent<f32> {
    fn as_ref(&self) -> &[[f32; 3]] {
        self.numbers().as_chunks().0
    }
}

impl AsRef<[[i32; 3]]> for Lent<i32> {
    fn as_ref(&self) -> &[[i32; 3]] {
        self.numbers().as_chunks().0
    }
}

pub(crate) fn new_mesh(
    owner: SharedPtr<ffi::MeshMemory>,
    vertices: &[f32],
    triangles: &[i32],
    failure: Pin<&mut Failure>,
) -> Box<Mesh> {
    run(failure, || {
        let mesh = TriangleMesh::new(Lent::new(vertices, &owner), Lent::new(triangles, &owner));
        let mesh = mesh.map_err(|error| Fault::new(ErrorCode::InvalidArgument, error.to_string()))?;
        Ok(Box::new(Mesh(mesh)))
    })
}
