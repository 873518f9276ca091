//! The right to be the manager of this process.

use std::time::{Duration, Instant};

use matriline_registry::lock::{Condvar, Mutex};

use crate::Error;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    Taken,
    /// The manager is gone without a shutdown. A thread that has just told of its work may hold the loader for a moment.
    Going,
}

static STATE: Mutex<State> = Mutex::new(State::Free);
static FREED: Condvar = Condvar::new();

/// How long another manager waits for that moment.
const PATIENCE: Duration = Duration::from_secs(1);

/// Held by the one manager; dropping it makes room for another.
pub(crate) struct Lease(());

impl Lease {
    pub(crate) fn take() -> Result<Self, Error> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = STATE.lock();
        while *state == State::Going && Instant::now() < deadline {
            FREED.wait_until(&mut state, deadline);
        }
        match *state {
            State::Free => {
                *state = State::Taken;
                Ok(Self(()))
            }
            State::Taken | State::Going => Err(Error::AlreadyManaged),
        }
    }

    /// It will be dropped soon, unless somebody keeps the loader.
    pub(crate) fn going(&self) {
        *STATE.lock() = State::Going;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        *STATE.lock() = State::Free;
        FREED.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_is_going_is_waited_for() {
        let lease = Lease::take().unwrap();
        assert!(matches!(Lease::take(), Err(Error::AlreadyManaged)));
        lease.going();
        let dropped = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            drop(lease);
        });
        drop(Lease::take().unwrap());
        dropped.join().unwrap();
    }
}
