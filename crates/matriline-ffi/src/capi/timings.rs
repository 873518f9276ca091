//! What plugins take.

use matriline::{Phase, PluginTimings, Timing};

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{answer, enter, give, object, slot, value_of};
use crate::cxx_side::record::nanoseconds;

/// What a plugin has taken.
pub struct matriline_timings(PluginTimings);

/// An act of a plugin's life.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_phase {
    /// Its folder is read.
    DISCOVER = 0,
    /// Its environment is made, or found.
    ENVIRONMENT = 1,
    /// Its module is imported.
    IMPORT = 2,
    /// Its capabilities are registered and made.
    REGISTER = 3,
    /// The `on_load` of all of its capabilities.
    ON_LOAD = 4,
    /// The `on_unload` of all of its capabilities.
    ON_UNLOAD = 5,
}

/// What an act has taken.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct matriline_timing {
    /// How often it was run to its end.
    pub count: u64,
    /// All of its runs together.
    pub total_ns: u64,
    /// The longest run.
    pub worst_ns: u64,
    /// The run that ended last.
    pub last_ns: u64,
}

impl From<&Timing> for matriline_timing {
    fn from(timing: &Timing) -> Self {
        Self {
            count: timing.count,
            total_ns: nanoseconds(timing.total),
            worst_ns: nanoseconds(timing.worst),
            last_ns: nanoseconds(timing.last),
        }
    }
}

/// What a method of a capability has taken since its plugin was loaded. The texts live as long as the timings.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_method_timing {
    /// The type of the capability, a `matriline_capability_type`.
    pub kind: u8,
    /// Its name.
    pub name: matriline_str,
    /// The method: `execute`.
    pub method: matriline_str,
    /// What it has taken.
    pub timing: matriline_timing,
}

/// What a plugin has taken so far; nothing for one that is not known. `timings_out` receives an object to free with
/// `matriline_timings_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_timings(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    timings_out: *mut *mut matriline_timings,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        give(unsafe { slot(timings_out, "timings_out") }?, matriline_timings(manager.0.timings(key)));
        Ok(())
    })
}

/// What a phase has taken, over all loads; `phase` is a `matriline_phase`. Nothing for a number that is none, and for
/// NULL. Threads: any.
///
/// # Safety
/// `timings` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_timings_phase(
    timings: *const matriline_timings,
    phase: u8,
) -> matriline_timing {
    let of = |it: &matriline_timings| {
        let phase = Phase::ALL.get(usize::from(phase));
        phase.map(|phase| it.0.phases.of(*phase).into()).unwrap_or_default()
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(timings, matriline_timing::default(), of) }
}

/// How many methods there are; 0 for a plugin that is not loaded, and for NULL. Threads: any.
///
/// # Safety
/// `timings` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_timings_methods_len(timings: *const matriline_timings) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(timings, 0, |it| it.0.methods.len()) }
}

/// Writes what one method has taken to `method_out`, which may be NULL; false, and `method_out` as it was, beyond the
/// end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_timings_method(
    timings: *const matriline_timings,
    index: usize,
    method_out: *mut matriline_method_timing,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (timings, method_out) = unsafe { (timings.as_ref(), method_out.as_mut()) };
        let found = timings.and_then(|timings| timings.0.methods.get(index));
        if let (Some(method), Some(method_out)) = (found, method_out) {
            *method_out = matriline_method_timing {
                kind: method.capability.kind.number(),
                name: matriline_str::of(&method.capability.name),
                method: matriline_str::of(method.method),
                timing: (&method.timing).into(),
            };
        }
        found.is_some()
    })
}

/// Frees timings. Threads: any.
///
/// # Safety
/// `timings` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_timings_free(timings: *mut matriline_timings) {
    // SAFETY: the caller's promise.
    unsafe { super::take(timings) }
}
