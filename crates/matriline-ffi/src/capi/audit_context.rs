//! The application's own code that acts for a plugin.

use matriline::audit::{self, AuditContext, AuditViolation};

use super::audit_review::{matriline_violation, matriline_violation_list};
use super::error::{matriline_error, matriline_result};
use super::text::{matriline_str, matriline_text};
use super::{answer, enter, give, object, slot};
use crate::boundary::Outcome;
use crate::number::{audit_mode, of_audit_mode};

/// For whom a thread acts until the context is left.
pub struct matriline_audit_context(#[allow(dead_code, reason = "its end is what matters")] AuditContext);

/// Has this thread act for a plugin, and for a capability of it if that is not empty, in a `matriline_audit_mode`, until
/// `matriline_audit_context_leave`. Contexts nest; a new one begins without folders of its own. An empty key changes
/// nothing.
///
/// Threads: the context belongs to this one.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_context_enter(
    plugin_key: matriline_str,
    capability: matriline_str,
    mode: u8,
    context_out: *mut *mut matriline_audit_context,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (key, name) = unsafe { (plugin_key.read("plugin_key")?, capability.read("capability")?) };
        // SAFETY: the caller's promise.
        let context_out = unsafe { slot(context_out, "context_out") }?;
        give(context_out, matriline_audit_context(AuditContext::enter(key, name, audit_mode(mode)?)));
        Ok(())
    })
}

/// Leaves a context: the thread acts as before. The newest one first. Does nothing for NULL.
///
/// Threads: the one that entered it.
///
/// # Safety
/// `context` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_context_leave(context: *mut matriline_audit_context) {
    // SAFETY: the caller's promise.
    unsafe { super::take(context) }
}

/// Has this thread act for a plugin from now on; for none with an empty key. The capability, the mode and the folders stay.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_set_current_plugin(
    plugin_key: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        audit::set_current_plugin(unsafe { plugin_key.read("plugin_key") }?);
        Ok(())
    })
}

/// For which plugin this thread acts; empty for none. To free with `matriline_text_free`.
///
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_audit_current_plugin() -> *mut matriline_text {
    owned(audit::current_plugin)
}

/// Has this thread act for a capability from now on; for none with an empty name.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_set_current_capability(
    name: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        audit::set_current_capability(unsafe { name.read("name") }?);
        Ok(())
    })
}

/// For which capability this thread acts; empty for none. To free with `matriline_text_free`.
///
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_audit_current_capability() -> *mut matriline_text {
    owned(audit::current_capability)
}

fn owned(text: impl FnOnce() -> String) -> *mut matriline_text {
    answer(std::ptr::null_mut(), || Box::into_raw(Box::new(matriline_text(text()))))
}

/// Sets how strict `matriline_audit_check_open` is on this thread, a `matriline_audit_mode`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_set_mode(
    mode: u8,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        audit::set_audit_mode(audit_mode(mode)?);
        Ok(())
    })
}

/// How strict `matriline_audit_check_open` is on this thread, a `matriline_audit_mode`. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_audit_current_mode() -> u8 {
    answer(0, || of_audit_mode(audit::audit_mode()))
}

/// Lets every plugin that is loaded from now on write below a folder. An empty path adds nothing.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_add_global_allowed_root(
    folder: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        audit::add_global_allowed_root(unsafe { folder.read("folder") }?);
        Ok(())
    })
}

/// Allows this thread a folder until its context ends. An empty path adds nothing.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_add_scoped_allowed_root(
    folder: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        audit::add_scoped_allowed_root(unsafe { folder.read("folder") }?);
        Ok(())
    })
}

/// Whether the plugin that this thread acts for may open a file in a mode of Python (`r`, `wb`, …). `reason_out` may be
/// NULL; otherwise it receives why not, a text to free with `matriline_text_free`, empty for a file that it may open. Nobody
/// is asked.
///
/// Threads: any. It asks the file system.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_check_open(
    path: matriline_str,
    mode: matriline_str,
    allowed_out: *mut bool,
    reason_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (path, mode) = unsafe { (path.read("path")?, mode.read("mode")?) };
        // SAFETY: the caller's promise.
        let allowed_out = unsafe { super::object_mut(allowed_out, "allowed_out") }?;
        let check = audit::check_open(path, mode);
        *allowed_out = check.allowed;
        // SAFETY: the caller's promise.
        if let Some(reason_out) = unsafe { reason_out.as_mut() } {
            give(reason_out, matriline_text(check.reason));
        }
        Ok(())
    })
}

/// Keeps a violation that the application has found itself: as the last of this thread, in the list of the plugin, and as
/// a warning in the log.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_report_violation(
    violation: *const matriline_violation,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let violation = unsafe { object(violation, "violation") }?;
        // SAFETY: the caller's promise.
        audit::report_violation(unsafe { read(violation) }?);
        Ok(())
    })
}

/// # Safety
/// The texts are readable.
unsafe fn read(violation: &matriline_violation) -> Outcome<AuditViolation> {
    // SAFETY: the caller's promise.
    let text = |text: matriline_str, name: &str| unsafe { text.read(name) }.map(str::to_owned);
    Ok(AuditViolation {
        plugin_key: text(violation.plugin_key, "plugin_key")?,
        capability: text(violation.capability, "capability")?,
        event_name: text(violation.event_name, "event_name")?,
        path: text(violation.path, "path")?,
        reason: text(violation.reason, "reason")?,
    })
}

/// The last violation on this thread, of Python code or reported: a list with one or none, to free with
/// `matriline_violation_list_free`. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_audit_last_violation() -> *mut matriline_violation_list {
    let last = || matriline_violation_list(audit::last_violation().into_iter().collect());
    answer(std::ptr::null_mut(), || Box::into_raw(Box::new(last())))
}

/// Forgets it. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_audit_clear_last_violation() {
    answer((), audit::clear_last_violation);
}

/// Whether a path is a folder, or lies in it, once symbolic links and `..` are followed as far as the path exists.
///
/// Threads: any. It asks the file system.
///
/// # Safety
/// The texts are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_is_inside_allowed_root(
    candidate: matriline_str,
    root: matriline_str,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let paths = unsafe { candidate.read("candidate").ok().zip(root.read("root").ok()) };
        paths.is_some_and(|(candidate, root)| audit::is_inside_allowed_root(candidate, root))
    })
}

/// Whether a file has a name that the running manager's application keeps secrets under.
///
/// Threads: any.
///
/// # Safety
/// The text is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_audit_is_denied_filename(path: matriline_str) -> bool {
    // SAFETY: the caller's promise.
    answer(false, || unsafe { path.read("path") }.is_ok_and(audit::is_denied_filename))
}
