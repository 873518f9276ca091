//! Finding the plugins that make an application fail.

use matriline::{Answer, Bisect, ErrorCode, Finding};

use super::error::{matriline_error, matriline_result};
use super::text::{matriline_str, matriline_text, read_all};
use super::text_list::matriline_text_list;
use super::{enter, give, object, object_mut, slot, value_of};
use crate::boundary::Fault;

/// A search for the plugins that make an application fail. The application is started with the plugins it names
/// (`matriline_manager_load_enabled_among`), its user says whether the fault is there, and so on. Of `n` plugins a single
/// guilty one is found with `log2 n + 2` answers.
pub struct matriline_bisect(Bisect);

/// What came out of a search.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_finding {
    /// It is not over.
    NONE = 0,
    /// Plugins are guilty.
    GUILTY = 1,
    /// The fault is there without any plugin.
    NO_PLUGIN = 2,
    /// The fault is not there with all plugins.
    NO_FAULT = 3,
}

/// A search among plugins, with all of which the fault is said to be there. A key that comes twice counts once.
/// `bisect_out` receives a search to free with `matriline_bisect_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array and its texts readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_new(
    keys: *const matriline_str,
    keys_len: usize,
    bisect_out: *mut *mut matriline_bisect,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (keys, out) = unsafe { (read_all(keys, keys_len, "keys")?, slot(bisect_out, "bisect_out")?) };
        give(out, matriline_bisect(Bisect::new(keys)));
        Ok(())
    })
}

/// The search that `matriline_bisect_text` has written. `bisect_out` receives a search to free with
/// `matriline_bisect_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_read(
    text: matriline_str,
    bisect_out: *mut *mut matriline_bisect,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (text, out) = unsafe { (text.read("text")?, slot(bisect_out, "bisect_out")?) };
        let read = Bisect::from_text(text);
        let read = read.map_err(|error| Fault::new(ErrorCode::InvalidArgument, error.to_string()))?;
        give(out, matriline_bisect(read));
        Ok(())
    })
}

/// The search as a line of text, for the next start of the application. `text_out` receives a text to free with
/// `matriline_text_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_text(
    bisect: *const matriline_bisect,
    text_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (bisect, out) = unsafe { (object(bisect, "bisect")?, slot(text_out, "text_out")?) };
        give(out, matriline_text(bisect.0.to_text()));
        Ok(())
    })
}

/// The plugins to start with now; none when the search is over. `list_out` receives a list to free with
/// `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_to_load(
    bisect: *const matriline_bisect,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { keys(bisect, list_out, error_out, |bisect| bisect.to_load().to_vec()) }
}

/// The plugins that may still be guilty, without those that are known to be. `list_out` receives a list to free with
/// `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_suspects(
    bisect: *const matriline_bisect,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { keys(bisect, list_out, error_out, |bisect| bisect.suspects().to_vec()) }
}

/// How many more answers the search for a single plugin takes at the most; 0 for NULL. Threads: any.
///
/// # Safety
/// `bisect` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_steps_left(bisect: *const matriline_bisect) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { value_of(bisect, 0, |bisect| bisect.0.steps_left()) }
}

/// Says whether the fault was there with the plugins of `matriline_bisect_to_load`. Does nothing once the search is over.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_answer(
    bisect: *mut matriline_bisect,
    is_bad: bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let answer = if is_bad { Answer::Bad } else { Answer::Good };
        // SAFETY: the caller's promise.
        unsafe { object_mut(bisect, "bisect") }?.0.answer(answer);
        Ok(())
    })
}

/// What came out, a `matriline_finding`; none for NULL. Threads: any.
///
/// # Safety
/// `bisect` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_finding(bisect: *const matriline_bisect) -> u8 {
    let finding = |bisect: &matriline_bisect| match bisect.0.finding() {
        None => matriline_finding::NONE,
        Some(Finding::Guilty(_)) => matriline_finding::GUILTY,
        Some(Finding::NoPlugin) => matriline_finding::NO_PLUGIN,
        Some(Finding::NoFault) => matriline_finding::NO_FAULT,
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(bisect, matriline_finding::NONE, finding) as u8 }
}

/// The guilty plugins, once the search has found some; several make the fault only together. `list_out` receives a list
/// to free with `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_guilty(
    bisect: *const matriline_bisect,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { keys(bisect, list_out, error_out, |bisect| bisect.found().unwrap_or_default()) }
}

/// Frees a search. Threads: any.
///
/// # Safety
/// `bisect` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_bisect_free(bisect: *mut matriline_bisect) {
    // SAFETY: the caller's promise.
    unsafe { super::take(bisect) }
}

/// # Safety
/// As the functions above.
unsafe fn keys(
    bisect: *const matriline_bisect,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
    keys: impl FnOnce(&Bisect) -> Vec<String>,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (bisect, out) = unsafe { (object(bisect, "bisect")?, slot(list_out, "list_out")?) };
        give(out, matriline_text_list(keys(&bisect.0)));
        Ok(())
    })
}
