//! Watching and stopping a scan from another thread.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// How far a scan is, in folders. Nothing is known, `0` of `0`, until all are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Folders that have been looked at.
    pub done: usize,
    /// Folders that were found.
    pub total: usize,
}

/// Shared with a running scan: says how far it is, and stops it.
///
/// Threads: any, at the same time. For one scan only.
#[derive(Debug, Default)]
pub struct ScanControl {
    cancelled: AtomicBool,
    done: AtomicUsize,
    total: AtomicUsize,
}

impl ScanControl {
    /// For a scan that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the scan soon, within the reading of one folder. There is no way back.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// True once [`ScanControl::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }

    /// How far the scan is.
    pub fn progress(&self) -> Progress {
        // a sum read before its parts would let `done` pass it
        let done = self.done.load(Relaxed);
        Progress { done, total: self.total.load(Relaxed).max(done) }
    }

    pub(crate) fn begin(&self, total: usize) {
        self.total.store(total, Relaxed);
    }

    pub(crate) fn add_done(&self, count: usize) {
        self.done.fetch_add(count, Relaxed);
    }
}
