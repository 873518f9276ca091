//! How a plugin stands with the policy: its mode, its grants, and what was refused to it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use arc_swap::ArcSwap;
use matriline_capability::CapabilityType;
use matriline_policy::{AuditViolation, Grants, Mode};
use matriline_registry::lock::Mutex;

use super::repeats::Repeats;
use crate::identity::Identity;

/// How many violations of a plugin are kept. All are counted.
const KEPT: usize = 100;

/// How a plugin stands with the policy. What decides is read without a lock, also in a forked child.
#[derive(Debug)]
pub struct Standing {
    libraries: Vec<PathBuf>,
    mode: AtomicU8,
    /// Whether `modes` has something.
    by_type: AtomicBool,
    modes: ArcSwap<Vec<(CapabilityType, Mode)>>,
    grants: ArcSwap<Grants>,
    violations: Mutex<VecDeque<AuditViolation>>,
    refused: AtomicU64,
    repeats: Repeats,
}

/// Whether any plugin ever was in a mode that looks at reads, so that those of other threads must be looked at, too.
static STRICT: AtomicBool = AtomicBool::new(false);

impl Standing {
    pub(crate) fn new(
        libraries: Vec<PathBuf>,
        mode: Mode,
        modes: Vec<(CapabilityType, Mode)>,
        grants: Arc<Grants>,
    ) -> Self {
        if mode != Mode::Loading || modes.iter().any(|(_, mode)| *mode != Mode::Loading) {
            STRICT.store(true, Ordering::Release);
        }
        // Frames tell a file as Python was given it, the kernel as it canonically is.
        let canonical = libraries.iter().filter_map(|folder| folder.canonicalize().ok());
        let mut libraries: Vec<_> = canonical.chain(libraries.iter().cloned()).collect();
        libraries.sort();
        libraries.dedup();
        Self {
            libraries,
            mode: AtomicU8::new(mode as u8),
            by_type: AtomicBool::new(!modes.is_empty()),
            modes: ArcSwap::from_pointee(modes),
            grants: ArcSwap::new(grants),
            violations: Mutex::default(),
            refused: AtomicU64::new(0),
            repeats: Repeats::default(),
        }
    }

    /// How strict the policy is with the plugin, in a call of a capability of that type or outside of one.
    #[inline]
    pub fn mode(&self, kind: Option<CapabilityType>) -> Mode {
        if self.by_type.load(Ordering::Acquire)
            && let Some(kind) = kind
            && let Some((_, mode)) = self.modes.load().iter().find(|(of, _)| *of == kind)
        {
            return *mode;
        }
        let mode = self.mode.load(Ordering::Acquire);
        Mode::ALL.into_iter().find(|known| *known as u8 == mode).unwrap_or(Mode::Enforcing)
    }

    pub(crate) fn set_mode(&self, mode: Mode) {
        if mode != Mode::Loading {
            STRICT.store(true, Ordering::Release);
        }
        self.mode.store(mode as u8, Ordering::Release);
    }

    pub(crate) fn set_mode_for(&self, kind: CapabilityType, mode: Mode) {
        if mode != Mode::Loading {
            STRICT.store(true, Ordering::Release);
        }
        self.modes.rcu(|modes| {
            let others = modes.iter().filter(|(of, _)| *of != kind).copied();
            others.chain([(kind, mode)]).collect::<Vec<_>>()
        });
        self.by_type.store(true, Ordering::Release);
    }

    /// What the user has allowed it beyond its places.
    pub fn grants(&self) -> Arc<Grants> {
        self.grants.load_full()
    }

    pub(crate) fn set_grants(&self, grants: Arc<Grants>) {
        self.grants.store(grants);
    }

    /// The folders of the packages it stands on.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Path> {
        self.libraries.iter().map(PathBuf::as_path)
    }

    pub(crate) fn repeats(&self) -> &Repeats {
        &self.repeats
    }

    /// What was refused to it, oldest first: the last 100.
    pub fn violations(&self) -> Vec<AuditViolation> {
        self.violations.lock().iter().cloned().collect()
    }

    /// How often something was refused to it.
    pub fn violation_count(&self) -> u64 {
        self.refused.load(Ordering::Acquire)
    }

    /// Keeps a violation.
    pub(crate) fn refused(&self, violation: AuditViolation) {
        self.refused.fetch_add(1, Ordering::AcqRel);
        let mut violations = self.violations.lock();
        if violations.len() == KEPT {
            violations.pop_front();
        }
        violations.push_back(violation);
    }
}

/// Whether any plugin ever was in a mode that looks at reads.
#[inline]
pub(crate) fn any_is_strict() -> bool {
    STRICT.load(Ordering::Acquire)
}

thread_local! {
    static LAST: RefCell<Option<AuditViolation>> = const { RefCell::new(None) };
}

/// The last violation on this thread since [`clear_last_violation`].
pub fn last_violation() -> Option<AuditViolation> {
    LAST.try_with(|last| last.borrow().clone()).ok().flatten()
}

/// Forgets the last violation on this thread.
pub fn clear_last_violation() {
    let _ = LAST.try_with(|last| last.borrow_mut().take());
}

/// Keeps a violation that the application has found: as the last of this thread, and in the list of the plugin.
pub fn report(identity: Option<&Identity>, violation: AuditViolation) {
    if let Some(identity) = identity {
        identity.standing().refused(violation.clone());
    }
    set_last_violation(violation);
}

/// Keeps a violation as the last of this thread.
pub(crate) fn set_last_violation(violation: AuditViolation) {
    let _ = LAST.try_with(|last| *last.borrow_mut() = Some(violation));
}
