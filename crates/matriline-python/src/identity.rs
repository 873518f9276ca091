//! Whose code a thread runs: the application's, a plugin's, or nobody knows.
//!
//! The state of a thread is *Host* (set by a guard), *Plugin* (set around every call into a plugin, and for
//! the whole life of a thread that a plugin starts) or *Unknown*, which is what a thread has that came to
//! Python past us. What a thread may do follows from it; see [`audit`](crate::audit).
//!
//! An identity belongs to one load: a thread that outlives its plugin keeps the identity of a load that is over,
//! and may write nowhere.

mod captured;

pub use captured::Captured;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use matriline_capability::{CapabilityId, CapabilityType};
use matriline_policy::{Grants, Mode, PlaceRules};
use matriline_registry::lock::Mutex;
use matriline_roots::{LazyRoot, Root};
use pyo3::prelude::*;
use pyo3::{ffi, ffi::PyObject};

use crate::audit::{Approvals, Standing};
use crate::variables::{self, Variables};
use crate::{audit, threads};

/// One load of one plugin.
pub struct Identity {
    itself: Weak<Self>,
    key: String,
    rules: PlaceRules,
    /// What it is allowed beyond its places, and what became of what it did.
    standing: Standing,
    /// The folders of `rules` that exist, opened at the first write.
    roots: OnceLock<Vec<Root>>,
    code: Vec<PathBuf>,
    alive: AtomicBool,
    threads: AtomicUsize,
    /// The numbers of those threads that run, as `_thread.get_ident()` answers them.
    numbers: Mutex<Vec<u64>>,
    /// The calls inside, newest first. Changed and read under the GIL only.
    calls: Cell<*const Scope<'static>>,
    /// The context that all code of the plugin runs in, made at the first need. Under the GIL only.
    variables: Cell<*mut PyObject>,
}

// SAFETY: all fields but `calls` and `variables` may be shared; those are touched under the GIL alone, which orders
// the accesses.
unsafe impl Send for Identity {}
// SAFETY: as above.
unsafe impl Sync for Identity {}

/// What an identity is made of.
pub struct IdentityOptions {
    /// The key of the plugin.
    pub key: String,
    /// Where it may write.
    pub rules: PlaceRules,
    /// The folders its code lies in, canonical: code from there is the plugin's on whatever thread it runs.
    pub code: Vec<PathBuf>,
    /// The folders of the packages it stands on, canonical: readable, and their code is nobody's own.
    pub libraries: Vec<PathBuf>,
    /// How strict the policy is with it.
    pub mode: Mode,
    /// The same for its capabilities of some types.
    pub modes: Vec<(CapabilityType, Mode)>,
    /// What the user has allowed it beyond its places.
    pub grants: Arc<Grants>,
}

impl IdentityOptions {
    /// A plugin of that key that writes where the rules say, in the mode [`Mode::Loading`] and with no grants.
    pub fn new(key: impl Into<String>, rules: PlaceRules) -> Self {
        Self {
            key: key.into(),
            rules,
            code: Vec::new(),
            libraries: Vec::new(),
            mode: Mode::Loading,
            modes: Vec::new(),
            grants: Arc::default(),
        }
    }
}

/// All identities that code may belong to: the newest load of a plugin, and earlier ones that left threads.
static KNOWN: Mutex<Vec<Arc<Identity>>> = Mutex::new(Vec::new());

impl Identity {
    /// Makes the identity of a load and lets its code be known.
    pub fn new(options: IdentityOptions) -> Arc<Self> {
        let IdentityOptions { key, rules, code, libraries, mode, modes, grants } = options;
        let identity = Arc::new_cyclic(|itself| Self {
            itself: itself.clone(),
            key,
            rules,
            standing: Standing::new(libraries, mode, modes, grants),
            roots: OnceLock::new(),
            code,
            alive: AtomicBool::new(true),
            threads: AtomicUsize::new(0),
            numbers: Mutex::default(),
            calls: Cell::new(std::ptr::null()),
            variables: Cell::new(std::ptr::null_mut()),
        });
        let mut known = KNOWN.lock();
        known.retain(|other| other.key != identity.key || other.code != identity.code || other.threads() > 0);
        // The newest is found first.
        known.insert(0, identity.clone());
        identity
    }

    /// The key of the plugin.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What it is allowed beyond its places, and what became of what it did.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// What the user has allowed it from now on, also for calls that run.
    pub fn set_grants(&self, grants: Arc<Grants>) {
        self.standing.set_grants(grants);
    }

    /// How strict the policy is with it from now on, also for calls that run.
    pub fn set_mode(&self, mode: Mode) {
        self.standing.set_mode(mode);
    }

    /// The same for its capabilities of one type.
    pub fn set_mode_for(&self, kind: CapabilityType, mode: Mode) {
        self.standing.set_mode_for(kind, mode);
    }

    /// The identity as its threads share it.
    pub(crate) fn shared(&self) -> Option<Arc<Self>> {
        self.itself.upgrade()
    }

    /// The load is over: from now on its code may write nowhere.
    pub fn retire(&self, py: Python<'_>) {
        self.alive.store(false, Ordering::Release);
        let variables = self.variables.replace(std::ptr::null_mut());
        // SAFETY: owned until now.
        drop(unsafe { Bound::from_owned_ptr_or_opt(py, variables) });
    }

    /// The context of the plugin, or null once its load is over. Must run under the GIL.
    #[inline]
    fn variables(&self) -> *mut PyObject {
        if self.variables.get().is_null() && self.rules().is_some() {
            // SAFETY: the GIL is held; a context that cannot be made is done without.
            unsafe {
                self.variables.set(ffi::PyContext_New());
                ffi::PyErr_Clear();
            }
        }
        self.variables.get()
    }

    /// How many threads that the plugin started are still there.
    pub fn threads(&self) -> usize {
        self.threads.load(Ordering::Acquire)
    }

    /// The names of the threads that the plugin started and that are still there: as `threading` knows them, and by
    /// their number where it does not.
    pub fn thread_names(&self, py: Python<'_>) -> Vec<String> {
        let numbers = self.numbers.lock().clone();
        let waiting = self.threads().saturating_sub(numbers.len());
        let waiting = std::iter::repeat_n("a thread that is about to start".to_owned(), waiting);
        numbers.into_iter().map(|number| threads::name(py, number)).chain(waiting).collect()
    }

    /// The loads that have threads.
    pub(crate) fn with_threads() -> Vec<Arc<Self>> {
        KNOWN.lock().iter().filter(|identity| identity.threads() > 0).cloned().collect()
    }

    /// All that code may belong to.
    pub(crate) fn known() -> Vec<Arc<Self>> {
        KNOWN.lock().clone()
    }

    /// The folders whose files it reads without a question, canonical: its own code, its packages.
    pub(crate) fn code_folders(&self) -> impl Iterator<Item = &Path> {
        self.code.iter().map(PathBuf::as_path).chain(self.standing.libraries())
    }

    /// Whether a canonical path is its own code or lies in its packages.
    pub(crate) fn holds_code(&self, path: &Path) -> bool {
        self.code_folders().any(|folder| path.starts_with(folder))
    }

    /// Whether a path, as it is written, is one that it reads without a question: in its folders, its packages, the
    /// standard library. Links are not looked for.
    #[inline]
    pub(crate) fn is_own_place(&self, path: &[u8]) -> bool {
        let own =
            || self.code_folders().chain(self.rules.roots()).any(|folder| is_written_below(path, folder));
        self.is_others_place(path) || own() && !climbs(path)
    }

    /// The same of those that it cannot write to, where no link of its own making can lie.
    #[inline]
    pub(crate) fn is_others_place(&self, path: &[u8]) -> bool {
        let library = || self.standing.libraries().any(|folder| is_written_below(path, folder));
        (audit::is_standard_library(path) || library()) && !climbs(path)
    }

    /// Whose code the file at `path` is.
    pub(crate) fn of_code(path: &Path) -> Option<Arc<Self>> {
        let known = KNOWN.lock();
        known.iter().find(|identity| identity.code.iter().any(|folder| path.starts_with(folder))).cloned()
    }

    /// Where it may write, or `None` once its load is over.
    pub(crate) fn rules(&self) -> Option<&PlaceRules> {
        self.alive.load(Ordering::Acquire).then_some(&self.rules)
    }

    /// The folders of the rules, opened.
    pub(crate) fn roots(&self) -> &[Root] {
        self.roots.get_or_init(|| self.rules.roots().filter_map(|folder| Root::open(folder).ok()).collect())
    }

    /// The folders that the calls now inside may write to. Must run under the GIL.
    pub(crate) fn scoped_roots(&self) -> impl Iterator<Item = &Root> {
        let mut next = self.calls.get();
        std::iter::from_fn(move || {
            // SAFETY: a call is linked while it is inside, and links change under the GIL only, which the
            // caller holds for as long as it uses the answer.
            let scope = unsafe { next.as_ref() }?;
            next = scope.older.get();
            Some(scope.folder.as_ref().and_then(|folder| folder.get().ok()))
        })
        .flatten()
    }
}

/// Whether a path, as it is written, is a folder or begins with it. The end is looked at first, which tells most apart.
#[inline]
pub(crate) fn is_written_below(path: &[u8], folder: &Path) -> bool {
    let folder = folder.as_os_str().as_encoded_bytes();
    path.get(folder.len()).is_none_or(|byte| *byte == b'/') && path.starts_with(folder)
}

/// Whether a path may go up again.
fn climbs(path: &[u8]) -> bool {
    path.windows(3).any(|part| part == b"/..")
}

thread_local! {
    static CURRENT: Cell<*const Scope<'static>> = const { Cell::new(std::ptr::null()) };
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Stands for the application in [`CURRENT`].
const HOST: *const Scope<'static> = std::ptr::without_provenance(align_of::<Scope<'static>>());

/// A stretch of a thread's time in which it runs a plugin's code.
pub(crate) struct Scope<'a> {
    identity: &'a Identity,
    /// The capability that was called.
    capability: Option<&'a CapabilityId>,
    folder: Option<LazyRoot<'a>>,
    traced: Cell<bool>,
    /// What was allowed and refused meanwhile, from the first time on.
    approvals: Cell<Option<Box<Approvals>>>,
    older: Cell<*const Scope<'static>>,
    newer: Cell<*const Scope<'static>>,
}

/// Whose code this thread runs.
pub(crate) enum Who<'a> {
    Host,
    Plugin(&'a Scope<'a>),
    Unknown,
}

/// Looks at whose code this thread runs.
#[inline]
pub(crate) fn with_current<R>(look: impl FnOnce(Who<'_>) -> R) -> R {
    let current = CURRENT.try_with(Cell::get).unwrap_or(std::ptr::null());
    if current == HOST {
        return look(Who::Host);
    }
    // SAFETY: a scope is current only while it stands on this thread's stack.
    look(unsafe { current.as_ref() }.map_or(Who::Unknown, Who::Plugin))
}

/// Looks at the key of the plugin whose code this thread runs: in a call, or on a thread that it started.
#[inline]
pub fn with_plugin_key<R>(look: impl FnOnce(Option<&str>) -> R) -> R {
    with_current(|who| match who {
        Who::Plugin(scope) => look(Some(scope.identity.key())),
        Who::Host | Who::Unknown => look(None),
    })
}

/// Whether this thread runs the application's code.
#[inline]
pub(crate) fn is_host() -> bool {
    CURRENT.try_with(Cell::get).is_ok_and(|current| current == HOST)
}

/// Notes that the plugin's code on this thread set a trace or profile function.
#[cold]
pub(crate) fn note_trace() {
    let current = CURRENT.try_with(Cell::get).unwrap_or(std::ptr::null());
    if current != HOST {
        // SAFETY: as in `with_current`.
        if let Some(scope) = unsafe { current.as_ref() } {
            scope.traced.set(true);
        }
    }
}

/// Runs `body` as a call of the plugin's capability. The folder of `file` is writable meanwhile, on every thread of the plugin.
///
/// Must run under the GIL, and `body` must hold it again when it returns.
#[inline]
pub(crate) fn call<R>(
    identity: &Identity,
    capability: &CapabilityId,
    file: Option<&Path>,
    body: impl FnOnce() -> R,
) -> R {
    let scope = Scope::new(identity, Some(capability), file);
    let pointer = scope.pointer();
    let older = identity.calls.get();
    scope.older.set(older);
    // SAFETY: a linked scope is alive until it is unlinked, under the GIL.
    if let Some(older) = unsafe { older.as_ref() } {
        older.newer.set(pointer);
    }
    identity.calls.set(pointer);
    let _unlink = Unlink(&scope);
    // SAFETY: the GIL is held, and the guard takes a reference of its own.
    let _variables = unsafe { Variables::enter(identity.variables()) };
    scope.run(body)
}

/// Runs `body` as the plugin, on a thread that it started and that has that number.
pub(crate) fn thread<R>(identity: &Identity, number: u64, body: impl FnOnce() -> R) -> R {
    identity.numbers.lock().push(number);
    let _gone = Numbered { identity, number };
    Scope::new(identity, None, None).run(body)
}

struct Numbered<'a> {
    identity: &'a Identity,
    number: u64,
}

impl Drop for Numbered<'_> {
    fn drop(&mut self) {
        let mut numbers = self.identity.numbers.lock();
        if let Some(place) = numbers.iter().position(|number| *number == self.number) {
            numbers.swap_remove(place);
        }
    }
}

/// Runs `body` as the plugin while it is loaded or unloaded. Must run under the GIL.
pub fn lifecycle<R>(identity: &Identity, body: impl FnOnce() -> R) -> R {
    // SAFETY: the GIL is held, and the guard takes a reference of its own.
    let _variables = unsafe { Variables::enter(identity.variables()) };
    Scope::new(identity, None, None).run(body)
}

/// A thread that a plugin started counts until this goes.
#[derive(Debug)]
pub(crate) struct CountedThread(Arc<Identity>);

impl CountedThread {
    pub(crate) fn new(identity: Arc<Identity>) -> Self {
        identity.threads.fetch_add(1, Ordering::AcqRel);
        Self(identity)
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.0
    }
}

impl Drop for CountedThread {
    fn drop(&mut self) {
        self.0.threads.fetch_sub(1, Ordering::AcqRel);
    }
}

impl<'a> Scope<'a> {
    fn new(identity: &'a Identity, capability: Option<&'a CapabilityId>, file: Option<&'a Path>) -> Self {
        Self {
            identity,
            capability,
            folder: file.map(LazyRoot::of_file),
            traced: Cell::new(false),
            approvals: Cell::new(None),
            older: Cell::new(std::ptr::null()),
            newer: Cell::new(std::ptr::null()),
        }
    }

    fn pointer(&self) -> *const Scope<'static> {
        std::ptr::from_ref(self).cast()
    }

    #[inline]
    fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        let _restore = Restore(CURRENT.replace(self.pointer()));
        let answer = body();
        if self.traced.get() {
            variables::clear_trace();
        }
        if let Some(approvals) = self.approvals.take() {
            // SAFETY: the body holds the GIL when it returns.
            approvals.release(unsafe { Python::assume_attached() });
        }
        answer
    }

    pub(crate) fn identity(&self) -> &'a Identity {
        self.identity
    }

    /// The capability that was called.
    pub(crate) fn capability(&self) -> Option<&'a CapabilityId> {
        self.capability
    }

    /// Looks at what was allowed and refused meanwhile. `act` runs no Python.
    pub(crate) fn with_approvals<R>(&self, act: impl FnOnce(&mut Approvals) -> R) -> R {
        let mut approvals = self.approvals.take().unwrap_or_default();
        let answer = act(&mut approvals);
        self.approvals.set(Some(approvals));
        answer
    }
}

struct Unlink<'a>(&'a Scope<'a>);

impl Drop for Unlink<'_> {
    #[inline]
    fn drop(&mut self) {
        let (older, newer) = (self.0.older.get(), self.0.newer.get());
        // SAFETY: neighbours are linked, so they are alive; the GIL is held.
        unsafe {
            if let Some(older) = older.as_ref() {
                older.newer.set(newer);
            }
            match newer.as_ref() {
                Some(newer) => newer.older.set(older),
                None => self.0.identity.calls.set(older),
            }
        }
    }
}

#[derive(Debug)]
struct Restore(*const Scope<'static>);

impl Drop for Restore {
    #[inline]
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// This thread runs the application's code until the guard goes.
#[derive(Debug)]
pub(crate) struct HostScope {
    _current: Restore,
    below: *mut ffi::PyFrameObject,
}

impl HostScope {
    #[inline]
    pub(crate) fn enter() -> Self {
        Self { _current: Restore(CURRENT.replace(HOST)), below: HOST_ABOVE.get() }
    }

    /// The same on a thread that holds the GIL: Python frames that are there already are not the application's.
    pub(crate) fn enter_attached() -> Self {
        let scope = Self::enter();
        // SAFETY: the GIL is held; the frame is only compared with.
        HOST_ABOVE.set(unsafe { ffi::PyEval_GetFrame() });
        scope
    }
}

impl Drop for HostScope {
    #[inline]
    fn drop(&mut self) {
        HOST_ABOVE.set(self.below);
    }
}

thread_local! {
    /// The Python frame above which this thread runs the application's code; null for all of them.
    static HOST_ABOVE: Cell<*mut ffi::PyFrameObject> = const { Cell::new(std::ptr::null_mut()) };
}

/// The frame above which the application's code runs.
pub(crate) fn host_above() -> *mut ffi::PyFrameObject {
    HOST_ABOVE.try_with(Cell::get).unwrap_or(std::ptr::null_mut())
}

/// Runs `body`, a callback of the application, without the GIL and as the application.
pub fn host_call<R>(body: impl FnOnce() -> R) -> R {
    let _host = HostScope::enter();
    crate::attach::without_gil(body)
}
