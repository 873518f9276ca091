//! The configurations of capabilities.

use matriline::{CapabilityConfig, CapabilityId, ConfigScope, StoredConfig};

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::preset::matriline_preset;
use super::text::{give_optional, matriline_str, matriline_text};
use super::{enter, give, object, slot, text_of, value_of};
use crate::boundary::Outcome;
use crate::number::capability_type;

/// What is kept of the configuration of a capability.
pub struct matriline_capability_config(CapabilityConfig);

/// Where a configuration is stored. Functions take it as a `uint8_t`.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_config_scope {
    /// For all presets.
    BASE = 0,
    /// In the edited preset, in the place of the one for all.
    PRESET = 1,
}

/// What is kept of the configuration of a capability, whether its plugin is loaded or not. `type` is a
/// `matriline_capability_type`. `config_out` receives it, to free with `matriline_capability_config_free`.
///
/// Threads: any; may read the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_capability_config(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
    config_out: *mut *mut matriline_capability_config,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, id) = unsafe { (object(manager, "manager")?, identity(plugin_key, r#type, name)?) };
        // SAFETY: the caller's promise.
        let config_out = unsafe { slot(config_out, "config_out") }?;
        give(config_out, matriline_capability_config(manager.0.capability_config(&id)));
        Ok(())
    })
}

/// Whether a configuration is kept there. `scope` is a `matriline_config_scope`. False for NULL.
///
/// Threads: any.
///
/// # Safety
/// `config` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_config_is_stored(
    config: *const matriline_capability_config,
    scope: u8,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(config, false, |config| config.stored(scope).is_some()) }
}

/// The configuration that is kept there, JSON; empty when there is none. It lives as long as `config`.
///
/// Threads: any.
///
/// # Safety
/// `config` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_config_get(
    config: *const matriline_capability_config,
    scope: u8,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(config, |config| config.stored(scope).map_or("", |stored| &stored.config)) }
}

/// The version of the plugin that it was stored by, or empty. It lives as long as `config`.
///
/// Threads: any.
///
/// # Safety
/// `config` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_config_plugin_version(
    config: *const matriline_capability_config,
    scope: u8,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(config, |config| config.stored(scope).map_or("", |stored| &stored.plugin_version)) }
}

/// Frees a configuration. Threads: any.
///
/// # Safety
/// `config` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_config_free(config: *mut matriline_capability_config) {
    // SAFETY: the caller's promise.
    unsafe { super::take(config) }
}

impl matriline_capability_config {
    fn stored(&self, scope: u8) -> Option<&StoredConfig> {
        match config_scope(scope).ok()? {
            ConfigScope::Base => self.0.base.as_ref(),
            ConfigScope::Preset => self.0.preset.as_ref(),
        }
    }
}

/// Stores a configuration, any JSON value. `scope` is a `matriline_config_scope`. `changed_out` may be NULL; otherwise
/// it receives whether that changed anything. Fails with `MATRILINE_RESULT_CONFIG_FAILED` for what is no JSON, for an
/// override that no edited preset could take, and for a file that cannot be written; what was stored stays.
///
/// Threads: any; waits for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_save_capability_config(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
    scope: u8,
    config: matriline_str,
    changed_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, id) = unsafe { (object(manager, "manager")?, identity(plugin_key, r#type, name)?) };
        // SAFETY: the caller's promise.
        let (config, changed_out) = unsafe { (config.read("config")?, changed_out.as_mut()) };
        let changed = manager.0.save_capability_config(&id, config_scope(scope)?, config)?;
        changed_out.into_iter().for_each(|out| *out = changed);
        Ok(())
    })
}

/// Takes the override of the edited preset away, so that the configuration for all counts again. `removed_out` may be
/// NULL; otherwise it receives whether there was one.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_remove_config_override(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
    removed_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, id) = unsafe { (object(manager, "manager")?, identity(plugin_key, r#type, name)?) };
        let removed = manager.0.remove_config_override(&id)?;
        // SAFETY: the caller's promise.
        unsafe { removed_out.as_mut() }.into_iter().for_each(|out| *out = removed);
        Ok(())
    })
}

/// Stores the configuration that a capability of a loaded plugin begins with, for all presets. `config_out` receives
/// it, JSON, to free with `matriline_text_free`.
///
/// Threads: any; runs Python.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_restore_default_config(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
    config_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, id) = unsafe { (object(manager, "manager")?, identity(plugin_key, r#type, name)?) };
        // SAFETY: the caller's promise.
        let config_out = unsafe { slot(config_out, "config_out") }?;
        give(config_out, matriline_text(manager.0.restore_default_config(&id)?));
        Ok(())
    })
}

/// The page of a capability for its configuration. `html_out` receives it as HTML, to free with `matriline_text_free`,
/// or NULL when there is none, or an empty one: the application then offers an editor of JSON, as it does beside the
/// error when the plugin fails. Disabled capabilities are configured as well.
///
/// Threads: any; runs Python.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_config_ui(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
    html_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, id) = unsafe { (object(manager, "manager")?, identity(plugin_key, r#type, name)?) };
        // SAFETY: the caller's promise.
        let html_out = unsafe { slot(html_out, "html_out") }?;
        give_optional(html_out, manager.0.config_ui(&id)?);
        Ok(())
    })
}

/// Whether a capability has such a page, as it said when it was loaded. False for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_has_config_ui(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        value_of(manager, false, |manager| {
            identity(plugin_key, r#type, name).is_ok_and(|id| manager.0.has_config_ui(&id))
        })
    }
}

/// The text of a preset's overrides as the preset should be saved with it: without those of capabilities that none of
/// its options names. `text_out` receives it, to free with `matriline_text_free`, or NULL when `overrides` stays.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_prune_config_overrides(
    manager: *const matriline_manager,
    preset: *const matriline_preset,
    overrides: matriline_str,
    text_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, preset) = unsafe { (object(manager, "manager")?, object(preset, "preset")?) };
        // SAFETY: the caller's promise.
        let (text, out) = unsafe { (overrides.read("overrides")?, slot(text_out, "text_out")?) };
        give_optional(out, manager.0.prune_config_overrides(&preset.0, text));
        Ok(())
    })
}

/// # Safety
/// Every text is readable.
unsafe fn identity(plugin_key: matriline_str, kind: u8, name: matriline_str) -> Outcome<CapabilityId> {
    // SAFETY: the caller's promise.
    let (key, name) = unsafe { (plugin_key.read("plugin_key")?, name.read("name")?) };
    Ok(CapabilityId { kind: capability_type(kind)?, name: name.to_owned(), plugin_key: key.to_owned() })
}

fn config_scope(number: u8) -> Outcome<ConfigScope> {
    match number {
        0 => Ok(ConfigScope::Base),
        1 => Ok(ConfigScope::Preset),
        _ => Err(crate::number::unknown("scope of a configuration", number)),
    }
}
