//! The classes that capabilities derive from: one root, and one for each row of the table.

use std::ffi::CString;

use matriline_capability::{CapabilityType, TypeSpec};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple, PyType};

use crate::module::PACKAGE;

/// The root of all capability classes.
pub(crate) const ROOT: &str = "PythonPluginBase";

/// `orca.PythonPluginBase`: `get_name()` must be written, the other methods may be.
pub(crate) fn root<'py>(py: Python<'py>, kinds: &[Py<PyAny>]) -> PyResult<Bound<'py, PyType>> {
    let namespace = namespace(py, PACKAGE, "The root of all capability classes.")?;
    namespace.set_item("get_name", unwritten(py, &format!("{PACKAGE}.{ROOT}"), "get_name")?)?;
    namespace.set_item("get_type", answering(py, "get_type", &kinds[CapabilityType::Unknown as usize])?)?;
    namespace.set_item("on_load", answering(py, "on_load", &py.None())?)?;
    namespace.set_item("on_unload", answering(py, "on_unload", &py.None())?)?;
    class(py, ROOT, PyTuple::empty(py), namespace)
}

/// The base class of a row: `get_type()` is answered, the methods of the row must be written.
pub(crate) fn of_row<'py>(
    root: &Bound<'py, PyType>,
    row: &TypeSpec,
    kind: &Py<PyAny>,
) -> PyResult<Bound<'py, PyType>> {
    let py = root.py();
    let module = format!("{PACKAGE}.{}", row.python_module);
    let namespace = namespace(py, &module, row.doc.trim())?;
    namespace.set_item("get_type", answering(py, "get_type", kind)?)?;
    for method in row.methods {
        let class = format!("{module}.{}", row.python_class);
        namespace.set_item(method.name, unwritten(py, &class, method.name)?)?;
    }
    class(py, row.python_class, PyTuple::new(py, [root])?, namespace)
}

/// `orca.base`: what the one class of a plugin derives from.
pub(crate) fn package(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    let namespace = namespace(py, PACKAGE, "What the class of a plugin derives from.")?;
    namespace.set_item("register_capabilities", answering(py, "register_capabilities", &py.None())?)?;
    class(py, "base", PyTuple::empty(py), namespace)
}

fn namespace<'py>(py: Python<'py>, module: &str, doc: &str) -> PyResult<Bound<'py, PyDict>> {
    let namespace = PyDict::new(py);
    namespace.set_item("__module__", module)?;
    namespace.set_item("__doc__", doc)?;
    Ok(namespace)
}

fn class<'py>(
    py: Python<'py>,
    name: &str,
    bases: Bound<'py, PyTuple>,
    namespace: Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyType>> {
    Ok(py.get_type::<PyType>().call1((name, bases, namespace))?.cast_into()?)
}

/// A method that answers the same whatever it is given. It does not bind, so that it takes `self` or not.
fn answering<'py>(py: Python<'py>, name: &str, answer: &Py<PyAny>) -> PyResult<Bound<'py, PyCFunction>> {
    let answer = answer.clone_ref(py);
    function(py, name, move |args| Ok(answer.clone_ref(args.py())))
}

/// A method that a plugin must write.
fn unwritten<'py>(py: Python<'py>, class: &str, name: &str) -> PyResult<Bound<'py, PyCFunction>> {
    let message =
        format!("Tried to call pure virtual function \"{class}::{name}\"; write this method in your class");
    function(py, name, move |_| Err(PyRuntimeError::new_err(message.clone())))
}

fn function<'py>(
    py: Python<'py>,
    name: &str,
    body: impl Fn(&Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> + Send + Sync + 'static,
) -> PyResult<Bound<'py, PyCFunction>> {
    // The function keeps a pointer to its name; the classes live as long as the process.
    let name = Box::leak(CString::new(name)?.into_boxed_c_str());
    PyCFunction::new_closure(
        py,
        Some(name),
        None,
        move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| body(args),
    )
}
