//! The capabilities that an option may name.

use matriline_refs::Available;

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{answer, enter, give, object, slot, value_of};
use crate::number;

/// The capabilities that an option of a type may name, by name and then by plugin key.
pub struct matriline_pickable_list(Vec<(Available, String)>);

/// One of them, as long as its list lives.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_pickable {
    /// The type of the capability, a `matriline_capability_type`.
    pub kind: u8,
    /// Its name.
    pub name: matriline_str,
    /// The key of its plugin.
    pub plugin_key: matriline_str,
    /// The display name of its plugin.
    pub plugin_name: matriline_str,
    /// The entry of `plugins` that leads to it.
    pub reference: matriline_str,
    /// What to store in the option.
    pub value: matriline_str,
}

/// The enabled capabilities that an option of a type may name. `type` is a `matriline_capability_type`, where
/// `unknown` stands for any. `list_out` receives a list to free with `matriline_pickable_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_pickable(
    manager: *const matriline_manager,
    r#type: u8,
    list_out: *mut *mut matriline_pickable_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let kind = number::capability_type(r#type)?;
        // SAFETY: the caller's promise.
        let (manager, list_out) = unsafe { (object(manager, "manager")?, slot(list_out, "list_out")?) };
        let with_reference = |found: Available| {
            let reference = found.reference().map(|reference| reference.to_string()).unwrap_or_default();
            (found, reference)
        };
        let found = manager.0.pickable(kind).into_iter().map(with_reference);
        give(list_out, matriline_pickable_list(found.collect()));
        Ok(())
    })
}

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_pickable_list_len(list: *const matriline_pickable_list) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(list, 0, |list| list.0.len()) }
}

/// Writes one of them to `pickable_out`; false, and `pickable_out` as it was, beyond the end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_pickable_list_get(
    list: *const matriline_pickable_list,
    index: usize,
    pickable_out: *mut matriline_pickable,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (list, pickable_out) = unsafe { (list.as_ref(), pickable_out.as_mut()) };
        let found = list.and_then(|list| list.0.get(index));
        if let (Some((it, reference)), Some(pickable_out)) = (found, pickable_out) {
            *pickable_out = matriline_pickable {
                kind: it.kind.number(),
                name: matriline_str::of(&it.capability_name),
                plugin_key: matriline_str::of(&it.plugin_key),
                plugin_name: matriline_str::of(&it.name),
                reference: matriline_str::of(reference),
                value: matriline_str::of(it.agent_id.as_deref().unwrap_or(&it.capability_name)),
            };
        }
        found.is_some()
    })
}

/// Frees a list and what was got of it. Threads: any.
///
/// # Safety
/// `list` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_pickable_list_free(list: *mut matriline_pickable_list) {
    // SAFETY: the caller's promise.
    unsafe { super::take(list) }
}
