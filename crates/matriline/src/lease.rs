//! The right to be the manager of this process.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::Error;

static TAKEN: AtomicBool = AtomicBool::new(false);

/// Held by the one manager; dropping it makes room for another.
pub(crate) struct Lease(());

impl Lease {
    pub(crate) fn take() -> Result<Self, Error> {
        match TAKEN.swap(true, Ordering::AcqRel) {
            false => Ok(Self(())),
            true => Err(Error::AlreadyManaged),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        TAKEN.store(false, Ordering::Release);
    }
}
