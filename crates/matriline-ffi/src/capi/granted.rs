//! What plugins are allowed, want, and lose.

use matriline::audit::Permission;

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{answer, enter, give, object, object_mut, slot, value_of};
use crate::number::permission_kind;

/// Permissions in an order.
pub struct matriline_permission_list(Vec<Permission>);

/// One thing that a plugin is allowed, or asks for.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_permission_item {
    /// What may be done, a `matriline_permission`.
    pub permission: u8,
    /// To what: a path, a host, a program, in the forms of a sidecar. A folder with everything below ends in a slash and
    /// two asterisks, a host and all below it begins with an asterisk and a dot.
    pub target: matriline_str,
}

impl matriline_permission_item {
    pub(crate) fn of(permission: &Permission) -> Self {
        Self { permission: permission.kind as u8, target: matriline_str::of(&permission.target) }
    }
}

/// What the user has allowed a plugin, whether or not it is loaded, as its sidecar lists it. `list_out` receives a list to
/// free with `matriline_permission_list_free`.
///
/// Threads: any. It blocks for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_permissions(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    list_out: *mut *mut matriline_permission_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let list_out = unsafe { slot(list_out, "list_out") }?;
        give(list_out, matriline_permission_list(manager.0.permissions(key)?));
        Ok(())
    })
}

/// What a plugin asks for in its table `[tool.matriline.permissions]` and does not have. `list_out` is as for
/// `matriline_manager_permissions`.
///
/// Threads: any. It blocks for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_wanted_permissions(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    list_out: *mut *mut matriline_permission_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let list_out = unsafe { slot(list_out, "list_out") }?;
        give(list_out, matriline_permission_list(manager.0.wanted_permissions(key)?));
        Ok(())
    })
}

/// Has the user decide on all of that at once, by the callback of `matriline_config_set_permissions`: the dialog for after
/// an install. `granted_out` may be NULL; otherwise it receives whether the plugin has everything it asks for.
///
/// Threads: any. It blocks for the user and for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_ask_permissions(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    granted_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        let granted = manager.0.ask_permissions(key)?;
        // SAFETY: the caller's promise.
        unsafe { granted_out.as_mut() }.into_iter().for_each(|out| *out = granted);
        Ok(())
    })
}

/// Takes a permission back, also from a plugin that runs: what it does next is decided without it. `revoked_out` may be
/// NULL; otherwise it receives whether the plugin had it.
///
/// Threads: any. It blocks for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_revoke_permission(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    item: *const matriline_permission_item,
    revoked_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key, item) =
            unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?, object(item, "item")?) };
        // SAFETY: the caller's promise.
        let target = unsafe { item.target.read("target") }?.to_owned();
        let permission = Permission { kind: permission_kind(item.permission)?, target };
        let revoked = manager.0.revoke(key, &permission)?;
        // SAFETY: the caller's promise.
        unsafe { revoked_out.as_mut() }.into_iter().for_each(|out| *out = revoked);
        Ok(())
    })
}

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_permission_list_len(list: *const matriline_permission_list) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(list, 0, |list| list.0.len()) }
}

/// Writes one of them to `item_out`, whose text lives as long as the list; false, and `item_out` as it was, beyond the
/// end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_permission_list_get(
    list: *const matriline_permission_list,
    index: usize,
    item_out: *mut matriline_permission_item,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (list, item_out) = unsafe { (list.as_ref(), object_mut(item_out, "item_out")) };
        let found = list.and_then(|list| list.0.get(index)).zip(item_out.ok());
        found.map(|(permission, out)| *out = matriline_permission_item::of(permission)).is_some()
    })
}

/// Frees a list. Threads: any.
///
/// # Safety
/// `list` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_permission_list_free(list: *mut matriline_permission_list) {
    // SAFETY: the caller's promise.
    unsafe { super::take(list) }
}
