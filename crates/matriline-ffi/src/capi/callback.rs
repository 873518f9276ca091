//! A C callback with what belongs to it.

use std::ffi::c_void;

use super::null;
use crate::boundary::Outcome;

/// Frees the `userdata` of a callback that is needed no more.
pub type matriline_drop_callback = Option<extern "C" fn(userdata: *mut c_void)>;

/// A callback, its `userdata` and the function that frees that, which is called exactly once: when this is dropped.
pub(crate) struct Callback<F> {
    userdata: *mut c_void,
    function: Option<F>,
    drop: matriline_drop_callback,
}

// SAFETY: whoever gives a callback promises that it can be called, and its `userdata` freed, on any thread.
unsafe impl<F> Send for Callback<F> {}
// SAFETY: as above.
unsafe impl<F> Sync for Callback<F> {}

impl<F: Copy> Callback<F> {
    pub(crate) fn new(userdata: *mut c_void, function: Option<F>, drop: matriline_drop_callback) -> Self {
        Self { userdata, function, drop }
    }

    /// A fault when there is nothing to call.
    pub(crate) fn check(&self) -> Outcome<()> {
        self.function.map(drop).ok_or_else(|| null("callback"))
    }

    /// Calls it for an answer; `otherwise` when there is nothing to call.
    pub(crate) fn ask<R>(&self, otherwise: R, call: impl FnOnce(F, *mut c_void) -> R) -> R {
        match self.function {
            Some(function) => call(function, self.userdata),
            None => otherwise,
        }
    }

    /// Calls it, if there is one.
    pub(crate) fn with(&self, call: impl FnOnce(F, *mut c_void)) {
        if let Some(function) = self.function {
            call(function, self.userdata);
        }
    }
}

impl<F> Drop for Callback<F> {
    fn drop(&mut self) {
        if let Some(drop) = self.drop {
            drop(self.userdata);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    extern "C" fn count(userdata: *mut c_void) {
        // SAFETY: each test gives a counter that outlives its callback.
        unsafe { &*userdata.cast::<AtomicU32>() }.fetch_add(1, Ordering::Relaxed);
    }

    #[test]
    fn userdata_is_freed_once() {
        let freed = AtomicU32::new(0);
        let callback =
            Callback::<extern "C" fn()>::new((&raw const freed).cast_mut().cast(), None, Some(count));
        assert_eq!(freed.load(Ordering::Relaxed), 0);
        drop(callback);
        assert_eq!(freed.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn nothing_to_call_is_a_fault() {
        let callback = Callback::<extern "C" fn()>::new(std::ptr::null_mut(), None, None);
        assert!(callback.check().unwrap_err().message.contains("`callback` is NULL"));
        callback.with(|_, _| unreachable!());
    }
}
