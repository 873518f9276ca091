//! Which calls this thread is inside of, what waits for the outermost of them to return, and the mark that
//! outlives the process.
//!
//! A plugin may ask, from inside one of its own calls, to be unloaded. Waiting for the call would wait for
//! ever, so the act is kept here and done when the thread has left its outermost call.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::sync::atomic::Ordering;

use matriline_capability::CapabilityId;

use crate::slots::{self, Slot};

type Act = Box<dyn FnOnce()>;

thread_local! {
    static CALLS: Calls = const {
        Calls {
            top: Cell::new(std::ptr::null()),
            deferred: Cell::new(false),
            asked: Cell::new(false),
            slot: Cell::new(None),
        }
    };
    static DEFERRED: RefCell<Vec<Act>> = const { RefCell::new(Vec::new()) };
}

/// What every call looks at, in one place of the thread's memory.
struct Calls {
    top: Cell<*const Frame>,
    /// Whether anything is deferred.
    deferred: Cell<bool>,
    /// Whether a slot was asked for.
    asked: Cell<bool>,
    /// Where this thread says what it runs, if it has a slot.
    slot: Cell<Option<&'static Slot>>,
}

struct Frame {
    id: *const CapabilityId,
    below: *const Frame,
}

/// Runs `body` as a call of `id`, whose mark is `number`; then, at the outermost return, what was deferred meanwhile.
#[inline]
pub(crate) fn call<R>(id: &CapabilityId, number: u32, body: impl FnOnce() -> R) -> R {
    let frame = Frame { id, below: CALLS.with(|calls| calls.top.get()) };
    let mark = CALLS.with(|calls| {
        calls.top.set(&raw const frame);
        Mark::set(calls, number)
    });
    let _restore = Restore(&frame, PhantomData);
    // Goes before the frame: what was deferred is no part of the call.
    let _mark = mark;
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

/// Runs `body` with the mark `number`: for what a plugin does outside of calls, such as being imported.
pub fn mark<R>(number: u32, body: impl FnOnce() -> R) -> R {
    let _mark = CALLS.with(|calls| Mark::set(calls, number));
    body()
}

/// Has the innermost [`mark`] of this thread say another number, until it ends.
pub fn remark(number: u32) {
    if let Some(slot) = CALLS.with(|calls| calls.slot.get()) {
        slot.0.store(number, Ordering::Relaxed);
    }
}

/// The slot of the thread says a number until this goes.
struct Mark {
    slot: Option<&'static Slot>,
    former: u32,
}

impl Mark {
    #[inline]
    fn set(calls: &Calls, number: u32) -> Self {
        if !calls.asked.get() {
            ask(calls);
        }
        let slot = calls.slot.get();
        let former = slot.map_or(0, |slot| {
            // Only this thread writes to its slot, so that nothing is lost between the two.
            let former = slot.0.load(Ordering::Relaxed);
            slot.0.store(number, Ordering::Relaxed);
            former
        });
        Self { slot, former }
    }
}

impl Drop for Mark {
    #[inline]
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            slot.0.store(self.former, Ordering::Relaxed);
        }
    }
}

/// Where this thread says what it runs, for other threads to look at. None before the slots were given.
pub fn slot() -> Option<&'static Slot> {
    slots::take()
}

#[cold]
fn ask(calls: &Calls) {
    calls.asked.set(true);
    calls.slot.set(slots::take());
}

/// The thread ends and gives its slot back: calls that other destructors make go unmarked.
pub(crate) fn forget_slot() {
    CALLS.with(|calls| calls.slot.set(None));
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
        call(&id("outer"), 0, || {
            call(&id("inner"), 0, || {
                assert!(plugin("outer") && plugin("inner") && !plugin("other"));
            });
            assert!(plugin("outer") && !plugin("inner"));
        });
        assert!(!plugin("outer"));
    }

    #[test]
    fn a_deferred_act_waits_for_the_outermost_return() {
        let done = Rc::new(Cell::new(false));
        call(&id("outer"), 0, || {
            call(&id("inner"), 0, || {
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
