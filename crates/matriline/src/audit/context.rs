//! The application's own code that acts for a plugin: it says for whom, and asks whether that may be done.
//!
//! A context belongs to a thread. What Python code does needs none: the loader has told the audit hook whose code it is.
//! The names are those of OrcaSlicer's `PluginAuditManager`.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use matriline_policy::{
    Act, AuditViolation, Category, Decision, Denied, Mode, Need, Reach, Subject, Target, Use,
};
use matriline_python::audit;

use super::roots::{rules_of, running, weakly_canonical};

/// For whom this thread acts, and what is allowed meanwhile.
#[derive(Clone, Debug, Default)]
struct Acting {
    /// Empty for nobody.
    plugin: String,
    capability: String,
    mode: Mode,
    scoped: Vec<PathBuf>,
}

thread_local! {
    static ACTING: RefCell<Acting> = RefCell::default();
}

/// This thread acts for a plugin until the context goes; contexts nest. A new one begins without folders of its own, so
/// [`add_scoped_allowed_root`] comes after it.
#[derive(Debug)]
#[must_use = "a context ends when it is dropped"]
pub struct AuditContext {
    before: Option<Acting>,
    /// It belongs to its thread.
    here: PhantomData<*const ()>,
}

impl AuditContext {
    /// Acts for a plugin, and for the capability of that name if it is not empty. With an empty key nothing changes.
    pub fn enter(plugin_key: &str, capability: &str, mode: Mode) -> Self {
        let acting =
            Acting { plugin: plugin_key.into(), capability: capability.into(), mode, scoped: Vec::new() };
        let before = (!plugin_key.is_empty()).then(|| ACTING.replace(acting));
        Self { before, here: PhantomData }
    }
}

impl Drop for AuditContext {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            // a thread that ends has no context to go back to
            let _ = ACTING.try_with(|acting| acting.replace(before));
        }
    }
}

/// What [`check_open`] answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCheck {
    /// Whether the file may be opened.
    pub allowed: bool,
    /// Why not, in the words of the policy: `outside allowed root`, `denied filename`, …; else empty.
    pub reason: String,
}

/// Acts for a plugin from now on, or for nobody with an empty key. The capability, the mode and the folders stay.
pub fn set_current_plugin(plugin_key: &str) {
    change(|acting| acting.plugin = plugin_key.into());
}

/// For which plugin this thread acts; empty for none.
pub fn current_plugin() -> String {
    ACTING.with_borrow(|acting| acting.plugin.clone())
}

/// Acts for no plugin from now on.
pub fn clear_current_plugin() {
    set_current_plugin("");
}

/// Acts for a capability of the plugin from now on.
pub fn set_current_capability(name: &str) {
    change(|acting| acting.capability = name.into());
}

/// For which capability this thread acts; empty for none.
pub fn current_capability() -> String {
    ACTING.with_borrow(|acting| acting.capability.clone())
}

/// Acts for no capability from now on.
pub fn clear_current_capability() {
    set_current_capability("");
}

/// How strict [`check_open`] is on this thread from now on.
pub fn set_audit_mode(mode: Mode) {
    change(|acting| acting.mode = mode);
}

/// How strict [`check_open`] is on this thread; [`Mode::Loading`] outside of a context.
pub fn audit_mode() -> Mode {
    ACTING.with_borrow(|acting| acting.mode)
}

/// Allows this thread a folder until its context ends. An empty path adds nothing.
pub fn add_scoped_allowed_root(folder: impl AsRef<Path>) {
    let folder = folder.as_ref();
    if !folder.as_os_str().is_empty() {
        let real = weakly_canonical(folder);
        change(|acting| acting.scoped.push(real));
    }
}

fn change(act: impl FnOnce(&mut Acting)) {
    ACTING.with_borrow_mut(act);
}

/// Whether the plugin that this thread acts for may open a file in a mode of Python (`r`, `wb`, …; empty for reading). An
/// empty path is allowed, and so is everything on a thread that acts for no plugin.
///
/// In [`Mode::Loading`] reading is free; otherwise a file must lie in a place of the plugin, in a folder that was allowed
/// here, or be granted by the user. Nobody is asked: what would be is not allowed.
///
/// Threads: any; asks the file system.
pub fn check_open(path: impl AsRef<Path>, mode: &str) -> OpenCheck {
    let path = path.as_ref();
    let acting = ACTING.with_borrow(Clone::clone);
    match path.as_os_str().is_empty() || acting.plugin.is_empty() {
        true => OpenCheck { allowed: true, reason: String::new() },
        false => acting.check(&weakly_canonical(path), mode.contains(['w', 'a', 'x', '+'])),
    }
}

impl Acting {
    fn check(&self, path: &Path, writes: bool) -> OpenCheck {
        let rules = rules_of(&self.plugin);
        let load = running().and_then(|running| running.audit.load_of(&self.plugin));
        let grants = load.map(|load| load.standing().grants()).unwrap_or_default();
        let scoped: Vec<&Path> = self.scoped.iter().map(PathBuf::as_path).collect();
        let subject =
            Subject { mode: self.mode, rules: &rules, scoped: &scoped, readable: &[], grants: &grants };
        let (category, purpose) = match writes {
            true => (Category::FsReadWrite, Use::Writes(Reach::Contents)),
            false => (Category::FsRead, Use::Reads),
        };
        let targets = [Target::Path(path, purpose)];
        let denied = match subject.decide(&Act { category, need: Need::Place, targets: &targets }) {
            Decision::Allow(_) => return OpenCheck { allowed: true, reason: String::new() },
            Decision::Deny(denied) => denied,
            Decision::Ask(_) => Denied::Outside,
        };
        let (plugin, mode, path) = (self.plugin.as_str(), self.mode, path.display());
        matriline_python::logged(
            || tracing::warn!(target: "matriline::audit", plugin, "[AUDIT] block path={path} is_write={writes} audit_mode={mode} plugin={plugin}: {denied}"),
        );
        OpenCheck { allowed: false, reason: denied.to_string() }
    }
}

/// Keeps a violation that the application has found itself: as the last of this thread, in the list of the plugin, and as
/// a warning in the log.
pub fn report_violation(violation: AuditViolation) {
    let load = running().and_then(|running| running.audit.load_of(&violation.plugin_key));
    matriline_python::logged(|| {
        let AuditViolation { plugin_key: plugin, event_name: event, path, reason, .. } = &violation;
        tracing::warn!(target: "matriline::audit", plugin = plugin.as_str(), "[AUDIT BLOCKED] plugin={plugin} event={event} path={path} reason={reason}");
    });
    audit::report(load.as_deref(), violation);
}

/// The last violation on this thread, of Python code or [reported](report_violation), until [`clear_last_violation`].
pub fn last_violation() -> Option<AuditViolation> {
    audit::last_violation()
}

/// Forgets it.
pub fn clear_last_violation() {
    audit::clear_last_violation();
}
