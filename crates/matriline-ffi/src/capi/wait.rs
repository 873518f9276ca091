//! Waiting on the main thread for something that plugins have a part in.

use std::ffi::c_void;
use std::time::Duration;

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::{enter, null, object};

/// Waits so many milliseconds at most, and answers whether what is waited for is there.
pub type matriline_done_callback = Option<extern "C" fn(userdata: *mut c_void, milliseconds: u64) -> bool>;

/// Waits until `done` answers true, for `milliseconds` at most, `UINT64_MAX` for as long as it takes. For a main thread
/// that has to wait for something of the application that plugins have a part in, such as its slicing thread: what
/// plugins ask the host is answered meanwhile, so that the two never wait for each other. `done_out` may be NULL;
/// otherwise it receives whether `done` answered true.
///
/// Threads: any, outside of calls into plugins; the host is answered on the main thread alone.
///
/// # Safety
/// Every pointer is NULL or valid; `done` may be called with `userdata`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_wait_until(
    manager: *const matriline_manager,
    milliseconds: u64,
    userdata: *mut c_void,
    done: matriline_done_callback,
    done_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, done_out) = unsafe { (object(manager, "manager")?, done_out.as_mut()) };
        let done = done.ok_or_else(|| null("done"))?;
        let limit = (milliseconds < u64::MAX).then(|| Duration::from_millis(milliseconds));
        let turn = |limit: Duration| {
            let milliseconds = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            done(userdata, milliseconds).then_some(())
        };
        let is_done = manager.0.wait_until(limit, turn).is_some();
        done_out.into_iter().for_each(|out| *out = is_done);
        Ok(())
    })
}
