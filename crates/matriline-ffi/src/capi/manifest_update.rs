//! What a preset that is saved says of plugins.

use matriline_refs::{Ambiguous, DecidedBy, ManifestUpdate, Unresolved};

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::preset::matriline_preset;
use super::text::matriline_str;
use super::text_list::matriline_text_list;
use super::{answer, enter, give, object, slot, value_of};

/// What a preset's `plugins` array becomes, and why.
pub struct matriline_manifest_update {
    plugins: matriline_text_list,
    added: matriline_text_list,
    pruned: matriline_text_list,
    ambiguous: Vec<(Ambiguous, matriline_text_list)>,
    unresolved: Vec<Unresolved>,
}

/// What decides between several plugins.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_decided_by {
    /// The preset had a reference before.
    PRESET = 0,
    /// The smallest plugin key.
    PLUGIN_KEY = 1,
}

/// A value of an option that more than one plugin could serve. It lives as long as its update.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_ambiguous_value {
    /// The key of the option.
    pub option: matriline_str,
    /// The value.
    pub value: matriline_str,
    /// The reference that stands for it.
    pub chosen: matriline_str,
    /// What decided, a `matriline_decided_by`.
    pub decided_by: u8,
    /// The references that could stand for it, the chosen one first.
    pub candidates: *const matriline_text_list,
}

/// A value of an option for which neither the preset nor a loaded plugin has an answer. It lives as long as its
/// update.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_unresolved_value {
    /// The key of the option.
    pub option: matriline_str,
    /// The value.
    pub value: matriline_str,
}

impl matriline_manifest_update {
    fn of(update: ManifestUpdate) -> Self {
        let ManifestUpdate { plugins, added, pruned, ambiguous, unresolved } = update;
        let [plugins, added, pruned] = [plugins, added, pruned].map(matriline_text_list);
        let with_list = |mut it: Ambiguous| {
            let candidates = matriline_text_list(std::mem::take(&mut it.candidates));
            (it, candidates)
        };
        let ambiguous = ambiguous.into_iter().map(with_list).collect();
        Self { plugins, added, pruned, ambiguous, unresolved }
    }
}

/// The `plugins` array a preset is to be saved with. A reference goes when no option uses its name, never because
/// its plugin is not loaded; a name in use that has none gets one of what is loaded. `update_out` receives an
/// update to free with `matriline_manifest_update_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_update_manifest(
    manager: *const matriline_manager,
    preset: *const matriline_preset,
    update_out: *mut *mut matriline_manifest_update,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, preset) = unsafe { (object(manager, "manager")?, object(preset, "preset")?) };
        // SAFETY: the caller's promise.
        let update_out = unsafe { slot(update_out, "update_out") }?;
        give(update_out, matriline_manifest_update::of(manager.0.update_manifest(&preset.0)));
        Ok(())
    })
}

/// The new array, as long as the update lives; NULL for NULL. Threads: any.
///
/// # Safety
/// `update` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manifest_update_plugins(
    update: *const matriline_manifest_update,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { list_of(update, |update| &update.plugins) }
}

/// The entries that are new in it, as long as the update lives; NULL for NULL. Threads: any.
///
/// # Safety
/// `update` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manifest_update_added(
    update: *const matriline_manifest_update,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { list_of(update, |update| &update.added) }
}

/// The entries that are gone, as long as the update lives; NULL for NULL. Threads: any.
///
/// # Safety
/// `update` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manifest_update_pruned(
    update: *const matriline_manifest_update,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { list_of(update, |update| &update.pruned) }
}

/// Writes an ambiguous value to `value_out`; false, and `value_out` as it was, beyond the end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manifest_update_ambiguous(
    update: *const matriline_manifest_update,
    index: usize,
    value_out: *mut matriline_ambiguous_value,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (update, value_out) = unsafe { (update.as_ref(), value_out.as_mut()) };
        let found = update.and_then(|update| update.ambiguous.get(index));
        if let (Some((it, candidates)), Some(value_out)) = (found, value_out) {
            *value_out = matriline_ambiguous_value {
                option: matriline_str::of(&it.option),
                value: matriline_str::of(&it.value),
                chosen: matriline_str::of(&it.chosen),
                decided_by: match it.decided_by {
                    DecidedBy::Preset => matriline_decided_by::PRESET,
                    DecidedBy::PluginKey => matriline_decided_by::PLUGIN_KEY,
                } as u8,
                candidates,
            };
        }
        found.is_some()
    })
}

/// Writes an unresolved value to `value_out`; false, and `value_out` as it was, beyond the end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manifest_update_unresolved(
    update: *const matriline_manifest_update,
    index: usize,
    value_out: *mut matriline_unresolved_value,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (update, value_out) = unsafe { (update.as_ref(), value_out.as_mut()) };
        let found = update.and_then(|update| update.unresolved.get(index));
        if let (Some(it), Some(value_out)) = (found, value_out) {
            let (option, value) = (matriline_str::of(&it.option), matriline_str::of(&it.value));
            *value_out = matriline_unresolved_value { option, value };
        }
        found.is_some()
    })
}

/// Frees an update and what was got of it. Threads: any.
///
/// # Safety
/// `update` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manifest_update_free(update: *mut matriline_manifest_update) {
    // SAFETY: the caller's promise.
    unsafe { super::take(update) }
}

/// # Safety
/// As the functions above.
unsafe fn list_of(
    update: *const matriline_manifest_update,
    list: impl FnOnce(&matriline_manifest_update) -> &matriline_text_list,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { value_of(update, std::ptr::null(), |update| std::ptr::from_ref(list(update))) }
}
