//! The classes that capabilities derive from: one root, and one for each row of the table.

use std::ffi::{CStr, CString};

use matriline_capability::{CapabilityType, Common, Duty, Kind, MethodSpec, TypeSpec};
use matriline_python::{binding, member_of};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyString, PyTuple, PyType};

use crate::module::PACKAGE;
use crate::{agent, pages, settings};

/// The root of all capability classes.
pub(crate) const ROOT: &str = "PythonPluginBase";

/// `orca.PythonPluginBase`: `get_name()` must be written, the other methods may be.
pub(crate) fn root<'py>(py: Python<'py>, kinds: &[Py<PyAny>]) -> PyResult<Bound<'py, PyType>> {
    let doc = "The root of all capability classes. Derive from the class of a type instead, such as \
               orca.script.ScriptPluginCapabilityBase: nothing calls a capability whose type is Unknown.";
    let namespace = namespace(py, PACKAGE, doc)?;
    let class_name = format!("{PACKAGE}.{ROOT}");
    let name_doc = "get_name(self)\n--\n\nThe name of the capability, a str without a semicolon. Asked once, when the plugin is loaded. To be written.";
    let type_doc = "get_type(self)\n--\n\nThe type of the capability, a member of orca.PluginType. Asked once, when the plugin is loaded.";
    let on_load_doc = "on_load(self)\n--\n\nCalled when the plugin is loaded; an exception ends the load.";
    let on_unload_doc =
        "on_unload(self)\n--\n\nCalled when the plugin is unloaded: stop threads, close what is open.";
    let unknown = &kinds[usize::from(CapabilityType::Unknown.number())];
    namespace.set_item("get_name", unwritten(py, &class_name, "get_name", name_doc)?)?;
    namespace.set_item("get_type", answering(py, "get_type", type_doc, unknown)?)?;
    namespace.set_item("on_load", answering(py, "on_load", on_load_doc, &py.None())?)?;
    namespace.set_item("on_unload", answering(py, "on_unload", on_unload_doc, &py.None())?)?;
    for method in Common::METHODS {
        namespace.set_item(method.name, of_method(py, &class_name, method)?)?;
    }
    settings::add_to(&namespace)?;
    class(py, ROOT, PyTuple::empty(py), namespace)
}

/// The docstring of the module that the base class of a row stands in.
pub(crate) fn module_doc(row: &TypeSpec) -> String {
    format!("What capabilities of the type `{}` need.", row.kind.as_str())
}

/// The base class of a row: `get_type()` is answered, the methods of the row are written or answered with nothing.
pub(crate) fn of_row<'py>(
    root: &Bound<'py, PyType>,
    row: &TypeSpec,
    kind: &Py<PyAny>,
) -> PyResult<Bound<'py, PyType>> {
    let py = root.py();
    let module = format!("{PACKAGE}.{}", row.python_module);
    let namespace = namespace(py, &module, row.doc.trim())?;
    let type_doc = format!("get_type(self)\n--\n\norca.PluginType.{}.", row.kind.member());
    namespace.set_item("get_type", answering(py, "get_type", &type_doc, kind)?)?;
    let class_name = format!("{module}.{}", row.python_class);
    for method in row.methods {
        namespace.set_item(method.name, of_method(py, &class_name, method)?)?;
    }
    match row.kind {
        CapabilityType::Pages => pages::add_to(&namespace)?,
        CapabilityType::PrinterConnection => agent::add_to(&namespace)?,
        _ => {}
    }
    class(py, row.python_class, PyTuple::new(py, [root])?, namespace)
}

/// `orca.base`: what the one class of a plugin derives from.
pub(crate) fn package(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    let doc = "What the class of a plugin derives from, which @orca.plugin decorates.";
    let namespace = namespace(py, PACKAGE, doc)?;
    let name = "register_capabilities";
    let doc = "register_capabilities(self)\n--\n\nRegisters the plugin's capabilities, each with orca.register_capability(cls). Called once, when the plugin is loaded.";
    namespace.set_item(name, answering(py, name, doc, &py.None())?)?;
    class(py, "base", PyTuple::empty(py), namespace)
}

/// A method of the table as the base class has it.
fn of_method<'py>(py: Python<'py>, class: &str, method: &MethodSpec) -> PyResult<Bound<'py, PyAny>> {
    let args: String = method.args.iter().map(|arg| format!(", {}", arg.name)).collect();
    let duty = match method.duty {
        Duty::Required => " To be written.",
        Duty::Optional => "",
    };
    let (name, doc, thread) = (method.name, method.doc.trim(), method.caller.describe());
    let doc = format!("{name}(self{args})\n--\n\n{doc}{duty}\n\nThread: {thread}.");
    match method.duty {
        Duty::Required => unwritten(py, class, name, &doc),
        Duty::Optional => answering(py, name, &doc, &nothing(py, method.returns)?),
    }
}

/// What a method answers that a plugin has not written.
fn nothing(py: Python<'_>, kind: Kind) -> PyResult<Py<PyAny>> {
    Ok(match kind {
        Kind::Number => 0_i64.into_pyobject(py)?.into_any().unbind(),
        Kind::Real => 0.0_f64.into_pyobject(py)?.into_any().unbind(),
        Kind::Flag => false.into_pyobject(py)?.to_owned().into_any().unbind(),
        Kind::Text => PyString::new(py, "").into_any().unbind(),
        // Calling it gives text, as `get_config()` does.
        Kind::Json => PyString::new(py, "{}").into_any().unbind(),
        Kind::Code => agent::NOT_SUPPORTED.into_pyobject(py)?.into_any().unbind(),
        Kind::Member(spec) => member_of(py, spec, 0)?,
        _ => py.None(),
    })
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

/// A method that answers the same whatever it is given.
fn answering<'py>(py: Python<'py>, name: &str, doc: &str, answer: &Py<PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let answer = answer.clone_ref(py);
    function(py, name, doc, move |args| Ok(answer.clone_ref(args.py())))
}

/// A method that a plugin must write.
fn unwritten<'py>(py: Python<'py>, class: &str, name: &str, doc: &str) -> PyResult<Bound<'py, PyAny>> {
    let message =
        format!("Tried to call pure virtual function \"{class}::{name}\"; write this method in your class");
    function(py, name, doc, move |_| Err(PyRuntimeError::new_err(message.clone())))
}

fn function<'py>(
    py: Python<'py>,
    name: &str,
    doc: &str,
    body: impl Fn(&Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> + Send + Sync + 'static,
) -> PyResult<Bound<'py, PyAny>> {
    let body = move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| body(args);
    binding(&PyCFunction::new_closure(py, Some(kept(name)?), Some(kept(doc)?), body)?)
}

/// A function keeps pointers to its name and its documentation; the classes live as long as the process.
fn kept(text: &str) -> PyResult<&'static CStr> {
    Ok(Box::leak(CString::new(text)?.into_boxed_c_str()))
}
