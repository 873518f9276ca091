//! A Python exception as text, with nothing lost.

use matriline_capability::Raised;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyType};

/// What an exception says: type, message and the whole traceback with chained causes.
pub fn raised(py: Python<'_>, error: &PyErr) -> Raised {
    let value = error.value(py);
    Raised {
        kind: type_name(&error.get_type(py)),
        message: value.str().map_or_else(|_| "<the message cannot be shown>".into(), |text| lossy(&text)),
        traceback: traceback(py, error).unwrap_or_else(|_| "<the traceback cannot be shown>".into()),
    }
}

/// The name of a type as tracebacks write it: with its module, unless that is `builtins` or `__main__`.
pub fn type_name(class: &Bound<'_, PyType>) -> String {
    let name = class.qualname().map_or_else(|_| "<unnamed>".into(), |name| lossy(&name));
    match class.module().map(|module| lossy(&module)) {
        Ok(module) if module != "builtins" && module != "__main__" => format!("{module}.{name}"),
        _ => name,
    }
}

/// The text of a `str`, with what UTF-8 cannot hold replaced.
pub fn lossy(text: &Bound<'_, PyString>) -> String {
    text.to_string_lossy().into_owned()
}

/// The `traceback` module prints what Python itself would print.
fn traceback(py: Python<'_>, error: &PyErr) -> PyResult<String> {
    let parts = (error.get_type(py), error.value(py), error.traceback(py));
    let lines = py.import("traceback")?.call_method1("format_exception", parts)?;
    let mut text = String::new();
    for line in lines.cast::<PyList>()? {
        text.push_str(&lossy(line.cast::<PyString>()?));
    }
    Ok(text)
}
