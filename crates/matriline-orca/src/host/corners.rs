//! Rows of three numbers, as plugins give them: an array of numpy or another buffer (PEP 3118), or nested sequences.
//! Buffers of the usual types are copied whole; whatever else there is goes number by number.

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// Vertices: numbers that are finite.
pub(super) fn vertices(given: &Bound<'_, PyAny>) -> PyResult<Vec<[f32; 3]>> {
    let buffer = rows_of::<f32>(given, "vertices")?;
    let buffer = match buffer {
        None => rows_of::<f64>(given, "vertices")?.map(|rows| narrowed(&rows)),
        rows => rows,
    };
    let rows = match buffer {
        Some(rows) => rows,
        None => sequences::<f32>(given, "vertices", "(x, y, z) in mm")?,
    };
    match rows.iter().position(|row| row.iter().any(|number| !number.is_finite())) {
        None => Ok(rows),
        Some(place) => Err(PyValueError::new_err(format!("Vertex {place} is not finite: {:?}", rows[place]))),
    }
}

/// Triangles: the numbers of vertices, which may not exist.
pub(super) fn triangles(given: &Bound<'_, PyAny>) -> PyResult<Vec<[i32; 3]>> {
    if let Some(rows) = rows_of::<i32>(given, "triangles")? {
        return Ok(rows);
    }
    if let Some(rows) = rows_of::<i64>(given, "triangles")? {
        return checked(&rows);
    }
    if let Some(rows) = rows_of::<u32>(given, "triangles")? {
        return checked(&rows);
    }
    sequences(given, "triangles", "(a, b, c), the numbers of three vertices")
}

fn narrowed(rows: &[[f64; 3]]) -> Vec<[f32; 3]> {
    rows.iter().map(|row| row.map(|number| number as f32)).collect()
}

/// The numbers as those of vertices. What is too large for one is none either.
fn checked<N: Copy + TryInto<i32> + std::fmt::Display>(rows: &[[N; 3]]) -> PyResult<Vec<[i32; 3]>> {
    let convert = |(place, row): (usize, &[N; 3])| {
        let mut converted = [0; 3];
        for (number, place_of) in row.iter().zip(&mut converted) {
            *place_of = (*number).try_into().map_err(|_| {
                let message = format!("Triangle {place} has the vertex {number}, which no mesh has");
                PyValueError::new_err(message)
            })?;
        }
        Ok(converted)
    };
    rows.iter().enumerate().map(convert).collect()
}

/// The rows of a buffer of such numbers; `None` for what is no buffer, or one of other numbers.
fn rows_of<N: Element>(given: &Bound<'_, PyAny>, what: &str) -> PyResult<Option<Vec<[N; 3]>>> {
    let Ok(buffer) = PyBuffer::<N>::get(given) else { return Ok(None) };
    if buffer.shape().len() != 2 || buffer.shape()[1] != 3 {
        let message = format!("{what} must have the shape (N, 3), not {:?}", buffer.shape());
        return Err(PyValueError::new_err(message));
    }
    let numbers = buffer.to_vec(given.py())?;
    Ok(Some(numbers.chunks_exact(3).map(|row| [row[0], row[1], row[2]]).collect()))
}

/// The rows of nested sequences.
fn sequences<'py, N>(given: &Bound<'py, PyAny>, what: &str, row: &str) -> PyResult<Vec<[N; 3]>>
where
    [N; 3]: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    let mut rows = Vec::with_capacity(given.len().unwrap_or_default());
    for (place, item) in given.try_iter()?.enumerate() {
        let item = item?;
        rows.push(item.extract().map_err(|error: PyErr| {
            let message = format!("{what}[{place}] is not {row}");
            let better = PyTypeError::new_err(message);
            better.set_cause(given.py(), Some(error));
            better
        })?);
    }
    Ok(rows)
}
