//! The gate in front of a capability, or of the interpreter: one atomic word of flags and count.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

const CLOSED: u64 = 1 << 63;
const DISABLED: u64 = 1 << 62;
const FLAGS: u64 = CLOSED | DISABLED;

/// Lets calls in until it is closed, and counts those inside.
///
/// Entering and leaving are one atomic addition each. A gate that was closed stays closed.
#[derive(Debug, Default)]
pub struct Gate {
    word: AtomicU64,
    waiting: Mutex<()>,
    left: Condvar,
}

/// Why a gate let nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It was closed for good.
    Closed,
    /// It is shut for now.
    Disabled,
}

/// A call inside; dropping it leaves.
#[derive(Debug)]
pub struct Pass<'g>(&'g Gate);

impl Gate {
    /// An open gate, for a `static`.
    pub const fn new() -> Self {
        let waiting = parking_lot::const_mutex(());
        Self { word: AtomicU64::new(0), waiting, left: Condvar::new() }
    }

    /// Goes in, or says why not.
    #[inline]
    pub fn enter(&self) -> Result<Pass<'_>, Refusal> {
        let before = self.word.fetch_add(1, Ordering::SeqCst);
        let pass = Pass(self);
        match before & FLAGS {
            0 => Ok(pass),
            DISABLED => Err(Refusal::Disabled),
            _ => Err(Refusal::Closed),
        }
    }

    /// Goes in even if it is shut for now.
    pub fn enter_disabled(&self) -> Result<Pass<'_>, Refusal> {
        let before = self.word.fetch_add(1, Ordering::SeqCst);
        let pass = Pass(self);
        match before & CLOSED {
            0 => Ok(pass),
            _ => Err(Refusal::Closed),
        }
    }

    /// Lets nobody in from now on. Those inside go on.
    pub fn close(&self) {
        self.word.fetch_or(CLOSED, Ordering::SeqCst);
    }

    /// Whether the gate was closed.
    pub fn is_closed(&self) -> bool {
        self.word.load(Ordering::SeqCst) & CLOSED != 0
    }

    /// Opens the gate again or shuts it for now. Answers whether that changed anything.
    pub fn set_enabled(&self, enabled: bool) -> bool {
        let before = match enabled {
            true => self.word.fetch_and(!DISABLED, Ordering::SeqCst),
            false => self.word.fetch_or(DISABLED, Ordering::SeqCst),
        };
        (before & DISABLED == 0) != enabled
    }

    /// Whether the gate is not shut.
    pub fn is_enabled(&self) -> bool {
        self.word.load(Ordering::SeqCst) & DISABLED == 0
    }

    /// How many are inside.
    pub fn inside(&self) -> u64 {
        self.word.load(Ordering::SeqCst) & !FLAGS
    }

    /// Waits until nobody is inside a closed gate, `limit` at the most. Answers whether it is empty.
    ///
    /// Must be called without the GIL: those inside may need it to come out.
    pub fn wait_until_empty(&self, limit: Duration) -> bool {
        debug_assert!(self.is_closed(), "an open gate may never be empty");
        let deadline = Instant::now() + limit;
        let mut guard = self.waiting.lock();
        while self.inside() > 0 {
            if self.left.wait_until(&mut guard, deadline).timed_out() {
                return self.inside() == 0;
            }
        }
        true
    }
}

impl Drop for Pass<'_> {
    #[inline]
    fn drop(&mut self) {
        let before = self.0.word.fetch_sub(1, Ordering::SeqCst);
        if before & CLOSED != 0 && before & !FLAGS == 1 {
            self.0.announce();
        }
    }
}

impl Gate {
    #[cold]
    fn announce(&self) {
        let _guard = self.waiting.lock();
        self.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disabled_gate_opens_again() {
        let gate = Gate::default();
        assert!(gate.set_enabled(false));
        assert!(!gate.set_enabled(false));
        assert_eq!(gate.enter().unwrap_err(), Refusal::Disabled);
        assert!(gate.enter_disabled().is_ok());
        assert!(gate.set_enabled(true));
        assert!(gate.enter().is_ok());
        assert_eq!(gate.inside(), 0);
    }

    #[test]
    fn a_closed_gate_stays_closed() {
        let gate = Gate::default();
        gate.close();
        gate.set_enabled(true);
        assert_eq!(gate.enter().unwrap_err(), Refusal::Closed);
        assert_eq!(gate.enter_disabled().unwrap_err(), Refusal::Closed);
        assert!(gate.wait_until_empty(Duration::ZERO));
    }

    #[test]
    fn waiting_ends_when_the_last_call_leaves() {
        let gate = Gate::default();
        std::thread::scope(|scope| {
            let pass = gate.enter().unwrap();
            gate.close();
            assert!(!gate.wait_until_empty(Duration::from_millis(1)));
            let waiter = scope.spawn(|| gate.wait_until_empty(Duration::from_secs(30)));
            drop(pass);
            assert!(waiter.join().unwrap());
        });
    }

    #[test]
    fn nobody_is_inside_after_many_threads_and_a_close() {
        let gate = Gate::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| while gate.enter().is_ok() {});
            }
            std::thread::sleep(Duration::from_millis(5));
            gate.close();
            assert!(gate.wait_until_empty(Duration::from_secs(30)));
        });
        assert_eq!(gate.inside(), 0);
    }
}
