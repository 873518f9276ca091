//! The slots in which threads say what they run.
//!
//! The facade gives them once, in memory that outlives the process, so that what ran when it died can be read. A
//! thread takes one with its first call and gives it back when it ends.

use std::cell::OnceCell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::inside;
use crate::lock::Mutex;

/// What a thread runs: a number that the facade gives out, zero for nothing.
///
/// It fills a line of the processor's cache, since threads write without asking each other.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Slot(pub AtomicU32);

static SLOTS: OnceLock<&'static [Slot]> = OnceLock::new();

static FREE: Mutex<Free> = Mutex::new(Free { given_back: Vec::new(), next: 0 });

/// The places in `SLOTS` that no thread has.
struct Free {
    given_back: Vec<usize>,
    /// From here on none was ever taken.
    next: usize,
}

/// Gives the slots; a thread whose first call comes earlier goes without. Answers whether they are the first: they
/// are given once in a process.
pub fn set_slots(slots: &'static [Slot]) -> bool {
    SLOTS.set(slots).is_ok()
}

/// A slot for this thread until it ends; none when more threads than slots have asked.
#[cold]
pub(crate) fn take() -> Option<&'static Slot> {
    // A thread that is ending has no cell any more.
    MINE.try_with(|mine| mine.get_or_init(Taken::new).as_ref().map(|taken| taken.slot)).ok().flatten()
}

thread_local! {
    static MINE: OnceCell<Option<Taken>> = const { OnceCell::new() };
}

/// A slot that its thread gives back when it ends.
struct Taken {
    place: usize,
    slot: &'static Slot,
}

impl Taken {
    fn new() -> Option<Self> {
        let slots = SLOTS.get()?;
        let mut free = FREE.lock();
        let place = free.given_back.pop().or_else(|| {
            let next = free.next;
            free.next = slots.len().min(next + 1);
            (next < slots.len()).then_some(next)
        })?;
        Some(Self { place, slot: &slots[place] })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        inside::forget_slot();
        self.slot.0.store(0, Ordering::Relaxed);
        FREE.lock().given_back.push(self.place);
    }
}
