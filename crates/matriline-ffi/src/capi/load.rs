//! Loading.

use std::time::Duration;

use matriline::Error;

use super::error::{matriline_error, matriline_result};
use super::load_options::matriline_load_options;
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::text_list::matriline_text_list;
use super::{enter, give, object, slot, value_of};

/// Loads a plugin: installs what it depends on, imports it, makes its capabilities, runs their `on_load`. Returns at
/// once with success, also for a plugin that is not known; the load runs on a thread of its own. How it ended,
/// `matriline_manager_wait_for_plugin_load` says. A plugin that is being loaded is loaded once. A loaded plugin stays as
/// it is, but for the capabilities that `options` ask for, which are enabled. What is loaded is enabled: it is loaded at
/// the next start as well. `options` may be NULL; they are copied.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_load_plugin(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    options: *const matriline_load_options,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let options = unsafe { matriline_load_options::read(options) };
        manager.0.loader().load_plugin(key, options);
        Ok(())
    })
}

/// Unloads a plugin and loads it again, as its code is now; its capabilities stay enabled or disabled. One that is not
/// loaded is loaded. Unloading blocks as `matriline_manager_unload_plugin` does, and fails alike; the load runs on a
/// thread of its own.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_reload_plugin(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        let load = manager.0.loader().reload_plugin(key);
        match load.wait_for(Duration::ZERO) {
            // of an unload that failed nobody else would tell
            Some(Err(error @ (Error::Busy { .. } | Error::StillRunning { .. }))) => Err(error.into()),
            _ => Ok(()),
        }
    })
}

/// Waits until the load of a plugin has ended, for so many milliseconds at most, `UINT64_MAX` for as long as it takes.
/// Success when the plugin was loaded, and when no load is under way and the last one did not fail. Fails with why the
/// load failed, also when that was before the call; with `MATRILINE_RESULT_LOAD_CANCELLED` while a cancelled load comes
/// to its end; and with `MATRILINE_RESULT_BUSY` when it has not ended in time, or when it is the load itself that asks.
///
/// Threads: any. On the thread of the event loop that the application posts to, subscribers have not been told yet.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_wait_for_plugin_load(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    milliseconds: u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let limit = Some(Duration::from_millis(milliseconds));
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        Ok(manager.0.loader().wait_for_plugin_load(key, limit)?)
    })
}

/// Waits for all loads that are under way, for so many milliseconds at most, `UINT64_MAX` for as long as it takes. True
/// when all have ended, well or not, and for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_wait_for_all_plugin_loads(
    manager: *const matriline_manager,
    milliseconds: u64,
) -> bool {
    let limit = Some(Duration::from_millis(milliseconds));
    // SAFETY: the caller's promise.
    unsafe { value_of(manager, true, |manager| manager.0.loader().wait_for_all_plugin_loads(limit)) }
}

/// Whether a load of a plugin is under way, cancelled or not; false for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid, `plugin_key` readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_is_plugin_load_in_progress(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        value_of(manager, false, |manager| {
            plugin_key.read("plugin_key").is_ok_and(|key| manager.0.loader().is_plugin_load_in_progress(key))
        })
    }
}

/// Cancels the load of a plugin. It stays in progress until its thread has stopped, and nothing of it remains. False
/// when none is under way, and for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid, `plugin_key` readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_cancel_plugin_load(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        value_of(manager, false, |manager| {
            plugin_key.read("plugin_key").is_ok_and(|key| manager.0.loader().cancel_plugin_load(key))
        })
    }
}

/// Whether a plugin is loaded; false for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid, `plugin_key` readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_is_plugin_loaded(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        value_of(manager, false, |manager| {
            plugin_key.read("plugin_key").is_ok_and(|key| manager.0.loader().is_plugin_loaded(key))
        })
    }
}

/// The keys of the plugins that are being loaded, sorted. `list_out` receives a list to free with
/// `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_plugin_loads_in_progress(
    manager: *const matriline_manager,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, out) = unsafe { (object(manager, "manager")?, slot(list_out, "list_out")?) };
        give(out, matriline_text_list(manager.0.loader().plugin_loads_in_progress()));
        Ok(())
    })
}

/// The keys of all loaded plugins, sorted. `list_out` receives a list to free with `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_loaded_plugins(
    manager: *const matriline_manager,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, out) = unsafe { (object(manager, "manager")?, slot(list_out, "list_out")?) };
        give(out, matriline_text_list(manager.0.loader().loaded_plugins()));
        Ok(())
    })
}
