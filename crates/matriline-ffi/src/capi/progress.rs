//! Who is told how far a call is.

use std::ffi::c_void;
use std::sync::Arc;

use matriline::Report;

use super::callback::{Callback, matriline_drop_callback};
use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::{enter, give, slot};

/// Who is told how far a call is: an argument of kind `MATRILINE_VALUE_KIND_PROGRESS`.
pub struct matriline_progress(pub(super) Arc<dyn Report>);

/// Takes how far a call is: so much of it is done, from 0 to 1, and it is doing this; empty for what it was doing. False when
/// the user has cancelled it: the plugin is asked to return, and what it returns then does not matter. Threads: any of the
/// plugin, without the GIL.
pub type matriline_progress_callback =
    Option<extern "C" fn(userdata: *mut c_void, done: f64, message: matriline_str) -> bool>;

struct Told(Callback<extern "C" fn(*mut c_void, f64, matriline_str) -> bool>);

impl Report for Told {
    fn report(&self, done: f64, message: &str) -> bool {
        self.0.ask(true, |callback, userdata| callback(userdata, done, matriline_str::of(message)))
    }
}

/// Somebody who is told how far calls are. `drop_callback` may be NULL; otherwise it is called once with `userdata`, on any
/// thread, when the progress is freed and no plugin is inside of `callback` any more, also when this fails. `progress_out`
/// receives an object to free with `matriline_progress_free`, once the calls are over that it was given to.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid; `callback` and `drop_callback` may be called on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_progress_new(
    userdata: *mut c_void,
    callback: matriline_progress_callback,
    drop_callback: matriline_drop_callback,
    progress_out: *mut *mut matriline_progress,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let told = Told(Callback::new(userdata, callback, drop_callback));
    enter(error_out, || {
        told.0.check()?;
        // SAFETY: the caller's promise.
        give(unsafe { slot(progress_out, "progress_out") }?, matriline_progress(Arc::new(told)));
        Ok(())
    })
}

/// Frees it. Threads: any.
///
/// # Safety
/// `progress` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_progress_free(progress: *mut matriline_progress) {
    // SAFETY: the caller's promise.
    unsafe { super::take(progress) }
}
