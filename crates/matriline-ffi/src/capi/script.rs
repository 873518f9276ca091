//! Running scripts.

use super::error::{matriline_error, matriline_result};
use super::execution_result::matriline_execution_result;
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{enter, give, object, slot};

/// Runs a script capability of a loaded plugin, and keeps what went wrong as the plugin's error
/// (`matriline_manager_plugin_error`); what went well forgets it. A script that raises or answers with a fatal error has
/// its plugin unloaded, which stays enabled; one that answers with a recoverable error stays loaded. A failing result
/// is an answer. `result_out` receives it, to free with `matriline_execution_result_free`.
///
/// Threads: any; the script runs on the calling one.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_run_script(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    name: matriline_str,
    result_out: *mut *mut matriline_execution_result,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let (name, out) = unsafe { (name.read("name")?, slot(result_out, "result_out")?) };
        give(out, matriline_execution_result(manager.0.run_script_capability(key, name)?));
        Ok(())
    })
}
