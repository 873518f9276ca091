//! The export that slicing capabilities take part in.

use std::ffi::c_void;
use std::sync::Arc;

use matriline::Slice;

use super::callback::{Callback, matriline_drop_callback};
use super::error::{matriline_error, matriline_result};
use super::lifecycle::matriline_cancelled_callback;
use super::post_process::matriline_post_process;
use super::text::{matriline_str, matriline_text, take_text};
use super::{enter, object_mut};

/// Answers the value of an option of the whole print configuration, as presets spell it; NULL for an unknown one. The
/// library frees the text.
pub type matriline_config_value_callback =
    Option<extern "C" fn(userdata: *mut c_void, key: matriline_str) -> *mut matriline_text>;

type Functions = (matriline_config_value_callback, matriline_cancelled_callback);

struct Export(Callback<Functions>);

impl Slice for Export {
    fn config_value(&self, key: &str) -> Option<String> {
        self.0.ask(None, |(value, _), userdata| {
            // SAFETY: the text comes from `matriline_text_new`, and the callback gives it away.
            value.and_then(|value| unsafe { take_text(value(userdata, matriline_str::of(key))) })
        })
    }

    fn cancelled(&self) -> bool {
        self.0.ask(false, |(_, cancelled), userdata| cancelled.is_some_and(|cancelled| cancelled(userdata)))
    }
}

/// Adds the name of a slicing capability that takes part in this last step of slicing (`psGCodePostProcess`), after all
/// those of `matriline_post_process_add_value`.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_post_process_add_slicing_value(
    run: *mut matriline_post_process,
    capability_name: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (run, name) = unsafe { (object_mut(run, "run")?, capability_name.read("capability_name")?) };
        run.slicing_values.push(name.to_owned());
        Ok(())
    })
}

/// Sets what slicing capabilities may ask of the export, each function NULL or called on any thread without the GIL:
/// the value of an option, and whether the user has cancelled it. The latter is asked between two capabilities as well,
/// and a cancelled run fails with `MATRILINE_RESULT_EXPORT_CANCELLED`. `drop_callback` may be NULL; otherwise it is
/// called once with `userdata`, on any thread, when the run is freed and no plugin asks any more.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_post_process_set_slice(
    run: *mut matriline_post_process,
    userdata: *mut c_void,
    config_value: matriline_config_value_callback,
    cancelled: matriline_cancelled_callback,
    drop_callback: matriline_drop_callback,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let export = Export(Callback::new(userdata, Some((config_value, cancelled)), drop_callback));
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(run, "run") }?.slice = Some(Arc::new(export));
        Ok(())
    })
}
