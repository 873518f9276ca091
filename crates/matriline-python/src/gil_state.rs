//! The guard for an application that touches Python itself.

use std::marker::PhantomData;

use matriline_registry::Pass;
use pyo3::ffi;

use crate::attach;
use crate::identity::HostScope;

/// Holds the GIL for this thread, as the application.
///
/// The thread keeps its state when the guard goes, as it does after a call of a capability, so that the next
/// guard costs tens of nanoseconds. Guards nest and go in the reverse order.
///
/// Threads: any, but a guard stays on its own.
#[derive(Debug)]
pub struct GilState {
    outer: ffi::PyGILState_STATE,
    _host: HostScope,
    _pass: Pass<'static>,
    _stays: PhantomData<*mut ()>,
}

impl GilState {
    /// Waits for the GIL, or answers `None` when Python is not running or already going.
    pub fn acquire() -> Option<Self> {
        let pass = attach::enter()?;
        attach::keep();
        // SAFETY: the pass keeps the interpreter alive.
        let outer = unsafe { ffi::PyGILState_Ensure() };
        Some(Self { outer, _host: HostScope::enter_attached(), _pass: pass, _stays: PhantomData })
    }
}

impl Drop for GilState {
    fn drop(&mut self) {
        // SAFETY: acquired by this thread in `acquire`; the pass is dropped after this.
        unsafe { ffi::PyGILState_Release(self.outer) };
    }
}
