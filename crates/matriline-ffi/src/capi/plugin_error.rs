//! What a plugin did wrong last.

use matriline::Error;

use super::error::{give_error, matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{enter, object, slot, value_of};

/// Why the last load of a plugin failed, or what the application has reported of it. `plugin_error_out` receives an
/// error to free with `matriline_error_free`, or NULL when there is none.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_plugin_error(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    plugin_error_out: *mut *mut matriline_error,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let out = unsafe { slot(plugin_error_out, "plugin_error_out") }?;
        give_error(out, manager.0.loader().plugin_load_error(key));
        Ok(())
    })
}

/// Reports what a plugin did wrong outside of a load, in the place of its last load error. Fails with
/// `MATRILINE_RESULT_PLUGIN_NOT_FOUND` for a plugin that the last discovery has not found.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_set_plugin_error(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    text: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let text = unsafe { text.read("text") }?;
        if manager.0.catalog().get(key).is_none() {
            return Err(Error::PluginNotFound { plugin: key.to_owned() }.into());
        }
        manager.0.loader().set_plugin_error(key, text);
        Ok(())
    })
}

/// Forgets what a plugin did wrong. False when there was nothing, and for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid, `plugin_key` readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_clear_plugin_error(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        value_of(manager, false, |manager| {
            plugin_key.read("plugin_key").is_ok_and(|key| manager.0.loader().clear_plugin_error(key))
        })
    }
}
