//! The manager: its start and end, its catalog, look-up.

use std::sync::Arc;

use matriline::{ManagerBuilder, PluginManager};

use super::capability::{matriline_capability, matriline_capability_list};
use super::catalog::matriline_catalog;
use super::config::{matriline_config, write_log};
use super::error::{matriline_error, matriline_result};
use super::host::Application;
use super::permissions::{permits, show};
use super::preset_configs::Overrides;
use super::task::matriline_task;
use super::text::matriline_str;
use super::{enter, give, object, object_mut, slot};
use crate::number::capability_type;

/// The plugin system of the process.
pub struct matriline_manager(pub(crate) PluginManager);

/// Starts Python and a manager. There is one interpreter in a process, so a second manager fails to start while
/// one runs.
///
/// Threads: the main thread.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_start(
    config: *const matriline_config,
    manager_out: *mut *mut matriline_manager,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (config, manager_out) = unsafe { (object(config, "config")?, slot(manager_out, "manager_out")?) };
        let mut builder = PluginManager::builder(&config.data_dir)
            .forward_output(config.forward_output)
            .enforce_requires_python(config.enforce_requires_python)
            .generation(config.generation);
        if !config.application_version.is_empty() {
            builder = builder.application_version(&config.application_version);
        }
        if !config.python_home.is_empty() {
            builder = builder.python_home(&config.python_home);
        }
        if !config.cloud_user.is_empty() {
            builder = builder.cloud_user(&config.cloud_user);
        }
        if !config.hub.is_empty() {
            builder = builder.hub(&config.hub);
        }
        if let Some(options) = config.plugin_options.clone() {
            builder = builder.plugin_options(options);
        }
        if let Some(log) = config.log.clone() {
            builder = builder.log(move |record| write_log(&log, record));
        }
        if let Some(post) = config.post.clone() {
            builder =
                builder.post(move |act| post.with(|post, userdata| post(userdata, matriline_task::new(act))));
        }
        if let Some(host) = config.host.clone() {
            builder = builder.host(Arc::new(Application(host)));
        }
        if let Some(patience) = config.host_patience {
            builder = builder.host_patience(patience);
        }
        if let Some(presets) = config.preset_configs.clone() {
            builder = builder.preset_configs(Overrides(presets));
        }
        if let Some(permissions) = config.permissions.clone() {
            builder = builder.permissions(move |request| permits(&permissions, request));
        }
        if let Some(pages) = config.post_to_page.clone() {
            builder = builder.post_to_page(move |id, message| show(&pages, id, message));
        }
        if let Some(agents) = config.printer_agents.clone() {
            builder = builder.own_printer_agents(agents);
        }
        builder = config.capability_types.iter().cloned().fold(builder, ManagerBuilder::capability_type);
        for (name, init) in &config.submodules {
            // SAFETY: promised to `matriline_config_register_submodule`.
            builder = unsafe { builder.register_submodule(name, *init) };
        }
        builder = config.audit.applied_to(builder).dependencies(config.dependencies.clone());
        give(manager_out, matriline_manager(builder.start()?));
        Ok(())
    })
}

/// Cancels the loads under way, unloads every plugin and refuses further calls; capabilities that are held then fail. What
/// is enabled stays so. Fails with `MATRILINE_RESULT_UNLOAD_FAILED` when a call does not return, and with
/// `MATRILINE_RESULT_BUSY` when a load does not end; whatever could be unloaded is. A second shutdown does nothing.
///
/// Threads: any, outside of every call into a plugin.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_shutdown(
    manager: *mut matriline_manager,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    enter(error_out, || Ok(unsafe { object(manager, "manager") }?.0.shutdown()?))
}

/// Frees a manager, best after `matriline_manager_shutdown`. Python runs on. A callback that has begun goes on; the
/// functions that drop `userdata` are called when none runs any more.
///
/// Threads: any.
///
/// # Safety
/// `manager` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_free(manager: *mut matriline_manager) {
    // SAFETY: the caller's promise.
    unsafe { super::take(manager) }
}

/// Reads the plugin folders anew. No code of a plugin runs. `catalog_out` may be NULL; otherwise it receives a
/// catalog to free with `matriline_catalog_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_discover(
    manager: *mut matriline_manager,
    catalog_out: *mut *mut matriline_catalog,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let catalog = unsafe { object(manager, "manager") }?.0.discover_plugins();
        // SAFETY: the caller's promise.
        if let Some(catalog_out) = unsafe { catalog_out.as_mut() } {
            give(catalog_out, matriline_catalog::of(catalog));
        }
        Ok(())
    })
}

/// What the last discovery found; empty before the first one. `catalog_out` receives a catalog to free with
/// `matriline_catalog_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_catalog(
    manager: *const matriline_manager,
    catalog_out: *mut *mut matriline_catalog,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, slot) = unsafe { (object(manager, "manager")?, slot(catalog_out, "catalog_out")?) };
        give(slot, matriline_catalog::of(manager.0.catalog()));
        Ok(())
    })
}

/// Looks a capability up. `type` is a `matriline_capability_type`. On success `capability_out` receives the
/// capability, to let go with `matriline_capability_release`, or NULL when its plugin is not loaded or has none
/// of that type and name.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_find_capability(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
    capability_out: *mut *const matriline_capability,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let kind = capability_type(r#type)?;
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let (name, slot) = unsafe { (name.read("name")?, object_mut(capability_out, "capability_out")?) };
        let found = manager.0.loader().plugin_capability_by_name(key, kind, name);
        *slot = found.map_or(std::ptr::null(), matriline_capability::of);
        Ok(())
    })
}

/// Switches a capability on or off. While it is off, its calls fail with `MATRILINE_RESULT_CAPABILITY_DISABLED`; it
/// stays loaded and is still found. `type` is a `matriline_capability_type`. `changed_out` may be NULL; otherwise it
/// receives whether that changed anything: false when it was so already or there is no such capability.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_set_capability_enabled(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
    enabled: bool,
    changed_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let kind = capability_type(r#type)?;
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let (name, changed_out) = unsafe { (name.read("name")?, changed_out.as_mut()) };
        let changed = manager.0.loader().set_capability_enabled(key, kind, name, enabled);
        if let Some(changed_out) = changed_out {
            *changed_out = changed;
        }
        Ok(())
    })
}

/// The capabilities of a type, by name and then by plugin key. `type` is a `matriline_capability_type`.
/// `list_out` receives a list to free with `matriline_capability_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_capabilities_by_type(
    manager: *const matriline_manager,
    r#type: u8,
    list_out: *mut *mut matriline_capability_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let kind = capability_type(r#type)?;
        // SAFETY: the caller's promise.
        let (manager, list_out) = unsafe { (object(manager, "manager")?, slot(list_out, "list_out")?) };
        give(list_out, matriline_capability_list(manager.0.loader().plugin_capabilities_by_type(kind)));
        Ok(())
    })
}

/// The capabilities of a plugin in the order of their registration; none when it is not loaded. `list_out`
/// receives a list to free with `matriline_capability_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_capabilities_of_plugin(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    list_out: *mut *mut matriline_capability_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, list_out) = unsafe { (object(manager, "manager")?, slot(list_out, "list_out")?) };
        // SAFETY: the caller's promise.
        let key = unsafe { plugin_key.read("plugin_key") }?;
        give(list_out, matriline_capability_list(manager.0.loader().loaded_plugin_capabilities(key)));
        Ok(())
    })
}
