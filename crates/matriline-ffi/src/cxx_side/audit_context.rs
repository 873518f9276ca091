//! `PluginAuditManager` and `ScopedPluginAuditContext`: the application's own code that acts for a plugin.

use std::pin::Pin;

use matriline::audit::{self, AuditContext, AuditViolation};

use crate::audit::{Failure, ffi};
use crate::boundary::{Outcome, catch, run};
use crate::cxx_side::audit::violation_data;
use crate::number::{audit_mode, of_audit_mode};

/// What a `ScopedPluginAuditContext` of C++ owns. Nothing when it could not be entered.
#[derive(Default)]
pub(crate) struct AuditContextGuard(Option<AuditContext>);

impl Drop for AuditContextGuard {
    fn drop(&mut self) {
        let context = self.0.take();
        // nothing unwinds into C++
        let _ = catch(|| {
            drop(context);
            Ok(())
        });
    }
}

pub(crate) fn enter_audit_context(
    key: &str,
    capability: &str,
    mode: u8,
    failure: Pin<&mut Failure>,
) -> Box<AuditContextGuard> {
    run(failure, || {
        Ok(Box::new(AuditContextGuard(Some(AuditContext::enter(key, capability, audit_mode(mode)?)))))
    })
}

/// For what cannot fail but by a defect.
fn done(failure: Pin<&mut Failure>, act: impl FnOnce()) {
    run(failure, || -> Outcome<()> {
        act();
        Ok(())
    });
}

pub(crate) fn audit_set_current_plugin(key: &str, failure: Pin<&mut Failure>) {
    done(failure, || audit::set_current_plugin(key));
}

pub(crate) fn audit_current_plugin(failure: Pin<&mut Failure>) -> String {
    run(failure, || Ok(audit::current_plugin()))
}

pub(crate) fn audit_set_current_capability(name: &str, failure: Pin<&mut Failure>) {
    done(failure, || audit::set_current_capability(name));
}

pub(crate) fn audit_current_capability(failure: Pin<&mut Failure>) -> String {
    run(failure, || Ok(audit::current_capability()))
}

pub(crate) fn audit_set_mode(mode: u8, failure: Pin<&mut Failure>) {
    run(failure, || {
        audit::set_audit_mode(audit_mode(mode)?);
        Ok(())
    });
}

pub(crate) fn audit_current_mode(failure: Pin<&mut Failure>) -> u8 {
    run(failure, || Ok(of_audit_mode(audit::audit_mode())))
}

pub(crate) fn add_global_root(folder: &str, failure: Pin<&mut Failure>) {
    done(failure, || audit::add_global_allowed_root(folder));
}

pub(crate) fn add_scoped_root(folder: &str, failure: Pin<&mut Failure>) {
    done(failure, || audit::add_scoped_allowed_root(folder));
}

pub(crate) fn audit_check_open(path: &str, mode: &str, failure: Pin<&mut Failure>) -> ffi::OpenCheckData {
    run(failure, || {
        let check = audit::check_open(path, mode);
        Ok(ffi::OpenCheckData { allowed: check.allowed, reason: check.reason })
    })
}

pub(crate) fn audit_report_violation(violation: &ffi::ViolationData, failure: Pin<&mut Failure>) {
    done(failure, || {
        audit::report_violation(AuditViolation {
            plugin_key: violation.plugin_key.clone(),
            capability: violation.capability.clone(),
            event_name: violation.event_name.clone(),
            path: violation.path.clone(),
            reason: violation.reason.clone(),
        });
    });
}

pub(crate) fn audit_last_violation(failure: Pin<&mut Failure>) -> ffi::ViolationData {
    run(failure, || Ok(audit::last_violation().map(violation_data).unwrap_or_default()))
}

pub(crate) fn forget_last_violation(failure: Pin<&mut Failure>) {
    done(failure, audit::clear_last_violation);
}

pub(crate) fn audit_is_inside(candidate: &str, root: &str, failure: Pin<&mut Failure>) -> bool {
    run(failure, || Ok(audit::is_inside_allowed_root(candidate, root)))
}

pub(crate) fn audit_is_denied_filename(path: &str, failure: Pin<&mut Failure>) -> bool {
    run(failure, || Ok(audit::is_denied_filename(path)))
}
