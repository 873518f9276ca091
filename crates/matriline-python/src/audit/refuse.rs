//! Saying no: the exception, the log, the violation that the application can look at.

use std::sync::atomic::Ordering;

use matriline_policy::{Activity, AuditAct, AuditViolation, Category, Denied, EventRule, Verdict};
use pyo3::exceptions::PyPermissionError;
use pyo3::prelude::*;

use super::auditor::auditor;
use super::decide::Actor;
use super::standing::set_last_violation;
use crate::attach::FORKED;
use crate::log;

/// How the text of the `PermissionError` begins, which plugins and users know.
const BLOCKED_PATH: &str = "Plugin attempted to access a blocked file path";
/// The same for acts on something else.
const NO_PERMISSION: &str = "Plugin attempted an audited operation without permission";

/// Logs and keeps a refusal, and makes the exception of it.
#[cold]
pub(super) fn refuse(
    actor: &Actor<'_>,
    rule: &EventRule,
    category: Category,
    targets: &[String],
    denied: Denied,
) -> PyErr {
    let (plugin, event) = (actor.key(), rule.event);
    let path = targets.join(", ");
    let of = if path.is_empty() { String::new() } else { format!(" of `{path}`") };
    // A forked child has no application to tell, and perhaps locks that nobody will release.
    if !FORKED.load(Ordering::Acquire) {
        log::logged(|| {
            tracing::warn!(target: "matriline::audit", plugin, event, path = &*path, "Plugin `{plugin}`: blocked `{event}`{of}: {denied}");
        });
        let violation = AuditViolation {
            plugin_key: plugin.to_owned(),
            capability: actor.capability().to_owned(),
            event_name: event.to_owned(),
            path,
            reason: denied.to_string(),
        };
        if let Some(identity) = actor.identity() {
            identity.standing().refused(violation.clone());
        }
        set_last_violation(violation);
        record(|| actor.act(rule, category, targets.to_vec()), Verdict::Denied, denied.rule());
    }
    let head = if category.is_file_act() { BLOCKED_PATH } else { NO_PERMISSION };
    let message = format!("{head} (plugin `{plugin}`, `{event}`{of}: {denied}; {})", denied.remedy());
    PyPermissionError::new_err((libc::EACCES, message))
}

/// Tells the activity log.
pub(super) fn record(act: impl FnOnce() -> AuditAct, verdict: Verdict, rule: &'static str) {
    if FORKED.load(Ordering::Acquire) {
        return;
    }
    if let Some(auditor) = auditor() {
        auditor.record(Activity { act: act(), verdict, rule, count: 1 });
    }
}
