//! Extension modules of an application, below `orca`.

use std::ffi::c_void;

use matriline_registry::lock::Mutex;
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use crate::brought::{self, BringError};
use crate::module::{self, PACKAGE};

/// The function that makes an extension module: its `PyInit_…`, whose answer is a `PyObject *`.
pub type PyInit = unsafe extern "C" fn() -> *mut c_void;

/// An extension module of the application.
#[derive(Clone, Debug)]
pub struct Submodule {
    pub(crate) name: String,
    init: PyInit,
}

impl Submodule {
    /// The module `orca.<name>`, which that function makes.
    ///
    /// # Safety
    /// The function is the initialisation function of an extension module for the Python of this process, as the
    /// documentation of CPython says; it may be called once with the GIL held.
    pub unsafe fn new(name: impl Into<String>, init: PyInit) -> Self {
        Self { name: name.into(), init }
    }
}

/// The functions whose modules were made, by the names of these. Extension modules cannot be made twice.
static MADE: Mutex<Vec<(String, PyInit)>> = Mutex::new(Vec::new());

/// Makes the module, unless that was done before.
pub(crate) fn bring(py: Python<'_>, submodule: &Submodule) -> Result<(), BringError> {
    let Submodule { name, init } = submodule;
    let refused = |problem| Err(BringError::Submodule { name: name.clone(), problem });
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || !name.bytes().all(is_plain) {
        return refused("the name must begin with a letter and hold letters, digits and underscores");
    }
    let made = MADE.lock().iter().find(|(known, _)| known == name).map(|(_, init)| *init);
    match made {
        Some(made) if std::ptr::fn_addr_eq(made, *init) => return Ok(()),
        Some(_) => {
            return refused(
                "another function has made it earlier in this process; give that one, or another name",
            );
        }
        None => {}
    }
    let raised = |error| BringError::raised(py, name, &error);
    let is_free = module::orca(py).and_then(|orca| brought::is_free(&orca, name)).map_err(raised)?;
    if !is_free || brought::find(py, name).is_some() {
        return refused("another module or name of `orca` is called so; choose another name");
    }
    // SAFETY: whoever made the submodule vouches for the function; it has not been called yet, and the GIL is held.
    let module = unsafe { initialise(py, &format!("{PACKAGE}.{name}"), *init) }.map_err(raised)?;
    brought::keep(name, &module);
    MADE.lock().push((name.clone(), *init));
    Ok(())
}

/// Makes a module of either kind: at once, or in phases (PEP 489).
///
/// # Safety
/// As for [`Submodule::new`].
unsafe fn initialise<'py>(py: Python<'py>, path: &str, init: PyInit) -> PyResult<Bound<'py, PyModule>> {
    let spec = module::spec(py, path)?;
    // SAFETY: as promised; the answer is a definition that lives for ever, a new reference to a module, or null with
    // an exception.
    let (made, definition) = unsafe {
        let made = init().cast::<ffi::PyObject>();
        if !made.is_null() && ffi::PyObject_TypeCheck(made, &raw mut ffi::PyModuleDef_Type) != 0 {
            let definition = made.cast::<ffi::PyModuleDef>();
            let made = ffi::PyModule_FromDefAndSpec(definition, spec.as_ptr());
            (Bound::from_owned_ptr_or_err(py, made)?, Some(definition))
        } else {
            (Bound::from_owned_ptr_or_err(py, made)?, None)
        }
    };
    let made = made
        .cast_into::<PyModule>()
        .map_err(|_| PyTypeError::new_err("the initialisation function gave something else than a module"))?;
    let defined = made.name()?;
    // One that is made at once has taken its name from its definition; one in phases looks at its spec in the next.
    made.setattr("__name__", path)?;
    made.setattr("__package__", PACKAGE)?;
    made.setattr("__spec__", spec)?;
    match definition {
        // SAFETY: the module was made of that definition, and is run once.
        Some(definition) if unsafe { ffi::PyModule_ExecDef(made.as_ptr(), definition) } != 0 => {
            return Err(PyErr::fetch(py));
        }
        Some(_) => {}
        None => rename(&made.dict(), defined.as_any(), path)?,
    }
    Ok(made)
}

/// Has the classes and functions of a module that say that they are of the one that its definition names, say where they
/// are found: pickling looks there. Those that cannot be changed, because they live in the module's memory, stay.
fn rename(members: &Bound<'_, PyDict>, defined: &Bound<'_, PyAny>, path: &str) -> PyResult<()> {
    let is_of = |object: &Bound<'_, PyAny>| {
        let module = object.getattr("__module__");
        module.is_ok_and(|module| module.eq(defined).unwrap_or(false))
    };
    for member in members.values().iter().filter(is_of) {
        if member.setattr("__module__", path).is_ok()
            && let Ok(class) = member.cast::<PyType>()
        {
            let inner = PyDict::new(class.py());
            inner.update(class.getattr("__dict__")?.cast()?)?;
            rename(&inner, defined, path)?;
        }
    }
    Ok(())
}
