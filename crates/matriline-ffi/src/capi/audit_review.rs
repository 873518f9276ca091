//! What was refused to plugins, and what they did.

use std::path::Path;

use matriline::audit::AuditViolation;

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{answer, enter, give, object, object_mut, slot, value_of};
use crate::number::audit_mode;

/// Violations in an order.
pub struct matriline_violation_list(pub(crate) Vec<AuditViolation>);

/// An act that was refused.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_violation {
    /// The key of the plugin.
    pub plugin_key: matriline_str,
    /// The capability that was called; empty outside of a call.
    pub capability: matriline_str,
    /// The audit event of Python, or a word of the application.
    pub event_name: matriline_str,
    /// What it would have been done to.
    pub path: matriline_str,
    /// Why it was refused.
    pub reason: matriline_str,
}

impl matriline_violation {
    fn of(violation: &AuditViolation) -> Self {
        Self {
            plugin_key: matriline_str::of(&violation.plugin_key),
            capability: matriline_str::of(&violation.capability),
            event_name: matriline_str::of(&violation.event_name),
            path: matriline_str::of(&violation.path),
            reason: matriline_str::of(&violation.reason),
        }
    }
}

/// What was refused to a plugin since it was loaded last, oldest first, also where it swallowed the exception: the last
/// hundred. `list_out` receives a list to free with `matriline_violation_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_violations(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    list_out: *mut *mut matriline_violation_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        give(unsafe { slot(list_out, "list_out") }?, matriline_violation_list(manager.0.violations(key)));
        Ok(())
    })
}

/// How often something was refused to a plugin since it was loaded last; 0 for NULL. Threads: any.
///
/// # Safety
/// `manager` is NULL or valid, the text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_violation_count(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
) -> u64 {
    answer(0, || {
        // SAFETY: the caller's promise.
        let found = unsafe { manager.as_ref().zip(plugin_key.read("plugin_key").ok()) };
        found.map_or(0, |(manager, key)| manager.0.violation_count(key))
    })
}

/// Writes what plugins did to one file, oldest first, a JSON object a line.
///
/// Threads: any. It blocks for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_export_activity(
    manager: *const matriline_manager,
    file: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, file) = unsafe { (object(manager, "manager")?, file.read("file")?) };
        Ok(manager.0.export_activity(Path::new(file))?)
    })
}

/// Sets whether each act of a plugin is a debug message in the log as well, a little later.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_set_verbose_events(
    manager: *mut matriline_manager,
    verbose: bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object(manager, "manager") }?.0.set_verbose_events(verbose);
        Ok(())
    })
}

/// Changes how strict the policy is with a plugin that is loaded, a `matriline_audit_mode`, at once and until it is loaded
/// again. `changed_out` may be NULL; otherwise it receives whether the plugin is loaded.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_set_audit_mode(
    manager: *mut matriline_manager,
    plugin_key: matriline_str,
    mode: u8,
    changed_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        let changed = manager.0.set_audit_mode(key, audit_mode(mode)?);
        // SAFETY: the caller's promise.
        unsafe { changed_out.as_mut() }.into_iter().for_each(|out| *out = changed);
        Ok(())
    })
}

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_violation_list_len(list: *const matriline_violation_list) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(list, 0, |list| list.0.len()) }
}

/// Writes one of them to `violation_out`, whose texts live as long as the list; false, and `violation_out` as it was,
/// beyond the end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_violation_list_get(
    list: *const matriline_violation_list,
    index: usize,
    violation_out: *mut matriline_violation,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (list, out) = unsafe { (list.as_ref(), object_mut(violation_out, "violation_out")) };
        let found = list.and_then(|list| list.0.get(index)).zip(out.ok());
        found.map(|(violation, out)| *out = matriline_violation::of(violation)).is_some()
    })
}

/// Frees a list. Threads: any.
///
/// # Safety
/// `list` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_violation_list_free(list: *mut matriline_violation_list) {
    // SAFETY: the caller's promise.
    unsafe { super::take(list) }
}
