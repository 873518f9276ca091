//! What a plugin registers while it is imported.
//!
//! `@orca.plugin`, `orca.register_capability` and `orca.request_permissions` fill the capture that is open on this
//! thread, and are errors when none is.

use std::cell::RefCell;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyModule, PyType};

use crate::bases;

/// What was registered.
#[derive(Default)]
pub(crate) struct Capture {
    /// The class that `@orca.plugin` decorates.
    pub(crate) package: Option<Py<PyType>>,
    /// The classes of the capabilities, in the order of their registration.
    pub(crate) capabilities: Vec<Py<PyType>>,
    /// The paths that it asks to read.
    pub(crate) fs_read: Vec<String>,
}

thread_local! {
    static OPEN: RefCell<Option<Capture>> = const { RefCell::new(None) };
}

static PACKAGE_BASE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static CAPABILITY_BASE: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A capture that is open on this thread until it is closed or dropped.
pub(crate) struct OpenCapture(Option<Capture>);

impl OpenCapture {
    pub(crate) fn open() -> Self {
        Self(OPEN.replace(Some(Capture::default())))
    }

    /// What was registered so far; later registrations begin anew.
    pub(crate) fn take(&self) -> Capture {
        OPEN.replace(Some(Capture::default())).unwrap_or_default()
    }
}

impl Drop for OpenCapture {
    fn drop(&mut self) {
        OPEN.replace(self.0.take());
    }
}

/// Adds `base`, `plugin`, `register_capability` and `request_permissions`.
pub(crate) fn add_to(orca: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = orca.py();
    let base = bases::package(py)?;
    orca.add("base", &base)?;
    let root = orca.getattr(bases::ROOT)?.cast_into::<PyType>()?;
    // A set cell keeps its classes: the module is made once.
    let _ = PACKAGE_BASE.set(py, base.unbind());
    let _ = CAPABILITY_BASE.set(py, root.unbind());
    orca.add_function(wrap_pyfunction!(plugin, orca)?)?;
    orca.add_function(wrap_pyfunction!(register_capability, orca)?)?;
    orca.add_function(wrap_pyfunction!(request_permissions, orca)?)
}

/// Marks the one class of a plugin, a subclass of `orca.base`.
#[pyfunction]
fn plugin<'py>(cls: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let refuse = |message: &str| Err(PyValueError::new_err(message.to_owned()));
    if OPEN.with_borrow(Option::is_none) {
        return refuse("@orca.plugin used outside plugin discovery context");
    }
    let Ok(class) = cls.cast::<PyType>() else {
        return refuse("@orca.plugin must decorate a class");
    };
    if !derives(class, &PACKAGE_BASE)? {
        return refuse("@orca.plugin must decorate a subclass of orca.base");
    }
    let is_first = OPEN.with_borrow_mut(|open| match open {
        Some(Capture { package: package @ None, .. }) => {
            *package = Some(class.clone().unbind());
            true
        }
        _ => false,
    });
    match is_first {
        true => Ok(cls),
        false => refuse("multiple @orca.plugin classes registered; exactly one is allowed per plugin"),
    }
}

/// Registers the class of a capability, a subclass of one of the capability bases.
#[pyfunction]
fn register_capability(cls: Bound<'_, PyAny>) -> PyResult<()> {
    if OPEN.with_borrow(Option::is_none) {
        let message = "register_capability() called outside plugin discovery context";
        return Err(PyValueError::new_err(message));
    }
    match cls.cast_into::<PyType>() {
        Ok(class) if derives(&class, &CAPABILITY_BASE)? => {
            OPEN.with_borrow_mut(|open| open.as_mut().map(|open| open.capabilities.push(class.unbind())));
            Ok(())
        }
        _ => Err(PyValueError::new_err("Registered class must inherit from a PluginCapability base")),
    }
}

/// Asks the user whether the plugin may read these paths, once `register_capabilities()` has returned; a refusal ends
/// the load.
///
/// Raises ValueError outside of loading and for an empty path, TypeError for what is no list of str.
#[pyfunction]
#[pyo3(signature = (*, fs_read = Vec::new()), text_signature = "(*, fs_read=[])")]
fn request_permissions(fs_read: Vec<String>) -> PyResult<()> {
    let refuse = |message: &str| Err(PyValueError::new_err(message.to_owned()));
    if OPEN.with_borrow(Option::is_none) {
        return refuse("request_permissions() called outside plugin discovery context");
    }
    if fs_read.iter().any(String::is_empty) {
        return refuse(
            "request_permissions(fs_read=...) does not accept an empty path: name a file or a folder",
        );
    }
    OPEN.with_borrow_mut(|open| open.as_mut().map(|open| open.fs_read.extend(fs_read)));
    Ok(())
}

fn derives(class: &Bound<'_, PyType>, base: &PyOnceLock<Py<PyType>>) -> PyResult<bool> {
    base.get(class.py()).map_or(Ok(false), |base| class.is_subclass(base.bind(class.py())))
}
