//! `PythonGILState` and `PythonInterpreter`.

use std::pin::Pin;

use matriline::ErrorCode;
use matriline::python::{GilState, Interpreter};

use crate::boundary::{Fault, catch, run};
use crate::bridge::ffi;

/// Holds the GIL, or nothing when Python does not run.
pub(crate) struct GilGuard(Option<GilState>);

impl GilGuard {
    pub(crate) fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

pub(crate) fn acquire_gil(failure: Pin<&mut ffi::Failure>) -> Box<GilGuard> {
    Box::new(GilGuard(run(failure, || Ok(GilState::acquire()))))
}

pub(crate) fn is_python_running() -> bool {
    catch(|| Ok(Interpreter::is_running())).unwrap_or(false)
}

pub(crate) fn finalize_python(failure: Pin<&mut ffi::Failure>) {
    run(failure, || {
        Interpreter::finalize().map_err(|error| Fault::new(ErrorCode::ShuttingDown, error.to_string()))
    });
}
