//! JSON, as plugins and pages exchange it.
//!
//! | Python | JSON |
//! |---|---|
//! | `None`, `bool`, `str` | the same |
//! | `int` | a number; outside of -2⁶³ to 2⁶³-1 an `OverflowError` |
//! | `float` | a number; NaN and infinities are `null` |
//! | `bytes` | a text, if it is UTF-8 |
//! | `list`, `tuple` | an array |
//! | `dict` | an object; keys through `str()`, of equal ones the last counts |
//! | anything else | a text, through `str()` |
//!
//! Text must be Unicode: a lone surrogate is a `UnicodeEncodeError`. What is nested deeper than [`DEPTH`], what
//! contains itself, and what has more than [`VALUES`] values is a `ValueError`, and so is a text that is no JSON.

use matriline_host::json::{DEPTH, JsonError, parse};
use pyo3::exceptions::{PyUnicodeDecodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// How many values there may be in all.
pub const VALUES: usize = 10_000_000;

/// The JSON of a Python object.
///
/// # Errors
/// See the [module](self), and what `str()` of an object raises.
pub fn to_json(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    Reader { depth: 0, values: 0 }.read(object)
}

/// The JSON text of a Python object.
///
/// # Errors
/// As [`to_json`].
pub fn to_text(object: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(to_json(object)?.to_string())
}

/// The Python object of a JSON text.
///
/// # Errors
/// `ValueError`; see the [module](self).
pub fn from_text<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    to_python(py, &parse(text).map_err(refused)?)
}

/// The Python object of a JSON value.
///
/// # Errors
/// `ValueError` when it is nested deeper than [`DEPTH`].
pub fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    write(py, value, 0)
}

struct Reader {
    depth: usize,
    values: usize,
}

impl Reader {
    fn read(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Value> {
        self.values += 1;
        if self.values > VALUES {
            let message = format!("The JSON has more than {VALUES} values: send less at a time");
            return Err(PyValueError::new_err(message));
        }
        if object.is_none() {
            return Ok(Value::Null);
        }
        if let Ok(truth) = object.cast::<PyBool>() {
            return Ok(Value::Bool(truth.is_true()));
        }
        if object.is_instance_of::<PyInt>() {
            return object.extract::<i64>().map(Value::from);
        }
        if let Ok(float) = object.cast::<PyFloat>() {
            return Ok(Number::from_f64(float.value()).map_or(Value::Null, Value::Number));
        }
        if let Ok(text) = object.cast::<PyString>() {
            return Ok(Value::String(text.to_str()?.to_owned()));
        }
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return text_of(bytes).map(Value::String);
        }
        if let Ok(list) = object.cast::<PyList>() {
            return self.nested(|reader| reader.array(list.iter()));
        }
        if let Ok(tuple) = object.cast::<PyTuple>() {
            return self.nested(|reader| reader.array(tuple.iter()));
        }
        match object.cast::<PyDict>() {
            Ok(dict) => self.nested(|reader| reader.object(dict)),
            Err(_) => Ok(Value::String(object.str()?.to_str()?.to_owned())),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> PyResult<Value>) -> PyResult<Value> {
        if self.depth == DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array<'py>(&mut self, items: impl Iterator<Item = Bound<'py, PyAny>>) -> PyResult<Value> {
        items.map(|item| self.read(&item)).collect::<PyResult<_>>().map(Value::Array)
    }

    fn object(&mut self, dict: &Bound<'_, PyDict>) -> PyResult<Value> {
        // A list of its own: `str()` may run code of the plugin, which may change the dictionary.
        let mut members = Map::with_capacity(dict.len());
        for item in dict.items().iter() {
            let (key, item) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
            members.insert(key.str()?.to_str()?.to_owned(), self.read(&item)?);
        }
        Ok(Value::Object(members))
    }
}

fn text_of(bytes: &Bound<'_, PyBytes>) -> PyResult<String> {
    let text = std::str::from_utf8(bytes.as_bytes());
    let refused = |error| match PyUnicodeDecodeError::new_utf8(bytes.py(), bytes.as_bytes(), error) {
        Ok(error) => PyErr::from_value(error.into_any()),
        Err(error) => error,
    };
    text.map(str::to_owned).map_err(refused)
}

fn refused(error: JsonError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

fn too_deep() -> PyErr {
    refused(JsonError::TooDeep)
}

fn write<'py>(py: Python<'py>, value: &Value, depth: usize) -> PyResult<Bound<'py, PyAny>> {
    if depth == DEPTH && (value.is_array() || value.is_object()) {
        return Err(too_deep());
    }
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(truth) => PyBool::new(py, *truth).to_owned().into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, Some(number)) => number.into_pyobject(py)?.into_any(),
            (None, None) => number.as_f64().unwrap_or(f64::NAN).into_pyobject(py)?.into_any(),
        },
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let items = items.iter().map(|item| write(py, item, depth + 1));
            PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (key, item) in members {
                dict.set_item(key, write(py, item, depth + 1)?)?;
            }
            dict.into_any()
        }
    })
}
