//! The bridge of the audit: what plugins are allowed, what they did, and the application's own code that acts for them.
//!
//! As in `bridge`, every function of Rust that can fail takes a `Failure` last and fills it instead of throwing.

pub(crate) use crate::cxx_side::audit::{
    ask_permissions, export_activity, list_permissions, list_wanted_permissions, revoke_permission,
    set_plugin_audit_mode, set_verbose_events, violation_count, violations,
};
pub(crate) use crate::cxx_side::audit_context::{
    AuditContextGuard, add_global_root, add_scoped_root, audit_check_open, audit_current_capability,
    audit_current_mode, audit_current_plugin, audit_is_denied_filename, audit_is_inside,
    audit_last_violation, audit_report_violation, audit_set_current_capability, audit_set_current_plugin,
    audit_set_mode, enter_audit_context, forget_last_violation,
};
pub(crate) use ffi::Failure;

#[cxx::bridge(namespace = "matriline::detail")]
#[allow(missing_docs, unreachable_pub, clippy::ptr_arg)]
pub(crate) mod ffi {
    #[derive(Default)]
    struct ViolationData {
        /// False for no violation at all.
        found: bool,
        plugin_key: String,
        capability: String,
        event_name: String,
        path: String,
        reason: String,
    }

    #[derive(Default)]
    struct OpenCheckData {
        allowed: bool,
        reason: String,
    }

    unsafe extern "C++" {
        include!("answers.hpp");
        include!("generated/bridge.hpp");
        include!("generated/application.hpp");

        type Failure = crate::bridge::Failure;
        type Host = crate::cxx_side::host::Host;
        type PermissionData = crate::application::ffi::PermissionData;
    }

    extern "Rust" {
        fn list_permissions(host: &Host, key: &str, failure: Pin<&mut Failure>) -> Vec<PermissionData>;
        fn list_wanted_permissions(host: &Host, key: &str, failure: Pin<&mut Failure>)
        -> Vec<PermissionData>;
        fn ask_permissions(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool;
        fn revoke_permission(
            host: &Host,
            key: &str,
            permission: &PermissionData,
            failure: Pin<&mut Failure>,
        ) -> bool;
        fn violations(host: &Host, key: &str, failure: Pin<&mut Failure>) -> Vec<ViolationData>;
        fn violation_count(host: &Host, key: &str, failure: Pin<&mut Failure>) -> u64;
        fn export_activity(host: &Host, file: &str, failure: Pin<&mut Failure>);
        fn set_verbose_events(host: &Host, verbose: bool, failure: Pin<&mut Failure>);
        fn set_plugin_audit_mode(host: &Host, key: &str, mode: u8, failure: Pin<&mut Failure>) -> bool;

        type AuditContextGuard;
        fn enter_audit_context(
            key: &str,
            capability: &str,
            mode: u8,
            failure: Pin<&mut Failure>,
        ) -> Box<AuditContextGuard>;
        fn audit_set_current_plugin(key: &str, failure: Pin<&mut Failure>);
        fn audit_current_plugin(failure: Pin<&mut Failure>) -> String;
        fn audit_set_current_capability(name: &str, failure: Pin<&mut Failure>);
        fn audit_current_capability(failure: Pin<&mut Failure>) -> String;
        fn audit_set_mode(mode: u8, failure: Pin<&mut Failure>);
        fn audit_current_mode(failure: Pin<&mut Failure>) -> u8;
        fn add_global_root(folder: &str, failure: Pin<&mut Failure>);
        fn add_scoped_root(folder: &str, failure: Pin<&mut Failure>);
        fn audit_check_open(path: &str, mode: &str, failure: Pin<&mut Failure>) -> OpenCheckData;
        fn audit_report_violation(violation: &ViolationData, failure: Pin<&mut Failure>);
        fn audit_last_violation(failure: Pin<&mut Failure>) -> ViolationData;
        fn forget_last_violation(failure: Pin<&mut Failure>);
        fn audit_is_inside(candidate: &str, root: &str, failure: Pin<&mut Failure>) -> bool;
        fn audit_is_denied_filename(path: &str, failure: Pin<&mut Failure>) -> bool;
    }
}
