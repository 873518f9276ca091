//! What the application says about the audit when it starts.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use matriline_capability::CapabilityType;
use matriline_policy::{Answer, Mode, Question};
use matriline_python::identity::IdentityOptions;

use super::with_places;

/// Answers what a plugin is about to do.
pub(crate) type AskUser = Arc<dyn Fn(&Question) -> Answer + Send + Sync>;

#[derive(Default)]
pub(crate) struct AuditOptions {
    /// [`Mode::Loading`] if none is set, or [`Mode::Ask`] if there is somebody to ask.
    pub(crate) mode: Option<Mode>,
    pub(crate) by_plugin: HashMap<String, Mode>,
    pub(crate) by_type: Vec<(CapabilityType, Mode)>,
    pub(crate) secrets: Vec<String>,
    /// Canonical.
    pub(crate) read_only: Vec<PathBuf>,
    /// Who is asked, and for how long.
    pub(crate) questions: Option<(AskUser, Duration)>,
}

impl AuditOptions {
    /// The mode of plugins that nothing else is said about.
    pub(crate) fn default_mode(&self) -> Mode {
        let usual = if self.questions.is_some() { Mode::Ask } else { Mode::Loading };
        self.mode.unwrap_or(usual)
    }

    /// What is said about a plugin counts before what is said about types.
    pub(crate) fn applied_to(&self, options: IdentityOptions) -> IdentityOptions {
        let own = self.by_plugin.get(&options.key).copied();
        IdentityOptions {
            rules: with_places(options.rules, self),
            mode: own.unwrap_or_else(|| self.default_mode()),
            modes: if own.is_some() { Vec::new() } else { self.by_type.clone() },
            ..options
        }
    }
}
