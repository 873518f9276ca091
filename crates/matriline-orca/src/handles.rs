//! Which capability an object of a plugin is.
//!
//! A handle is bound to the object itself and not kept in it, so that no plugin can forge, copy or exchange one.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use matriline_capability::CapabilityId;
use matriline_python::identity;
use matriline_registry::lock::Mutex;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::services::Services;

/// What the object of a loaded capability stands for.
#[derive(Clone)]
pub(crate) struct Handle {
    id: Arc<CapabilityId>,
    services: Arc<dyn Services>,
}

/// By address. An object is alive for as long as it has a handle, so that its address is its own.
static HANDLES: LazyLock<Mutex<HashMap<usize, Handle>>> = LazyLock::new(Mutex::default);

/// The object is that capability from now on.
pub(crate) fn add(instance: &Bound<'_, PyAny>, id: &CapabilityId, services: &Arc<dyn Services>) {
    let handle = Handle { id: Arc::new(id.clone()), services: services.clone() };
    HANDLES.lock().insert(instance.as_ptr().addr(), handle);
}

/// The object is no capability any more.
pub(crate) fn remove(instance: &Bound<'_, PyAny>) {
    let handle = HANDLES.lock().remove(&instance.as_ptr().addr());
    // What the application captured goes without the lock.
    drop(handle);
}

/// The handle of an object, for its method `method`.
///
/// # Errors
/// `RuntimeError` for an object that the application did not make, or whose plugin is unloaded.
pub(crate) fn of(instance: &Bound<'_, PyAny>, method: &str) -> PyResult<Handle> {
    let handle = HANDLES.lock().get(&instance.as_ptr().addr()).cloned();
    handle.ok_or_else(|| {
        PyRuntimeError::new_err(format!(
            "{method}() is only available on a capability loaded by the plugin host"
        ))
    })
}

impl Handle {
    /// Asks the application, without the GIL.
    pub(crate) fn ask<R>(self, question: impl FnOnce(&dyn Services, &CapabilityId) -> R) -> R {
        identity::host_call(move || question(&*self.services, &self.id))
    }
}
