//! One selection after the other.

use std::thread::{self, ThreadId};
use std::time::Instant;

use matriline_python::desk;
use matriline_python::identity::host_call;
use matriline_registry::lock::{Condvar, Mutex};

/// Whose turn it is to select an agent.
#[derive(Default)]
pub(super) struct Turns {
    /// The thread, and how often it has taken it.
    taken: Mutex<Option<(ThreadId, usize)>>,
    free: Condvar,
}

/// It is this thread's turn until this goes.
pub(super) struct Turn<'a>(&'a Turns);

impl Turns {
    /// Waits until nobody else selects. A thread that does already, since it answers a call of the agent meanwhile, goes
    /// on at once: it would wait for itself.
    ///
    /// On the main thread host calls are answered meanwhile.
    pub(super) fn take(&self) -> Turn<'_> {
        host_call(|| desk::wait(None, |until| self.take_until(until)));
        Turn(self)
    }

    fn take_until(&self, until: Option<Instant>) -> Option<()> {
        let this = thread::current().id();
        let mut taken = self.taken.lock();
        loop {
            match &mut *taken {
                None => {
                    *taken = Some((this, 1));
                    return Some(());
                }
                Some((thread, count)) if *thread == this => {
                    *count += 1;
                    return Some(());
                }
                Some(_) => {}
            }
            match until {
                None => self.free.wait(&mut taken),
                Some(until) if until <= Instant::now() => return None,
                Some(until) => self.free.wait_until(&mut taken, until),
            }
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut taken = self.0.taken.lock();
        match &mut *taken {
            Some((_, count)) if *count > 1 => *count -= 1,
            _ => {
                *taken = None;
                drop(taken);
                self.0.free.notify_one();
            }
        }
    }
}
