//! Installing, removing and going back.

use std::path::Path;

use super::cloud_record::matriline_cloud_record;
use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::{matriline_str, matriline_text};
use super::{enter, give, object, slot};

/// Installs a file, in the place of an earlier version if there is one, which is kept for
/// `matriline_manager_roll_back_plugin`. When it fails nothing has changed. A plugin that is loaded is loaded again, and
/// keeps its flags; that this load failed, `matriline_manager_plugin_error` says. `key_out` may be NULL; otherwise it
/// receives the plugin's key, to free with `matriline_text_free`.
///
/// Threads: any, outside of calls into the plugin. It blocks for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_install_plugin(
    manager: *mut matriline_manager,
    file: matriline_str,
    key_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, file) = unsafe { (object(manager, "manager")?, file.read("file")?) };
        let installed = manager.0.install_plugin(Path::new(file))?;
        // SAFETY: the caller's promise.
        unsafe { give_text(key_out, installed.key) };
        Ok(())
    })
}

/// Installs a download of the user that `matriline_config_set_cloud_user` or `matriline_manager_set_cloud_user` names, with
/// the cloud's record of the plugin. As `matriline_manager_install_plugin`.
///
/// Threads: any, outside of calls into the plugin. It blocks for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_install_cloud_plugin(
    manager: *mut matriline_manager,
    file: matriline_str,
    record: *const matriline_cloud_record,
    key_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, file) = unsafe { (object(manager, "manager")?, file.read("file")?) };
        // SAFETY: the caller's promise.
        let record = unsafe { object(record, "record") }?;
        let installed = manager.0.install_cloud_plugin(Path::new(file), record.descriptor())?;
        // SAFETY: the caller's promise.
        unsafe { give_text(key_out, installed.key) };
        Ok(())
    })
}

/// Unloads a plugin and deletes its folder. Its configuration stays for the day it is installed again.
///
/// Threads: any, outside of calls into the plugin.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_remove_plugin(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        Ok(manager.0.remove_plugin(key)?)
    })
}

/// Makes a plugin of the cloud a local one, with its flags and its configuration. `key_out` may be NULL; otherwise it
/// receives its new key, to free with `matriline_text_free`.
///
/// Threads: any, outside of calls into the plugin.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_keep_plugin_as_local(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    key_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        let new_key = manager.0.keep_plugin_as_local(key)?;
        // SAFETY: the caller's promise.
        unsafe { give_text(key_out, new_key) };
        Ok(())
    })
}

/// Brings the previous version of a plugin back, with the configuration it had. A second time goes forth again.
///
/// Threads: any, outside of calls into the plugin.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_roll_back_plugin(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        manager.0.roll_back_plugin(key)?;
        Ok(())
    })
}

/// The version that `matriline_manager_roll_back_plugin` would bring back. `version_out` receives a text to free with
/// `matriline_text_free`, which is empty for a version without a name, or NULL when there is none.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_previous_version(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    version_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let version_out = unsafe { slot(version_out, "version_out") }?;
        match manager.0.previous_version(key) {
            Some(previous) => give(version_out, matriline_text(previous.version)),
            None => *version_out = std::ptr::null_mut(),
        }
        Ok(())
    })
}

/// # Safety
/// `out` is NULL or valid.
unsafe fn give_text(out: *mut *mut matriline_text, text: String) {
    // SAFETY: the caller's promise.
    if let Some(out) = unsafe { out.as_mut() } {
        give(out, matriline_text(text));
    }
}
