//! Extension modules of the application, which plugins find below `orca`.

use std::ffi::c_void;

use matriline::ErrorCode;

use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::{enter, object_mut};
use crate::boundary::Fault;

/// The function that makes an extension module: its `PyInit_…`, whose answer is a `PyObject *`.
pub type matriline_py_init = Option<unsafe extern "C" fn() -> *mut c_void>;

/// Gives plugins an extension module of the application's, as `orca.<name>`: one made with pybind11 or the C API for the
/// Python that is linked, at once or in phases (PEP 489). `init` is called once in a process, when a manager starts, on that
/// thread and with the GIL held. A module that cannot be offered is an error of `matriline_manager_start`.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, the text readable; `init` is the initialisation function of an extension module.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_register_submodule(
    config: *mut matriline_config,
    name: matriline_str,
    init: matriline_py_init,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (config, name) = unsafe { (object_mut(config, "config")?, name.read("name")?) };
        let Some(init) = init else {
            let message =
                format!("The module `orca.{name}` has no function that makes it; give its `PyInit_…`");
            return Err(Fault::new(ErrorCode::InvalidArgument, message));
        };
        config.submodules.push((name.to_owned(), init));
        Ok(())
    })
}
