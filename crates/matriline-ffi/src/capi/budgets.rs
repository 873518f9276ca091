//! What plugins may take.

use std::time::Duration;

use matriline::{ErrorCode, Phase};

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::{enter, object, object_mut};
use crate::boundary::{Fault, Outcome};
use crate::cxx_side::record::budgets_of;

/// The place of the budget of a call, behind those of the phases.
const CALL: usize = Phase::ALL.len();

/// How long plugins may take. Nothing is stopped: what takes longer is a warning in the log and an event when it ends.
#[derive(Default)]
pub struct matriline_budgets([Option<Duration>; CALL + 1]);

/// Budgets of which none is set. Free them with `matriline_budgets_free`. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_budgets_new() -> *mut matriline_budgets {
    super::answer(std::ptr::null_mut(), || Box::into_raw(Box::default()))
}

/// Sets how long a phase may take; `phase` is a `matriline_phase`.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_budgets_set_phase(
    budgets: *mut matriline_budgets,
    phase: u8,
    nanoseconds: u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let place = usize::from(phase);
        if place >= CALL {
            let message = format!("No phase has the number {phase}: use one that the header names");
            return Err(Fault::new(ErrorCode::InvalidArgument, message));
        }
        // SAFETY: the caller's promise.
        unsafe { set(budgets, place, nanoseconds) }
    })
}

/// Sets how long each call of a capability may take.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_budgets_set_call(
    budgets: *mut matriline_budgets,
    nanoseconds: u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    enter(error_out, || unsafe { set(budgets, CALL, nanoseconds) })
}

/// Frees budgets. Threads: any.
///
/// # Safety
/// `budgets` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_budgets_free(budgets: *mut matriline_budgets) {
    // SAFETY: the caller's promise.
    unsafe { super::take(budgets) }
}

/// Sets what plugins may take from now on; they are copied. With NULL, whatever they like. What takes longer is told to
/// those of `matriline_manager_subscribe_on_over_budget`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_set_budgets(
    manager: *mut matriline_manager,
    budgets: *const matriline_budgets,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, budgets) = unsafe { (object(manager, "manager")?, budgets.as_ref()) };
        manager.0.set_budgets(budgets_of(|place| budgets.and_then(|budgets| budgets.0[place])));
        Ok(())
    })
}

/// # Safety
/// As the functions above.
unsafe fn set(budgets: *mut matriline_budgets, place: usize, nanoseconds: u64) -> Outcome<()> {
    // SAFETY: the caller's promise.
    unsafe { object_mut(budgets, "budgets") }?.0[place] = Some(Duration::from_nanos(nanoseconds));
    Ok(())
}
