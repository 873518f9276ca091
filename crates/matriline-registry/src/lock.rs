//! The lock of this project: it is never held while Python or a host callback runs.
//!
//! Debug builds count what each thread holds; whoever attaches to Python, detaches or calls the application
//! says so with [`assert_none_held`].

use std::ops::{Deref, DerefMut};
use std::time::Instant;

#[cfg(debug_assertions)]
thread_local! {
    static HELD: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// A mutex that does not poison and that debug builds count.
#[derive(Debug, Default)]
pub struct Mutex<T>(parking_lot::Mutex<T>);

/// The lock is held until this goes.
pub struct MutexGuard<'a, T> {
    guard: parking_lot::MutexGuard<'a, T>,
}

impl<T> Mutex<T> {
    /// A lock around a value.
    pub const fn new(value: T) -> Self {
        Self(parking_lot::const_mutex(value))
    }

    /// Waits for the lock.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        let guard = self.0.lock();
        #[cfg(debug_assertions)]
        HELD.set(HELD.get() + 1);
        MutexGuard { guard }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        #[cfg(debug_assertions)]
        HELD.set(HELD.get() - 1);
    }
}

/// What threads wait for with a lock in their hands, which they let go meanwhile.
#[derive(Debug, Default)]
pub struct Condvar(parking_lot::Condvar);

impl Condvar {
    /// One that nobody waits for.
    pub const fn new() -> Self {
        Self(parking_lot::Condvar::new())
    }

    /// Waits until it is notified, or `deadline` has passed, or for no reason at all.
    pub fn wait_until<T>(&self, guard: &mut MutexGuard<'_, T>, deadline: Instant) {
        self.0.wait_until(&mut guard.guard, deadline);
    }

    /// Waits until it is notified, or for no reason at all.
    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        self.0.wait(&mut guard.guard);
    }

    /// Wakes one thread that waits.
    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    /// Wakes all threads that wait.
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Panics in debug builds when this thread holds one of our locks. Costs nothing in release builds.
#[inline]
pub fn assert_none_held() {
    #[cfg(debug_assertions)]
    assert_eq!(HELD.get(), 0, "a lock of ours is held while Python or the application runs");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_lock_is_not_held() {
        let lock = Mutex::new(1);
        *lock.lock() += 1;
        assert_none_held();
        assert_eq!(*lock.lock(), 2);
    }

    #[test]
    #[cfg(debug_assertions)]
    fn a_held_lock_is_noticed() {
        let lock = Mutex::new(());
        let _guard = lock.lock();
        assert!(std::panic::catch_unwind(assert_none_held).is_err());
    }
}
