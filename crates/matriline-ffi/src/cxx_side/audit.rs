//! Permissions of plugins, and looking back at what they did.

use std::path::Path;
use std::pin::Pin;

use matriline::audit::{AuditViolation, Permission};

use crate::application::ffi::PermissionData;
use crate::audit::{Failure, ffi};
use crate::boundary::run;
use crate::cxx_side::host::Host;
use crate::number::{audit_mode, permission_kind};

pub(crate) fn list_permissions(host: &Host, key: &str, failure: Pin<&mut Failure>) -> Vec<PermissionData> {
    run(failure, || Ok(host.manager()?.permissions(key)?.into_iter().map(permission_data).collect()))
}

pub(crate) fn list_wanted_permissions(
    host: &Host,
    key: &str,
    failure: Pin<&mut Failure>,
) -> Vec<PermissionData> {
    run(failure, || Ok(host.manager()?.wanted_permissions(key)?.into_iter().map(permission_data).collect()))
}

pub(crate) fn ask_permissions(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool {
    run(failure, || Ok(host.manager()?.ask_permissions(key)?))
}

pub(crate) fn revoke_permission(
    host: &Host,
    key: &str,
    permission: &PermissionData,
    failure: Pin<&mut Failure>,
) -> bool {
    run(failure, || {
        let kind = permission_kind(permission.kind)?;
        let permission = Permission { kind, target: permission.target.clone() };
        Ok(host.manager()?.revoke(key, &permission)?)
    })
}

pub(crate) fn violations(host: &Host, key: &str, failure: Pin<&mut Failure>) -> Vec<ffi::ViolationData> {
    run(failure, || Ok(host.manager()?.violations(key).into_iter().map(violation_data).collect()))
}

pub(crate) fn violation_count(host: &Host, key: &str, failure: Pin<&mut Failure>) -> u64 {
    run(failure, || Ok(host.manager()?.violation_count(key)))
}

pub(crate) fn export_activity(host: &Host, file: &str, failure: Pin<&mut Failure>) {
    run(failure, || Ok(host.manager()?.export_activity(Path::new(file))?));
}

pub(crate) fn set_verbose_events(host: &Host, verbose: bool, failure: Pin<&mut Failure>) {
    run(failure, || {
        host.manager()?.set_verbose_events(verbose);
        Ok(())
    });
}

pub(crate) fn set_plugin_audit_mode(host: &Host, key: &str, mode: u8, failure: Pin<&mut Failure>) -> bool {
    run(failure, || Ok(host.manager()?.set_audit_mode(key, audit_mode(mode)?)))
}

pub(crate) fn permission_data(permission: Permission) -> PermissionData {
    PermissionData { kind: permission.kind as u8, target: permission.target }
}

pub(crate) fn violation_data(violation: AuditViolation) -> ffi::ViolationData {
    let AuditViolation { plugin_key, capability, event_name, path, reason } = violation;
    ffi::ViolationData { found: true, plugin_key, capability, event_name, path, reason }
}
