//! Which calls this thread is inside of, and what waits for the outermost of them to return.
//!
//! A plugin may ask, from inside one of its own calls, to be unloaded. Waiting for the call would wait for
//! ever, so the act is kept here and done when the thread has left its outermost call.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;

use matriline_capability::CapabilityId;

type Act = Box<dyn FnOnce()>;

thread_local! {
    static CALLS: Calls = const { Calls { top: Cell::new(std::ptr::null()), deferred: Cell::new(false) } };
    static DEFERRED: RefCell<Vec<Act>> = const { RefCell::new(Vec::new()) };
}

/// What every call looks at, in one place of the thread's memory.
struct Calls {
    top: Cell<*const Frame>,
    /// Whether anything is deferred.
    deferred: Cell<bool>,
}

struct Frame {
    id: *const CapabilityId,
    below: *const Frame,
}

/// Runs `body` as a call of `id`, then, at the outermost return, what was deferred meanwhile.
#[inline]
pub(crate) fn call<R>(id: &CapabilityId, body: impl FnOnce() -> R) -> R {
    let frame = Frame { id, below: CALLS.with(|calls| calls.top.get()) };
    CALLS.with(|calls| calls.top.set(&raw const frame));
    let _restore = Restore(&frame, PhantomData);
    body()
}

struct Restore<'f>(*const Frame, PhantomData<&'f Frame>);

impl Drop for Restore<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the frame stands on this thread's stack below this guard, which borrows it.
        let below = unsafe { (*self.0).below };
        let run = CALLS.with(|calls| {
            calls.top.set(below);
            below.is_null() && calls.deferred.replace(false)
        });
        if run {
            run_deferred();
        }
    }
}

/// Whether this thread is inside a call of that plugin.
pub fn plugin(plugin_key: &str) -> bool {
    let mut frame = CALLS.with(|calls| calls.top.get());
    while !frame.is_null() {
        // SAFETY: every frame in the list stands on this thread's stack and is unlinked before it goes; the
        // identifier is borrowed for the whole call.
        let (id, below) = unsafe { (&*(*frame).id, (*frame).below) };
        if id.plugin_key == plugin_key {
            return true;
        }
        frame = below;
    }
    false
}

/// Does `act` when this thread returns from its outermost call, or at once when it is in none.
pub fn defer(act: impl FnOnce() + 'static) {
    if CALLS.with(|calls| calls.top.get().is_null()) {
        return act();
    }
    DEFERRED.with_borrow_mut(|acts| acts.push(Box::new(act)));
    CALLS.with(|calls| calls.deferred.set(true));
}

#[cold]
fn run_deferred() {
    DEFERRED.take().into_iter().for_each(|act| act());
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_capability::CapabilityType;
    use std::rc::Rc;

    fn id(plugin_key: &str) -> CapabilityId {
        CapabilityId { kind: CapabilityType::Script, name: "a".into(), plugin_key: plugin_key.into() }
    }

    #[test]
    fn every_plugin_on_the_way_is_inside() {
        call(&id("outer"), || {
            call(&id("inner"), || {
                assert!(plugin("outer") && plugin("inner") && !plugin("other"));
            });
            assert!(plugin("outer") && !plugin("inner"));
        });
        assert!(!plugin("outer"));
    }

    #[test]
    fn a_deferred_act_waits_for_the_outermost_return() {
        let done = Rc::new(Cell::new(false));
        call(&id("outer"), || {
            call(&id("inner"), || {
                let done = done.clone();
                defer(move || done.set(true));
            });
            assert!(!done.get());
        });
        assert!(done.get());
    }

    #[test]
    fn outside_of_calls_an_act_is_done_at_once() {
        let done = Rc::new(Cell::new(false));
        let mine = done.clone();
        defer(move || mine.set(true));
        assert!(done.get());
    }
}
