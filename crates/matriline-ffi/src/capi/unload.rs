//! Unloading.

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{enter, object};

/// Unloads a plugin: closes its capabilities, waits for calls inside, runs `on_unload`, lets go of its modules. It is not
/// loaded at the next start then. A load that is under way is cancelled. Success when it is not loaded. Fails with
/// `MATRILINE_RESULT_UNLOAD_FAILED` when calls do not return within ten seconds; the capabilities stay closed, and it can
/// be tried again. Fails with `MATRILINE_RESULT_BUSY` when another thread is unloading it.
///
/// Threads: any. Inside of one of the plugin's own calls it succeeds at once, and the plugin is unloaded when the
/// thread's outermost call returns.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_unload_plugin(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        Ok(manager.0.loader().unload_plugin(key)?)
    })
}

/// Unloads every plugin. What is enabled stays so. Fails with the first error of `matriline_manager_unload_plugin`; the
/// others are unloaded all the same.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_unload_all_plugins(
    manager: *mut matriline_manager,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    enter(error_out, || Ok(unsafe { object(manager, "manager") }?.0.loader().unload_all_plugins()?))
}

/// Unloads the plugins that came from the cloud: the user has signed out. As `matriline_manager_unload_all_plugins`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_unload_cloud_plugins(
    manager: *mut matriline_manager,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    enter(error_out, || Ok(unsafe { object(manager, "manager") }?.0.loader().unload_cloud_plugins()?))
}
