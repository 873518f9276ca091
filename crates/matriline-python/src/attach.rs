//! Attaching threads of the application to Python, and keeping them cheap to attach.
//!
//! CPython frees the stack of a thread state with its last release, so that a thread that attaches anew for
//! each call pays about 8 µs each time. A thread that attaches through here keeps its state until it ends.

use std::cell::OnceCell;
use std::sync::atomic::AtomicBool;

use matriline_registry::{Gate, Pass, lock};
use pyo3::{Python, ffi};

/// Counts what may touch Python; closed for good when the interpreter goes, and in a forked child.
pub(crate) static GATE: Gate = Gate::new();

thread_local! {
    static KEPT: OnceCell<Kept> = const { OnceCell::new() };
}

/// The state of this thread, which it keeps until it ends.
struct Kept(Option<(*mut ffi::PyThreadState, ffi::PyGILState_STATE)>);

/// Runs `body` attached to Python, or not at all once the interpreter is going.
///
/// It says nothing about whose code runs; see [`identity`](crate::identity).
pub(crate) fn attach<R>(body: impl FnOnce(Python<'_>) -> R) -> Option<R> {
    let _pass = enter()?;
    Some(attach_inside(body))
}

/// Passes the gate of the interpreter, unless it never started or is going.
#[inline]
pub(crate) fn enter() -> Option<Pass<'static>> {
    GATE.enter().ok().filter(|_| crate::Interpreter::is_running())
}

/// Attaches under a pass that the caller holds.
#[inline]
pub(crate) fn attach_inside<R>(body: impl FnOnce(Python<'_>) -> R) -> R {
    lock::assert_none_held();
    keep();
    Python::attach(body)
}

/// Makes sure that this thread keeps its state.
#[inline]
pub(crate) fn keep() {
    // A thread that is ending has no cell any more; its state is then made and freed by the call itself.
    let _ = KEPT.try_with(|kept| {
        kept.get_or_init(Kept::new);
    });
}

impl Kept {
    #[cold]
    fn new() -> Self {
        // SAFETY: the caller passed the gate, so the interpreter runs. A thread that CPython knows already
        // (the main thread, threads that Python started, threads of the host that hold a state) keeps what it has.
        unsafe {
            if !ffi::PyGILState_GetThisThreadState().is_null() {
                return Self(None);
            }
            let outer = ffi::PyGILState_Ensure();
            Self(Some((ffi::PyEval_SaveThread(), outer)))
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // Past the gate the state belongs to an interpreter that is gone or another process's: it is leaked.
        let (Some((state, outer)), Some(_pass)) = (self.0.take(), enter()) else { return };
        // SAFETY: the interpreter runs until the pass is dropped; the state is this thread's own and detached,
        // because the thread is ending.
        unsafe {
            ffi::PyEval_RestoreThread(state);
            ffi::PyGILState_Release(outer);
        }
    }
}

/// Whether this process was forked: locks and threads of the parent are not to be counted on.
pub(crate) static FORKED: AtomicBool = AtomicBool::new(false);

unsafe extern "C" {
    // Not declared by `pyo3-ffi`. The state that holds the GIL: of whatever thread up to 3.11, of this one from 3.12 on.
    #[cfg_attr(Py_3_13, link_name = "PyThreadState_GetUnchecked")]
    #[cfg_attr(not(Py_3_13), link_name = "_PyThreadState_UncheckedGet")]
    fn holding_state() -> *mut ffi::PyThreadState;
}

/// Whether this thread holds the GIL. `PyGILState_Check` always says yes once a sub-interpreter was made.
fn is_attached() -> bool {
    // SAFETY: both may be asked at any time while the interpreter runs, and change nothing.
    let (own, holder) = unsafe { (ffi::PyGILState_GetThisThreadState(), holding_state()) };
    !own.is_null() && own == holder
}

/// Runs `body` without the GIL if this thread holds it: for calls of the application.
pub(crate) fn without_gil<R>(body: impl FnOnce() -> R) -> R {
    lock::assert_none_held();
    if !crate::Interpreter::is_running() || !is_attached() {
        return body();
    }
    let mut answer = None;
    let run = SameThread(|| answer = Some(body()));
    // SAFETY: this thread holds the GIL, as was just asked. PyO3 is told, so that what attaches inside does.
    unsafe { Python::assume_attached() }.detach(move || {
        let run = run;
        (run.0)();
    });
    answer.unwrap_or_else(|| unreachable!("the body was run"))
}

/// What `detach` runs on this very thread, so that nothing is sent anywhere. The body gets no `Python` from us.
struct SameThread<F>(F);

// SAFETY: see above.
unsafe impl<F> Send for SameThread<F> {}
