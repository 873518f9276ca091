//! How a plugin is loaded.

use matriline::LoadOptions;

use super::error::{matriline_error, matriline_result};
use super::text::{matriline_str, read_all};
use super::{enter, object_mut};

/// How a plugin is loaded.
#[derive(Default)]
pub struct matriline_load_options(LoadOptions);

impl matriline_load_options {
    /// The options behind a pointer, or the defaults for NULL.
    ///
    /// # Safety
    /// The pointer is NULL or valid.
    pub(crate) unsafe fn read(pointer: *const Self) -> LoadOptions {
        // SAFETY: the caller's promise.
        unsafe { pointer.as_ref() }.map(|options| options.0.clone()).unwrap_or_default()
    }
}

/// Options with their defaults. Free them with `matriline_load_options_free`. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_load_options_new() -> *mut matriline_load_options {
    super::answer(std::ptr::null_mut(), || Box::into_raw(Box::default()))
}

/// Sets the capabilities to enable, by name; of a plugin that is not loaded yet the others are disabled, all of them
/// for an empty array. Without it each capability is what it was when the plugin was loaded last, and enabled at
/// first.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, the array and its texts readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_load_options_set_capabilities(
    options: *mut matriline_load_options,
    names: *const matriline_str,
    names_len: usize,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let names = unsafe { read_all(names, names_len, "names") }?;
        // SAFETY: the caller's promise.
        unsafe { object_mut(options, "options") }?.0.capabilities = Some(names);
        Ok(())
    })
}

/// Sets whether an environment that is missing is not built: the plugin gets what was installed for it before, or
/// nothing.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_load_options_set_skip_dependencies(
    options: *mut matriline_load_options,
    skip: bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(options, "options") }?.0.skip_dependencies = skip;
        Ok(())
    })
}

/// Frees options. Threads: any.
///
/// # Safety
/// `options` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_load_options_free(options: *mut matriline_load_options) {
    // SAFETY: the caller's promise.
    unsafe { super::take(options) }
}
