//! What is told about acts: to the log, to the user who is asked, to the application that looks back.

use crate::Category;

/// An act as the audit hook found it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AuditAct {
    /// The plugin whose code acts; `unknown` for code that no plugin answers for.
    pub plugin_key: String,
    /// The capability that was called; empty outside of a call, and on threads of the plugin's own.
    pub capability: String,
    /// The audit event (PEP 578).
    pub event: String,
    /// What kind of act it is.
    pub category: Category,
    /// What it is done to, canonical: paths, `host:port`, programs. A path that was only read in [`Mode::Loading`] is
    /// given as the plugin wrote it.
    ///
    /// [`Mode::Loading`]: crate::Mode::Loading
    pub targets: Vec<String>,
}

/// How an act was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It went on.
    Allowed,
    /// It was refused.
    Denied,
}

/// An act and what became of it: one line of the activity log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The act.
    pub act: AuditAct,
    /// What became of it.
    pub verdict: Verdict,
    /// Which rule decided, in the words of [`Rule`](crate::Rule) or [`Denied`](crate::Denied).
    pub rule: &'static str,
    /// How often: more than 1 when equal acts were counted and not told one by one.
    pub count: u32,
}

/// A refused act, kept for the application, also when the plugin swallows the exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditViolation {
    /// The plugin.
    pub plugin_key: String,
    /// The capability that was called; empty outside of a call.
    pub capability: String,
    /// The audit event.
    pub event_name: String,
    /// What it would have been done to.
    pub path: String,
    /// Why it was refused, in the words of [`Denied`](crate::Denied).
    pub reason: String,
}

/// What the user is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// The act, with those of its targets that nothing allows yet.
    pub act: AuditAct,
    /// Whether [`Answer::Always`] can be kept: not for making and removing, and not without a target.
    pub can_be_kept: bool,
}

/// What the user says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Not now.
    No,
    /// This time: for the rest of the call that asked.
    Once,
    /// From now on.
    Always,
}
