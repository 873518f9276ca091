//! The options of an application's presets that hold names of capabilities.

use matriline_refs::{PluginOption, PluginOptions};

use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::{answer, enter, object_mut};
use crate::boundary::Fault;
use crate::number;
use matriline::ErrorCode;

/// The plugin-backed options of an application.
pub struct matriline_plugin_options(pub(crate) PluginOptions);

/// What the value of a plugin-backed option is.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_option_value {
    /// The name of a capability, or a list of them.
    CAPABILITY_NAME = 0,
    /// The id of a printer agent; the name of the agent's capability is understood too.
    AGENT_ID = 1,
}

/// No options. Free it with `matriline_plugin_options_free`. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_plugin_options_new() -> *mut matriline_plugin_options {
    made(PluginOptions::new)
}

/// The options of OrcaSlicer: `post_process_plugin`, `printer_agent` and `slicing_pipeline_plugin`. Free it with
/// `matriline_plugin_options_free`. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_plugin_options_orca() -> *mut matriline_plugin_options {
    made(PluginOptions::orca)
}

/// Adds an option, in the place of one with the same key. `type` is a `matriline_capability_type`, where `unknown`
/// stands for any; `value` is a `matriline_option_value`.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_plugin_options_add(
    options: *mut matriline_plugin_options,
    key: matriline_str,
    r#type: u8,
    value: u8,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let (kind, value) = (number::capability_type(r#type)?, number::option_value(value)?);
        // SAFETY: the caller's promise.
        let (options, key) = unsafe { (object_mut(options, "options")?, key.read("key")?.to_owned()) };
        options.0.insert(PluginOption { key, kind, value, built_in: Vec::new() });
        Ok(())
    })
}

/// Adds a value to an option that is the application's own: no plugin is meant, as by an empty value. Fails for a key
/// that no option has.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_plugin_options_add_built_in(
    options: *mut matriline_plugin_options,
    key: matriline_str,
    value: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (options, key) = unsafe { (object_mut(options, "options")?, key.read("key")?) };
        // SAFETY: the caller's promise.
        let value = unsafe { value.read("value") }?;
        if options.0.add_built_in(key, value) {
            return Ok(());
        }
        let message = format!("No option has the key `{key}`: add the option before its values");
        Err(Fault::new(ErrorCode::InvalidArgument, message))
    })
}

/// Frees options. A manager that was started with them does not need them. Threads: any.
///
/// # Safety
/// `options` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_plugin_options_free(options: *mut matriline_plugin_options) {
    // SAFETY: the caller's promise.
    unsafe { super::take(options) }
}

fn made(make: fn() -> PluginOptions) -> *mut matriline_plugin_options {
    answer(std::ptr::null_mut(), || Box::into_raw(Box::new(matriline_plugin_options(make()))))
}
