//! Plugins that were running when a process died.

use matriline::{Activity, CapabilityType, Crash};

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{answer, enter, give, object, slot, value_of};
use crate::boundary::Outcome;
use crate::cxx_side::install::unix_seconds;
use crate::cxx_side::record::activity_number;

/// The plugins that were running when an earlier process on the data folder died.
pub struct matriline_crash_list(Vec<Row>);

struct Row {
    crash: Crash,
    activity: u8,
    text: String,
}

/// What a plugin was doing.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_activity {
    /// Its module was being imported.
    IMPORTING = 0,
    /// Its capabilities were being made, or their `on_load` ran.
    LOADING = 1,
    /// A capability was being called.
    CALLING = 2,
    /// Its `on_unload` ran, or its modules were being dropped.
    UNLOADING = 3,
}

/// A plugin that was running when a process died. The texts live as long as the list.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_crash {
    /// The key of the plugin.
    pub plugin_key: matriline_str,
    /// What it was doing, a `matriline_activity`.
    pub activity: u8,
    /// The type of the capability that was being called, a `matriline_capability_type`; unknown when none was.
    pub kind: u8,
    /// Its name; the end of a very long one is missing.
    pub capability: matriline_str,
    /// When the process was last seen alive, in seconds since 1970.
    pub when: i64,
    /// All of it in a sentence.
    pub text: matriline_str,
}

/// The plugins that were running when an earlier process died, as this manager found at its start. They are not loaded
/// by `matriline_manager_load_enabled` any more; loading one by its key enables it again. `list_out` receives a list to
/// free with `matriline_crash_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_crashes(
    manager: *const matriline_manager,
    list_out: *mut *mut matriline_crash_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, out) = unsafe { (object(manager, "manager")?, slot(list_out, "list_out")?) };
        let rows: Outcome<Vec<_>> = manager.0.crashes().iter().map(Row::of).collect();
        give(out, matriline_crash_list(rows?));
        Ok(())
    })
}

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_crash_list_len(list: *const matriline_crash_list) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(list, 0, |list| list.0.len()) }
}

/// Writes one of them to `crash_out`, which may be NULL; false, and `crash_out` as it was, beyond the end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_crash_list_get(
    list: *const matriline_crash_list,
    index: usize,
    crash_out: *mut matriline_crash,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (list, crash_out) = unsafe { (list.as_ref(), crash_out.as_mut()) };
        let found = list.and_then(|list| list.0.get(index));
        if let (Some(row), Some(crash_out)) = (found, crash_out) {
            *crash_out = row.written();
        }
        found.is_some()
    })
}

/// Frees a list. Threads: any.
///
/// # Safety
/// `list` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_crash_list_free(list: *mut matriline_crash_list) {
    // SAFETY: the caller's promise.
    unsafe { super::take(list) }
}

impl Row {
    fn of(crash: &Crash) -> Outcome<Self> {
        let activity = activity_number(&crash.activity)?;
        Ok(Self { crash: crash.clone(), activity, text: crash.to_string() })
    }

    fn written(&self) -> matriline_crash {
        let (kind, capability) = match &self.crash.activity {
            Activity::Calling { kind, capability } => (*kind, capability.as_str()),
            _ => (CapabilityType::Unknown, ""),
        };
        matriline_crash {
            plugin_key: matriline_str::of(&self.crash.plugin),
            activity: self.activity,
            kind: kind.number(),
            capability: matriline_str::of(capability),
            when: unix_seconds(self.crash.when),
            text: matriline_str::of(&self.text),
        }
    }
}
