//! The audit hook (PEP 578): asks the policy about what Python code is about to do.
//!
//! The order is by cost: the event's name, then whose code runs, then what is acted on. A path is resolved with one
//! question to the kernel (see [`matriline_roots::resolve`]), decided by the rules, grants and mode of the plugin whose
//! code it is, and where the user is to be asked, the [`Auditor`] is. Code of nobody (a thread that came to Python past
//! us) reads the standard library and may do nothing else.
//!
//! In reading order: `targets` reads an event's arguments, `decide` brings the decision about, `stack` looks at the
//! Python frames, `approvals` remembers what was allowed during a call, `questions` asks, `refuse` says no; `read` is
//! the short way for files that are only read, and `repeats` counts them.
//!
//! A hook is policy and log for honest code, not a wall: native code acts without raising an event.

mod approvals;
mod auditor;
mod decide;
mod library;
mod programs;
mod questions;
mod read;
mod refuse;
mod repeats;
mod stack;
mod standing;
mod targets;
mod unclassified;

pub use auditor::{Auditor, set_auditor};
pub use repeats::take_repeats;
pub use standing::{Standing, clear_last_violation, last_violation, report};

pub(crate) use approvals::Approvals;
pub(crate) use library::{is_standard_library, set_standard_library};
pub(crate) use stack::plugin_on_stack;
pub(crate) use targets::path_bytes;

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use matriline_policy::{Category, EventRule, Known, Targets, classify};
use once_cell::sync::OnceCell;
use pyo3::exceptions::PyPermissionError;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::identity::{self, Who};
use decide::Actor;

type Hook = unsafe extern "C" fn(*const c_char, *mut PyObject, *mut c_void) -> c_int;

unsafe extern "C" {
    // Not declared by `pyo3-ffi`.
    fn PySys_AddAuditHook(hook: Hook, data: *mut c_void) -> c_int;
}

static INSTALLED: OnceCell<()> = OnceCell::new();

/// Installs the hook, once. It stays until the process ends.
pub(crate) fn install() -> Result<(), &'static str> {
    INSTALLED
        .get_or_try_init(|| {
            // SAFETY: the hook may be called on any thread that holds the GIL, for as long as the process lives.
            match unsafe { PySys_AddAuditHook(hook, std::ptr::null_mut()) } {
                0 => Ok(()),
                _ => Err("Python refused the audit hook"),
            }
        })
        .copied()
}

unsafe extern "C" fn hook(event: *const c_char, args: *mut PyObject, _: *mut c_void) -> c_int {
    // SAFETY: Python passes the name of the event as a C string that lives during the call.
    let name = unsafe { CStr::from_ptr(event) }.to_bytes();
    let rule = match classify(name) {
        Known::Rule(rule) => rule,
        Known::Harmless => return 0,
        Known::Unclassified => {
            unclassified::report_once(name);
            return 0;
        }
    };
    // SAFETY: Python raises events with the GIL held and a tuple as arguments.
    let verdict = catch_unwind(AssertUnwindSafe(|| unsafe {
        let py = Python::assume_attached();
        let args = Bound::from_borrowed_ptr_or_opt(py, args);
        let args = args.and_then(|args| args.cast_into::<PyTuple>().ok());
        examine(rule, &args.unwrap_or_else(|| PyTuple::empty(py)))
    }));
    match verdict {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => {
            // SAFETY: the GIL is held.
            error.restore(unsafe { Python::assume_attached() });
            -1
        }
        Err(_) => {
            let message = PyPermissionError::new_err("The audit of an act failed, so it is refused");
            // SAFETY: the GIL is held.
            message.restore(unsafe { Python::assume_attached() });
            -1
        }
    }
}

fn examine(rule: &'static EventRule, args: &Bound<'_, PyTuple>) -> PyResult<()> {
    if rule.category == Category::Introspection && rule.event.starts_with("sys.set") {
        identity::note_trace();
    }
    match rule.targets {
        Targets::Open if !targets::open_writes(args) => read::examine(rule, args),
        _ => examine_as_all(rule, rule.category, args),
    }
}

/// Decides about an act, for each plugin whose code does it.
fn examine_as_all(rule: &'static EventRule, category: Category, args: &Bound<'_, PyTuple>) -> PyResult<()> {
    let py = args.py();
    let decide = |actor: Actor<'_>| decide::act(&actor, rule, category, args);
    identity::with_current(|who| {
        // A destructor or a callback that a plugin left behind runs inside of others: its code tells.
        let by_code = plugin_on_stack(py);
        match (who, by_code.as_deref()) {
            // The application's own acts are its own business.
            (Who::Host, None) => Ok(()),
            (Who::Plugin(scope), Some(other)) if !std::ptr::eq(scope.identity(), other) => {
                decide(Actor::of_call(scope)).and_then(|()| decide(Actor::of_code(Some(other))))
            }
            (Who::Plugin(scope), _) => decide(Actor::of_call(scope)),
            (Who::Host | Who::Unknown, actor) => decide(Actor::of_code(actor)),
        }
    })
}
