//! Enumerations, made from a list of names and numbers.
//!
//! They behave as those of `orca` do: members compare by identity, turn into `int`, carry `name` and `value`, and
//! their class has `__members__`. The `enum` module would cost a millisecond at start.

use matriline_capability::{ENUMERATIONS, EnumSpec};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCFunction, PyDict, PyString, PyTuple, PyType};

/// The members of each enumeration of the table, in the order of their numbers, once it was made.
static MADE: [PyOnceLock<Vec<Py<PyAny>>>; ENUMERATIONS.len()] =
    [const { PyOnceLock::new() }; ENUMERATIONS.len()];

fn made(spec: &EnumSpec) -> Option<&'static PyOnceLock<Vec<Py<PyAny>>>> {
    ENUMERATIONS.iter().zip(&MADE).find_map(|(other, made)| (other.class == spec.class).then_some(made))
}

/// The class of an enumeration of the table, in `package` (`orca`), and its members. Once for each.
///
/// # Errors
/// What Python raises when it cannot make the class.
pub fn enumeration_of<'py>(
    py: Python<'py>,
    package: &str,
    spec: &'static EnumSpec,
) -> PyResult<(Bound<'py, PyType>, Vec<Py<PyAny>>)> {
    let module = match spec.python_module {
        "" => package.to_owned(),
        module => format!("{package}.{module}"),
    };
    let numbered: Vec<_> = spec.members.iter().copied().zip(0..).collect();
    let (class, members) = enumeration(py, &module, spec.class, &numbered)?;
    class.setattr("__doc__", spec.doc.trim())?;
    if let Some(made) = made(spec) {
        made.get_or_init(py, || members.iter().map(|member| member.clone_ref(py)).collect());
    }
    Ok((class, members))
}

/// The member of that number.
///
/// # Errors
/// `ValueError` when none has it.
pub fn member(py: Python<'_>, spec: &EnumSpec, number: i64) -> PyResult<Py<PyAny>> {
    let members = made(spec).and_then(|made| made.get(py));
    let member = usize::try_from(number).ok().and_then(|place| members?.get(place));
    let unknown = || PyValueError::new_err(format!("{number} is not a valid {}", spec.class));
    member.map(|member| member.clone_ref(py)).ok_or_else(unknown)
}

/// A member of an enumeration.
#[pyclass(subclass, frozen, module = "orca")]
struct Member {
    name: Py<PyString>,
    number: i64,
}

#[pymethods]
impl Member {
    #[new]
    fn new(name: Py<PyString>, number: i64) -> Self {
        Self { name, number }
    }

    #[getter]
    fn name(&self, py: Python<'_>) -> Py<PyString> {
        self.name.clone_ref(py)
    }

    #[getter]
    fn value(&self) -> i64 {
        self.number
    }

    fn __int__(&self) -> i64 {
        self.number
    }

    fn __index__(&self) -> i64 {
        self.number
    }

    fn __hash__(&self) -> isize {
        self.number as isize
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> bool {
        slf.is(other)
    }

    fn __str__(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(format!("{}.{}", slf.get_type().name()?, slf.get().name.bind(slf.py())))
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(format!("<{}: {}>", Self::__str__(slf)?, slf.get().number))
    }

    /// Copies and unpickled members are the member itself.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let getattr = py.import("builtins")?.getattr("getattr")?;
        let member = PyTuple::new(py, [slf.get_type().as_any(), slf.get().name.bind(py).as_any()])?;
        PyTuple::new(py, [getattr, member.into_any()])
    }
}

/// The class of an enumeration, with its members as attributes, and the members in their order.
///
/// # Errors
/// What Python raises when it cannot make the class.
pub fn enumeration<'py>(
    py: Python<'py>,
    module: &str,
    name: &str,
    members: &[(&str, i64)],
) -> PyResult<(Bound<'py, PyType>, Vec<Py<PyAny>>)> {
    let base = py.get_type::<Member>();
    let namespace = PyDict::new(py);
    namespace.set_item("__module__", module)?;
    namespace.set_item("__slots__", PyTuple::empty(py))?;
    let class = py.get_type::<PyType>().call1((name, (&base,), namespace))?.cast_into::<PyType>()?;
    let by_name = PyDict::new(py);
    let mut made = Vec::with_capacity(members.len());
    for &(member, number) in members {
        let object = class.call1((PyString::intern(py, member), number))?;
        class.setattr(member, &object)?;
        by_name.set_item(member, &object)?;
        made.push(object.unbind());
    }
    class.setattr("__members__", &by_name)?;
    class.setattr("__new__", look_up_by_number(&class, by_name.unbind())?)?;
    Ok((class, made))
}

/// One more member of a class that [`enumeration`] made.
///
/// # Errors
/// What Python raises when the class was tampered with.
pub fn add_member<'py>(class: &Bound<'py, PyType>, name: &str, number: i64) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let name = PyString::intern(py, name);
    // The class itself looks members up by now.
    let member = py.get_type::<Member>().getattr("__new__")?.call1((class, &name, number))?;
    class.setattr(&name, &member)?;
    class.getattr("__members__")?.cast_into::<PyDict>()?.set_item(name, &member)?;
    Ok(member)
}

/// What a call of the class does once its members are made: `PluginResult(1)` is the member of that number.
fn look_up_by_number<'py>(class: &Bound<'py, PyType>, members: Py<PyDict>) -> PyResult<Bound<'py, PyAny>> {
    let title = class.name()?.unbind();
    let find = move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<Py<PyAny>> {
        let number = args.get_item(1)?.extract::<i64>()?;
        for member in members.bind(args.py()).values() {
            if member.getattr("value")?.extract::<i64>()? == number {
                return Ok(member.unbind());
            }
        }
        Err(PyValueError::new_err(format!("{number} is not a valid {title}")))
    };
    let py = class.py();
    let find = PyCFunction::new_closure(py, Some(c"__new__"), None, find)?;
    py.import("builtins")?.getattr("staticmethod")?.call1((find,))
}
