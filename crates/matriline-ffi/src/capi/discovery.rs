//! Discovery on a thread of its own.

use std::ffi::c_void;
use std::time::Duration;

use super::callback::{Callback, matriline_drop_callback};
use super::catalog::matriline_catalog;
use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::{matriline_str, matriline_text};
use super::text_list::matriline_text_list;
use super::{enter, give, object, slot, value_of};

/// Receives the catalog when a discovery has ended. The catalog lives until it returns. It is called on the thread
/// of the discovery.
pub type matriline_discovery_callback =
    Option<extern "C" fn(userdata: *mut c_void, catalog: *const matriline_catalog)>;

/// Reads the plugin folders anew on a thread of its own. `callback` may be NULL; otherwise it is told of the catalog when
/// the discovery has ended. `drop_callback` may be NULL; otherwise it is called once with `userdata`, on any thread,
/// whether or not the discovery began. After `matriline_manager_free` there is no call of `callback` any more, unless it
/// runs already: the manager then lives until it returns. `started_out` may be NULL; otherwise it receives whether it
/// began: false when another one runs.
///
/// Threads: any; `callback` is called on the thread of the discovery.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_start_discovery(
    manager: *mut matriline_manager,
    userdata: *mut c_void,
    callback: matriline_discovery_callback,
    drop_callback: matriline_drop_callback,
    started_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let on_done = Callback::new(userdata, callback, drop_callback);
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, started_out) = unsafe { (object(manager, "manager")?, started_out.as_mut()) };
        let started = manager.0.start_discovery(move |catalog| {
            let catalog = matriline_catalog::of(catalog.clone());
            on_done.with(|callback, userdata| callback(userdata, &raw const catalog));
        });
        if let Some(started_out) = started_out {
            *started_out = started;
        }
        Ok(())
    })
}

/// Stops a discovery that runs; the catalog stays as it was. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_cancel_discovery(manager: *mut matriline_manager) {
    // SAFETY: the caller's promise.
    unsafe { value_of(manager, (), |manager| manager.0.cancel_discovery()) }
}

/// Whether a discovery runs; false for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_is_discovery_in_progress(
    manager: *const matriline_manager,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(manager, false, |manager| manager.0.is_discovery_in_progress()) }
}

/// Whether a discovery has come to its end, well or not, and none runs; false for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_is_discovery_complete(manager: *const matriline_manager) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(manager, false, |manager| manager.0.is_discovery_complete()) }
}

/// How far a discovery is, in plugin folders; `0` of `0` while none runs. Either pointer may be NULL. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_discovery_progress(
    manager: *const matriline_manager,
    done_out: *mut usize,
    total_out: *mut usize,
) {
    super::answer((), || {
        // SAFETY: the caller's promise.
        let progress = unsafe { manager.as_ref() }.map(|manager| manager.0.discovery_progress());
        let progress = progress.unwrap_or_default();
        // SAFETY: the caller's promise.
        let (done_out, total_out) = unsafe { (done_out.as_mut(), total_out.as_mut()) };
        if let Some(done_out) = done_out {
            *done_out = progress.done;
        }
        if let Some(total_out) = total_out {
            *total_out = progress.total;
        }
    });
}

/// Waits until the discovery that runs has ended, for so many milliseconds at most. True at once when none runs;
/// false when it has not ended in time. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_wait_for_discovery(
    manager: *const matriline_manager,
    milliseconds: u64,
) -> bool {
    let limit = Some(Duration::from_millis(milliseconds));
    // SAFETY: the caller's promise.
    unsafe { value_of(manager, true, |manager| manager.0.wait_for_discovery(limit)) }
}

/// Why the last discovery failed; an empty text when it did not. `text_out` receives a text to free with
/// `matriline_text_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_discovery_error(
    manager: *const matriline_manager,
    text_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, text_out) = unsafe { (object(manager, "manager")?, slot(text_out, "text_out")?) };
        give(text_out, matriline_text(manager.0.discovery_error().unwrap_or_default()));
        Ok(())
    })
}

/// The folders that discovery looks for plugins in: the local one, then that of the cloud user. `list_out` receives a
/// list to free with `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_plugin_directories(
    manager: *const matriline_manager,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, list_out) = unsafe { (object(manager, "manager")?, slot(list_out, "list_out")?) };
        let folders = manager.0.plugin_directories();
        let folders = folders.iter().map(|folder| folder.to_string_lossy().into_owned());
        give(list_out, matriline_text_list(folders.collect()));
        Ok(())
    })
}

/// Sets the user whose cloud plugins the next discovery looks for; an empty text for none.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_set_cloud_user(
    manager: *mut matriline_manager,
    user: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, user) = unsafe { (object(manager, "manager")?, user.read("user")?) };
        manager.0.set_cloud_user((!user.is_empty()).then(|| user.to_owned()));
        Ok(())
    })
}
