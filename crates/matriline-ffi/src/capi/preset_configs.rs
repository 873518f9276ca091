//! The overrides of configurations in the preset that is edited.

use std::ffi::c_void;
use std::sync::Arc;

use matriline::{CapabilityType, ErrorCode, PresetConfigs};

use super::callback::{Callback, matriline_drop_callback};
use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::text::{matriline_str, matriline_text, take_text};
use super::{enter, object_mut};
use crate::boundary::Fault;

/// Answers the overrides of configurations in the edited preset: the text of an option, empty without overrides; NULL
/// without such a preset. `type` is the `matriline_capability_type` of the capability, which says whether the print or
/// the printer preset is meant. The library frees the text.
pub type matriline_overrides_callback =
    Option<extern "C" fn(userdata: *mut c_void, r#type: u8) -> *mut matriline_text>;

/// Puts a text in their place.
pub type matriline_set_overrides_callback =
    Option<extern "C" fn(userdata: *mut c_void, r#type: u8, text: matriline_str)>;

/// Both functions of the edited preset.
pub(crate) type PresetFunctions = Callback<Functions>;

type Functions =
    (extern "C" fn(*mut c_void, u8) -> *mut matriline_text, extern "C" fn(*mut c_void, u8, matriline_str));

/// The edited preset, as C keeps it.
pub(crate) struct Overrides(pub(crate) Arc<PresetFunctions>);

impl PresetConfigs for Overrides {
    fn overrides(&self, kind: CapabilityType) -> Option<String> {
        // SAFETY: the text comes from `matriline_text_new`, and the callback gives it away.
        self.0.ask(None, |(get, _), userdata| unsafe { take_text(get(userdata, kind.number())) })
    }

    fn set_overrides(&self, kind: CapabilityType, text: &str) {
        self.0.with(|(_, set), userdata| set(userdata, kind.number(), matriline_str::of(text)));
    }
}

/// Sets where overrides of configurations are kept. `get` and `set` are called on any thread, without the GIL; with
/// NULL for both no configuration is overridden. `drop_callback` may be NULL; otherwise it is called once with
/// `userdata`, on any thread, when neither the options nor a manager needs it any more.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_preset_configs(
    config: *mut matriline_config,
    userdata: *mut c_void,
    get: matriline_overrides_callback,
    set: matriline_set_overrides_callback,
    drop_callback: matriline_drop_callback,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let functions = get.zip(set);
    let is_half = get.is_some() != set.is_some();
    let callback = Callback::new(userdata, functions, drop_callback);
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let config = unsafe { object_mut(config, "config") }?;
        if is_half {
            let message = "Only one of `get` and `set` is NULL: give both functions, or neither";
            return Err(Fault::new(ErrorCode::InvalidArgument, message));
        }
        config.preset_configs = functions.is_some().then(|| Arc::new(callback));
        Ok(())
    })
}
