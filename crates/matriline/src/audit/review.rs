//! Looking back at what plugins did, and changing how strict the policy is with them.

use std::path::Path;

use matriline_capability::CapabilityType;
use matriline_policy::{AuditViolation, Mode};

use crate::{Error, PluginManager};

impl PluginManager {
    /// What was refused to a plugin since it was loaded last, oldest first, also where it swallowed the exception: the last
    /// hundred.
    ///
    /// Threads: any.
    pub fn violations(&self, key: &str) -> Vec<AuditViolation> {
        self.loader().0.audit.load_of(key).map(|load| load.standing().violations()).unwrap_or_default()
    }

    /// How often something was refused to a plugin since it was loaded last.
    ///
    /// Threads: any.
    pub fn violation_count(&self, key: &str) -> u64 {
        self.loader().0.audit.load_of(key).map_or(0, |load| load.standing().violation_count())
    }

    /// Writes what plugins did to one file, oldest first, a JSON object a line: `time` (RFC 3339, UTC), `plugin`,
    /// `capability`, `act` (the audit event), `category`, `targets`, `decision` (`allowed`, `denied`), `rule`, `count`. A
    /// line with `dropped` says how many acts came too fast to be kept.
    ///
    /// The log itself is `<data_dir>/log/activity.jsonl`, with the four files of 4 MiB before it, `activity.1.jsonl` to
    /// `activity.4.jsonl`.
    ///
    /// # Errors
    /// [`Error::File`].
    ///
    /// Threads: any; waits for the disk.
    pub fn export_activity(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.logged(|| self.loader().0.audit.log.export(path.as_ref()))
    }

    /// Whether each act of a plugin is a debug message in the application's log as well, a little later. Off by default.
    ///
    /// Threads: any.
    pub fn set_verbose_events(&self, verbose: bool) {
        let dispatch = verbose.then(|| self.0.parts.dispatch.clone());
        self.loader().0.audit.log.set_verbose(dispatch);
    }

    /// How strict the policy is with a plugin that is loaded, in a call of a capability of that type or outside of one.
    ///
    /// Threads: any.
    pub fn audit_mode(&self, key: &str, kind: Option<CapabilityType>) -> Option<Mode> {
        self.loader().0.audit.load_of(key).map(|load| load.standing().mode(kind))
    }

    /// Changes how strict the policy is with a plugin that is loaded, at once and until it is loaded again; what
    /// [`ManagerBuilder`](crate::ManagerBuilder) says about types still counts before it. False when it is not loaded.
    ///
    /// Threads: any.
    pub fn set_audit_mode(&self, key: &str, mode: Mode) -> bool {
        self.loader().0.audit.load_of(key).inspect(|load| load.set_mode(mode)).is_some()
    }
}
