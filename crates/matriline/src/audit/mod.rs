//! What plugins do, may do, and were refused.
//!
//! The audit hook of `matriline-python` decides about every act of a plugin by the rules of `matriline-policy`; here is the
//! application's side of it. It says how strict the policy is ([`Mode`]), answers questions
//! ([`ManagerBuilder::questions`](crate::ManagerBuilder::questions)), looks at what its user has granted and takes it back
//! ([`PluginManager::permissions`](crate::PluginManager::permissions)), and reads what happened
//! ([`PluginManager::violations`](crate::PluginManager::violations),
//! [`PluginManager::export_activity`](crate::PluginManager::export_activity)).
//!
//! The policy is for honest code and no wall: `docs/security.md` says what it stops and what it does not see.

mod activity;
mod activity_file;
mod context;
mod ear;
mod options;
mod permissions;
mod review;
mod roots;
mod words;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use matriline_policy::PlaceRules;
use matriline_python::audit::set_auditor;
use matriline_python::identity::{Identity, IdentityOptions};
use matriline_registry::lock::Mutex;

use crate::loader::Inner;
use activity::ActivityLog;
use activity_file::ActivityFile;
use ear::Ear;
pub(crate) use options::AuditOptions;
pub(crate) use permissions::grants;

pub use context::{
    AuditContext, OpenCheck, add_scoped_allowed_root, audit_mode, check_open, clear_current_capability,
    clear_current_plugin, clear_last_violation, current_capability, current_plugin, last_violation,
    report_violation, set_audit_mode, set_current_capability, set_current_plugin,
};
pub use matriline_policy::{Answer, AuditAct, AuditViolation, Category, GrantKind, Mode, Question};
pub use permissions::Permission;
pub use roots::{add_global_allowed_root, is_denied_filename, is_inside_allowed_root};
pub use words::question_text;

/// The audit of one manager.
pub(crate) struct Audit {
    options: AuditOptions,
    log: Arc<ActivityLog>,
    /// The newest load of each plugin.
    identities: Mutex<HashMap<String, Arc<Identity>>>,
}

impl Audit {
    pub(crate) fn new(options: AuditOptions, data_dir: &Path) -> Self {
        let log = Arc::new(ActivityLog::new(ActivityFile::below(data_dir)));
        Self { options, log, identities: Mutex::default() }
    }

    /// The identity of a load: where the plugin may write as given, and what the application and its user say.
    pub(crate) fn identity(&self, options: IdentityOptions) -> Arc<Identity> {
        let key = options.key.clone();
        let identity = Identity::new(self.options.applied_to(options));
        let earlier = self.identities.lock().insert(key, identity.clone());
        drop(earlier);
        identity
    }

    /// The newest load of a plugin, whether or not it is over.
    fn load_of(&self, key: &str) -> Option<Arc<Identity>> {
        self.identities.lock().get(key).cloned()
    }

    /// Nobody is asked any more, and what happens from now on is not written down.
    pub(crate) fn end(&self) {
        set_auditor(None);
        self.log.close();
    }
}

/// The audit of this loader's manager begins.
pub(crate) fn begin(loader: &Arc<Inner>) {
    set_auditor(Some(Arc::new(Ear::of(loader))));
    roots::set_running(loader);
}

/// What an application adds to the places of every plugin.
fn with_places(mut rules: PlaceRules, options: &AuditOptions) -> PlaceRules {
    for root in roots::global() {
        rules = rules.with_writable(root);
    }
    for root in &options.read_only {
        rules = rules.with_readable(root.clone());
    }
    rules.with_secrets(&options.secrets)
}
