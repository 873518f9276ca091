//! Loads that were asked for together, such as those of a start, and how far they are.

use std::time::{Duration, Instant};

use matriline::{LoadStage, Loading};

use super::error::{give_error, matriline_error, matriline_result};
use super::load_options::matriline_load_options;
use super::manager::matriline_manager;
use super::text::{matriline_str, matriline_text, read_all};
use super::{enter, give, object, slot, text_of, value_of};
use crate::cxx_side::loading::stage_number;

/// Loads that were asked for together, all under way at once.
pub struct matriline_loads(Vec<Loading>);

/// What a load is doing.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_load_stage {
    /// It waits for a thread, or for the plugin to be unloaded.
    QUEUED = 0,
    /// The packages that the plugin depends on are found or installed.
    ENVIRONMENT = 1,
    /// The plugin is imported, registers, and starts.
    PYTHON = 2,
    /// It is over.
    OVER = 3,
}

/// Loads every installed plugin that is enabled, as the last discovery found it. Returns at once. `loads_out` receives
/// an object to free with `matriline_loads_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_load_enabled(
    manager: *mut matriline_manager,
    loads_out: *mut *mut matriline_loads,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, out) = unsafe { (object(manager, "manager")?, slot(loads_out, "loads_out")?) };
        give(out, matriline_loads(manager.0.load_enabled().loads().to_vec()));
        Ok(())
    })
}

/// Loads those of the named plugins that are enabled, and no other: a start that looks for the plugin that does harm.
/// As `matriline_manager_load_enabled`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array and its texts readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_load_enabled_among(
    manager: *mut matriline_manager,
    keys: *const matriline_str,
    keys_len: usize,
    loads_out: *mut *mut matriline_loads,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, keys) = unsafe { (object(manager, "manager")?, read_all(keys, keys_len, "keys")?) };
        // SAFETY: the caller's promise.
        let out = unsafe { slot(loads_out, "loads_out") }?;
        give(out, matriline_loads(manager.0.load_enabled_among(&keys).loads().to_vec()));
        Ok(())
    })
}

/// Loads the named plugins, enabled or not, as `matriline_manager_load_plugin` does each. Returns at once. `options`
/// may be NULL. `loads_out` receives an object to free with `matriline_loads_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array and its texts readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_load_plugins(
    manager: *mut matriline_manager,
    keys: *const matriline_str,
    keys_len: usize,
    options: *const matriline_load_options,
    loads_out: *mut *mut matriline_loads,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, keys) = unsafe { (object(manager, "manager")?, read_all(keys, keys_len, "keys")?) };
        // SAFETY: the caller's promise.
        let (options, out) =
            unsafe { (matriline_load_options::read(options), slot(loads_out, "loads_out")?) };
        let load = |key: &String| manager.0.loader().load_plugin(key, options.clone());
        give(out, matriline_loads(keys.iter().map(load).collect()));
        Ok(())
    })
}

/// How many loads there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `loads` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_len(loads: *const matriline_loads) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(loads, 0, |loads| loads.0.len()) }
}

/// How many of them are over, well or not; 0 for NULL. Threads: any.
///
/// # Safety
/// `loads` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_done(loads: *const matriline_loads) -> usize {
    let is_over = |load: &&Loading| load.stage() == LoadStage::Over;
    // SAFETY: the caller's promise.
    unsafe { value_of(loads, 0, |loads| loads.0.iter().filter(is_over).count()) }
}

/// Waits for all of them, for so many milliseconds at most, `UINT64_MAX` for as long as it takes. True when all are
/// over, well or not, and for NULL.
///
/// Threads: any. On the thread of the event loop that the application posts to, subscribers have not been told yet.
///
/// # Safety
/// `loads` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_wait(loads: *const matriline_loads, milliseconds: u64) -> bool {
    let wait = |loads: &matriline_loads| {
        let (begun, limit) = (Instant::now(), Duration::from_millis(milliseconds));
        loads.0.iter().all(|load| load.wait_for(limit.saturating_sub(begun.elapsed())).is_some())
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(loads, true, wait) }
}

/// Cancels those that are not over; nothing of them remains. Code of a plugin that runs already is not interrupted.
/// Threads: any.
///
/// # Safety
/// `loads` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_cancel(loads: *mut matriline_loads) {
    // SAFETY: the caller's promise.
    unsafe { value_of(loads, (), |loads| loads.0.iter().for_each(Loading::cancel)) }
}

/// The key of the plugin of one load, as long as the object lives; empty beyond the end. Threads: any.
///
/// # Safety
/// `loads` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_plugin(
    loads: *const matriline_loads,
    index: usize,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(loads, |loads| loads.0.get(index).map_or("", Loading::plugin)) }
}

/// What one load is doing, a `matriline_load_stage`; over beyond the end. Threads: any.
///
/// # Safety
/// `loads` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_stage(loads: *const matriline_loads, index: usize) -> u8 {
    let over = matriline_load_stage::OVER as u8;
    let stage = |loads: &matriline_loads| loads.0.get(index).map_or(over, |load| stage_number(load.stage()));
    // SAFETY: the caller's promise.
    unsafe { value_of(loads, over, stage) }
}

/// The last line that the installer of packages printed for one load, for a progress display; empty when there is none
/// and beyond the end. `text_out` receives a text to free with `matriline_text_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_line(
    loads: *const matriline_loads,
    index: usize,
    text_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (loads, out) = unsafe { (object(loads, "loads")?, slot(text_out, "text_out")?) };
        give(out, matriline_text(loads.0.get(index).map(Loading::line).unwrap_or_default()));
        Ok(())
    })
}

/// Why one load failed. `load_error_out` receives an error to free with `matriline_error_free`, or NULL when it has not
/// failed, is not over, and beyond the end.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_error(
    loads: *const matriline_loads,
    index: usize,
    load_error_out: *mut *mut matriline_error,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let loads = unsafe { object(loads, "loads") }?;
        // SAFETY: the caller's promise.
        let out = unsafe { slot(load_error_out, "load_error_out") }?;
        let ended = loads.0.get(index).and_then(|load| load.wait_for(Duration::ZERO));
        give_error(out, ended.and_then(Result::err));
        Ok(())
    })
}

/// Frees the object; the loads go on. Threads: any.
///
/// # Safety
/// `loads` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_loads_free(loads: *mut matriline_loads) {
    // SAFETY: the caller's promise.
    unsafe { super::take(loads) }
}
