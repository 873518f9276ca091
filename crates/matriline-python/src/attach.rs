//! Attaching threads of the application to Python, and keeping them cheap to attach.
//!
//! CPython frees the stack of a thread state with its last release, so that a thread that attaches anew for
//! each call pays about 8 µs each time. A thread that attaches through here keeps its state until it ends.

use std::cell::OnceCell;

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

/// Runs `body` without the GIL if this thread holds it: for calls of the application.
pub(crate) fn without_gil<R>(body: impl FnOnce() -> R) -> R {
    lock::assert_none_held();
    // SAFETY: asking is allowed at any time while the interpreter runs; the answer is about this thread.
    if !crate::Interpreter::is_running() || unsafe { ffi::PyGILState_Check() } == 0 {
        return body();
    }
    // SAFETY: this thread holds the GIL, as was just asked.
    let state = unsafe { ffi::PyEval_SaveThread() };
    let _restore = Restore(state);
    body()
}

struct Restore(*mut ffi::PyThreadState);

impl Drop for Restore {
    fn drop(&mut self) {
        // SAFETY: the state was this thread's when it was saved.
        unsafe { ffi::PyEval_RestoreThread(self.0) };
    }
}
