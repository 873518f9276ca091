//! Telling plugins what happens in the application.

use std::ffi::c_void;

use matriline::LifecycleContext;

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{enter, object};
use crate::boundary::Outcome;
use crate::number;

/// What a plugin is told of an event. What an event does not tell stays as `matriline_lifecycle_context_new` gives it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_lifecycle_context {
    /// The name of what it happened to: a project, an object, a preset, a plate.
    pub name: matriline_str,
    /// How it ended, a `matriline_lifecycle_evt_code`.
    pub code: u8,
    /// What is said about that; `cancelled` for a job that was.
    pub msg: matriline_str,
    /// The identity of what it happened to.
    pub id: matriline_str,
    /// The name it had before.
    pub previous_name: matriline_str,
    /// The printer.
    pub device_id: matriline_str,
    /// The job.
    pub job_id: matriline_str,
    /// What brought it about.
    pub source: matriline_str,
    /// The place of what it happened to, such as that of a plate; -1 for none.
    pub index: i64,
    /// Whether the project has unsaved changes.
    pub dirty: bool,
}

/// Answers whether the slice that an event tells of is cancelled.
pub type matriline_cancelled_callback = Option<extern "C" fn(userdata: *mut c_void) -> bool>;

/// A context that tells nothing. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_lifecycle_context_new() -> matriline_lifecycle_context {
    let empty = matriline_str::of("");
    matriline_lifecycle_context {
        name: empty,
        code: 0,
        msg: empty,
        id: empty,
        previous_name: empty,
        device_id: empty,
        job_id: empty,
        source: empty,
        index: -1,
        dirty: false,
    }
}

impl matriline_lifecycle_context {
    /// # Safety
    /// Every text is readable for as long as the answer is used.
    pub(super) unsafe fn read<'a>(self) -> Outcome<LifecycleContext<'a>> {
        // SAFETY: the caller's promise.
        let read = |text: matriline_str, name| unsafe { text.read(name) };
        Ok(LifecycleContext {
            name: read(self.name, "name")?,
            code: number::lifecycle_code(self.code)?,
            msg: read(self.msg, "msg")?,
            id: read(self.id, "id")?,
            previous_name: read(self.previous_name, "previous_name")?,
            device_id: read(self.device_id, "device_id")?,
            job_id: read(self.job_id, "job_id")?,
            source: read(self.source, "source")?,
            index: self.index,
            dirty: self.dirty,
        })
    }
}

/// Tells every enabled capability of every loaded plugin that something happened, one after the other, on this thread.
/// `event` is a `matriline_lifecycle_event`; `context` may be NULL for one that tells nothing. What a capability raises
/// is logged and stops nobody. `cancelled` may be NULL; for an event of slicing it is asked with `userdata` before each
/// capability, and once it answers true those who were not told yet are told nothing.
///
/// Threads: any. It takes as long as the plugins do.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable; `cancelled` may be called with `userdata`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_raise_lifecycle_event(
    manager: *const matriline_manager,
    event: u8,
    context: *const matriline_lifecycle_context,
    userdata: *mut c_void,
    cancelled: matriline_cancelled_callback,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, context) = unsafe { (object(manager, "manager")?, context.as_ref()) };
        // SAFETY: the caller's promise.
        let context =
            context.map_or_else(|| Ok(LifecycleContext::default()), |given| unsafe { given.read() })?;
        let is_cancelled = || cancelled.is_some_and(|cancelled| cancelled(userdata));
        manager.0.raise_slicing_event(number::lifecycle_event(event)?, &context, &is_cancelled);
        Ok(())
    })
}
