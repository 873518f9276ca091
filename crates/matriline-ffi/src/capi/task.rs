//! The application's event loop.

use std::ffi::c_void;

use matriline::Task;

use super::callback::{Callback, matriline_drop_callback};
use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::{enter, object_mut};

/// What the application's event loop is to run, once.
pub struct matriline_task(Box<dyn FnOnce() + Send>);

impl matriline_task {
    pub(crate) fn new(act: Box<dyn FnOnce() + Send>) -> *mut Self {
        Box::into_raw(Box::new(Self(act)))
    }

    /// The same for what a plugin wants to be done.
    pub(crate) fn of(task: &Task) -> *mut Self {
        let task = task.clone();
        Self::new(Box::new(move || task.run()))
    }
}

/// Puts a task into the event loop of the application, which runs it soon and in order with `matriline_task_run`. It
/// is called on any thread and must not wait for the task.
pub type matriline_post_callback = Option<extern "C" fn(userdata: *mut c_void, task: *mut matriline_task)>;

/// Runs a task and frees it. Threads: the one that is to be told of events.
///
/// # Safety
/// `task` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_task_run(task: *mut matriline_task) {
    if !task.is_null() {
        // SAFETY: the caller's promise.
        let task = unsafe { Box::from_raw(task) };
        super::answer((), || (task.0)());
    }
}

/// Frees a task that is not run: nobody is told of its event. Threads: any.
///
/// # Safety
/// `task` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_task_free(task: *mut matriline_task) {
    // SAFETY: the caller's promise.
    unsafe { super::take(task) }
}

/// Sets how subscribers are called: `callback` puts each event as a task into the application's event loop. With a
/// NULL `callback` they are called where the event happens, mostly on threads of the library. `drop_callback` may be
/// NULL; otherwise it is called once with `userdata`, on any thread, when neither the options nor a manager needs it
/// any more.
///
/// Threads: one at a time; `callback` is called on any thread.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_post(
    config: *mut matriline_config,
    userdata: *mut c_void,
    callback: matriline_post_callback,
    drop_callback: matriline_drop_callback,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let post = Callback::new(userdata, callback, drop_callback);
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.post = callback.is_some().then(|| post.into());
        Ok(())
    })
}
