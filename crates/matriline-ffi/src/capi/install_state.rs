//! What the sidecars of plugins say: the wishes of the user.

use matriline::{CapabilityType, InstallState};
use matriline_catalog::state::InstalledFrom;

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::text_list::matriline_text_list;
use super::{answer, enter, give, object, slot, text_of, value_of};

/// What the sidecar of a plugin said when it was asked.
pub struct matriline_install_state(InstallState);

/// The wish of the user for one capability. The text lives as long as the state.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_capability_state {
    /// The name of the capability.
    pub name: matriline_str,
    /// Its type, a `matriline_capability_type`; unknown where the sidecar names none, since the plugin has one capability
    /// of that name.
    pub kind: u8,
    /// The wish.
    pub enabled: bool,
}

/// The keys of the plugins to load at the start, in the order of their folders: those that can be loaded and whose
/// sidecar says now that they are enabled. `list_out` receives a list to free with `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_enabled_plugins(
    manager: *const matriline_manager,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, out) = unsafe { (object(manager, "manager")?, slot(list_out, "list_out")?) };
        give(out, matriline_text_list(manager.0.enabled_plugin_keys()));
        Ok(())
    })
}

/// What the sidecar of an installed plugin says now. `state_out` receives an object to free with
/// `matriline_install_state_free`, or NULL when the plugin has no sidecar or is not known.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_install_state(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    state_out: *mut *mut matriline_install_state,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let out = unsafe { slot(state_out, "state_out") }?;
        match manager.0.install_state(key) {
            Some(state) => give(out, matriline_install_state(state)),
            None => *out = std::ptr::null_mut(),
        }
        Ok(())
    })
}

/// Whether the plugin is to be loaded at the start; false for NULL. Threads: any.
///
/// # Safety
/// `state` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_install_state_is_enabled(state: *const matriline_install_state) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(state, false, |state| state.0.enabled) }
}

/// Where the plugin came from: `local`, `cloud`, or an empty text. Threads: any.
///
/// # Safety
/// `state` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_install_state_installed_from(
    state: *const matriline_install_state,
) -> matriline_str {
    let from = |state: &matriline_install_state| match state.0.installed_from {
        Some(InstalledFrom::Local) => matriline_str::of("local"),
        Some(InstalledFrom::Cloud) => matriline_str::of("cloud"),
        None => matriline_str::of(""),
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(state, matriline_str::of(""), from) }
}

/// The version that was installed, or an empty text. Threads: any.
///
/// # Safety
/// `state` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_install_state_installed_version(
    state: *const matriline_install_state,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(state, |state| &state.0.installed_version) }
}

/// The plugin's UUID in the cloud; empty for a local one. Threads: any.
///
/// # Safety
/// `state` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_install_state_cloud_uuid(
    state: *const matriline_install_state,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(state, |state| state.0.cloud_uuid.as_deref().unwrap_or_default()) }
}

/// How many capabilities it has wishes for; 0 for NULL. Threads: any.
///
/// # Safety
/// `state` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_install_state_capabilities_len(
    state: *const matriline_install_state,
) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(state, 0, |state| state.0.capabilities.len()) }
}

/// Writes the wish for one capability, in the order of their registration, to `capability_out`, which may be NULL; false,
/// and `capability_out` as it was, beyond the end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_install_state_capability(
    state: *const matriline_install_state,
    index: usize,
    capability_out: *mut matriline_capability_state,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (state, capability_out) = unsafe { (state.as_ref(), capability_out.as_mut()) };
        let found = state.and_then(|state| state.0.capabilities.get(index));
        if let (Some(flag), Some(capability_out)) = (found, capability_out) {
            let kind = flag.kind.as_deref().map_or(CapabilityType::Unknown, CapabilityType::from_text);
            *capability_out = matriline_capability_state {
                name: matriline_str::of(&flag.name),
                kind: kind.number(),
                enabled: flag.enabled,
            };
        }
        found.is_some()
    })
}

/// Frees a state. Threads: any.
///
/// # Safety
/// `state` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_install_state_free(state: *mut matriline_install_state) {
    // SAFETY: the caller's promise.
    unsafe { super::take(state) }
}
