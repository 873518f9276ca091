//! Arrays for numpy over memory of ours.
//!
//! A [`Memory`] speaks Python's buffer protocol (PEP 3118), so that numpy lays an array over it without copying; the
//! array keeps it, and it keeps the mesh. It cannot be written through.

use std::ffi::{CStr, c_int, c_void};

use matriline_host::{Matrix, TriangleMesh};
use pyo3::exceptions::{PyBufferError, PyImportError};
use pyo3::prelude::*;
use pyo3::{ffi, intern};

/// Rows of numbers that live as long as this object.
#[pyclass(frozen, module = "orca.host")]
pub(super) struct Memory {
    owner: Owner,
    /// Rows and columns, and the bytes from one to the next: what a view points at.
    shape: [ffi::Py_ssize_t; 2],
    strides: [ffi::Py_ssize_t; 2],
}

enum Owner {
    Vertices(TriangleMesh),
    Triangles(TriangleMesh),
    Normals(Vec<[f32; 3]>),
    Matrix(Box<Matrix>),
}

/// Whether numpy copies the numbers, which the plugin may write then.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Shared,
    Copied,
}

/// The vertices of a mesh: (N, 3) float32.
pub(super) fn vertices<'py>(py: Python<'py>, mesh: &TriangleMesh) -> PyResult<Bound<'py, PyAny>> {
    array(py, Owner::Vertices(mesh.clone()), Mode::Shared)
}

/// The triangles of a mesh: (M, 3) int32.
pub(super) fn triangles<'py>(py: Python<'py>, mesh: &TriangleMesh) -> PyResult<Bound<'py, PyAny>> {
    array(py, Owner::Triangles(mesh.clone()), Mode::Shared)
}

/// Directions: (M, 3) float32, writable.
pub(super) fn normals(py: Python<'_>, normals: Vec<[f32; 3]>) -> PyResult<Bound<'_, PyAny>> {
    array(py, Owner::Normals(normals), Mode::Copied)
}

/// A matrix: (4, 4) float64, writable.
pub(super) fn matrix(py: Python<'_>, matrix: Matrix) -> PyResult<Bound<'_, PyAny>> {
    array(py, Owner::Matrix(Box::new(matrix)), Mode::Copied)
}

fn array(py: Python<'_>, owner: Owner, mode: Mode) -> PyResult<Bound<'_, PyAny>> {
    let numpy = py.import(intern!(py, "numpy")).map_err(|error| without_numpy(py, error))?;
    let memory = Bound::new(py, Memory::new(owner))?;
    match mode {
        Mode::Shared => numpy.call_method1(intern!(py, "asarray"), (memory,)),
        Mode::Copied => numpy.call_method1(intern!(py, "array"), (memory,)),
    }
}

/// What a plugin gets that did not ask for numpy in its metadata; an error of numpy's own stays what it is.
fn without_numpy(py: Python<'_>, error: PyErr) -> PyErr {
    if !error.is_instance_of::<PyImportError>(py) {
        return error;
    }
    let message = "numpy is required to access mesh arrays/matrices; add dependencies = [\"numpy\"] to your plugin metadata";
    let missing = PyImportError::new_err(message);
    missing.set_cause(py, Some(error));
    missing
}

impl Memory {
    fn new(owner: Owner) -> Self {
        let (rows, columns, item) = match &owner {
            Owner::Vertices(mesh) => (mesh.vertices().len(), 3, size_of::<f32>()),
            Owner::Triangles(mesh) => (mesh.triangles().len(), 3, size_of::<i32>()),
            Owner::Normals(normals) => (normals.len(), 3, size_of::<f32>()),
            Owner::Matrix(_) => (4, 4, size_of::<f64>()),
        };
        // No memory is as large as half of all addresses.
        let number = |count: usize| count as ffi::Py_ssize_t;
        Self {
            owner,
            shape: [number(rows), number(columns)],
            strides: [number(columns * item), number(item)],
        }
    }

    /// Where the numbers begin, and their format in the words of the module `struct`.
    fn start(&self) -> (*const c_void, &'static CStr) {
        match &self.owner {
            Owner::Vertices(mesh) => (mesh.vertices().as_ptr().cast(), c"f"),
            Owner::Triangles(mesh) => (mesh.triangles().as_ptr().cast(), c"i"),
            Owner::Normals(normals) => (normals.as_ptr().cast(), c"f"),
            Owner::Matrix(matrix) => (matrix.as_ptr().cast(), c"d"),
        }
    }
}

#[pymethods]
impl Memory {
    /// # Safety
    /// Called by Python, with a view to fill.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        // SAFETY: called by Python; a view that is null asks for a feature that was removed.
        let Some(view) = (unsafe { view.as_mut() }) else {
            return Err(PyBufferError::new_err("There is no view to fill"));
        };
        view.obj = std::ptr::null_mut();
        if flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
            return Err(PyBufferError::new_err(
                "The array is read-only: copy it with `.copy()` to change it",
            ));
        }
        let memory = slf.get();
        let (start, format) = memory.start();
        let wants = |flag: c_int| flags & flag == flag;
        view.buf = start.cast_mut();
        view.len = memory.shape[0] * memory.strides[0];
        view.itemsize = memory.strides[1];
        view.readonly = 1;
        view.ndim = 2;
        view.format =
            if wants(ffi::PyBUF_FORMAT) { format.as_ptr().cast_mut() } else { std::ptr::null_mut() };
        // What a view points at lives in the object, which the view holds and which never changes.
        view.shape =
            if wants(ffi::PyBUF_ND) { memory.shape.as_ptr().cast_mut() } else { std::ptr::null_mut() };
        view.strides =
            if wants(ffi::PyBUF_STRIDES) { memory.strides.as_ptr().cast_mut() } else { std::ptr::null_mut() };
        view.suboffsets = std::ptr::null_mut();
        view.internal = std::ptr::null_mut();
        view.obj = slf.clone().into_any().into_ptr();
        Ok(())
    }
}
