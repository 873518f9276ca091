//! A load that was asked for, seen by those who wait for it.

use std::sync::{Arc, Weak};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use matriline_install::environment::BuildControl;
use matriline_python::{desk, identity, is_telling};
use matriline_registry::inside;
use matriline_registry::lock::{Condvar, Mutex, MutexGuard};

use crate::Error;

/// How long waiting for a load goes on for subscribers that are still being told of its end.
const GRACE: Duration = Duration::from_secs(1);

/// How a plugin is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// The capabilities to enable, by name; of a plugin that is not loaded yet the others are disabled. Without such a
    /// request each capability is what it was when the plugin was loaded last, and enabled at first.
    pub capabilities: Option<Vec<String>>,
    /// Whether an environment that is missing is not built: the plugin gets what was installed for it before, or
    /// nothing.
    pub skip_dependencies: bool,
}

/// What a load is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoadStage {
    /// It waits for a thread, or for the plugin to be unloaded.
    Queued,
    /// The packages that the plugin depends on are found or installed.
    Environment,
    /// The plugin is imported, registers, and starts.
    Python,
    /// It is over.
    Over,
}

/// A load that was asked for. A handle: clones stand for the same load, and dropping one changes nothing.
#[derive(Clone)]
pub struct Loading(pub(crate) Arc<Job>);

impl Loading {
    /// The key of the plugin.
    pub fn plugin(&self) -> &str {
        &self.0.key
    }

    /// What it is doing.
    pub fn stage(&self) -> LoadStage {
        self.0.state.lock().stage
    }

    /// The last line that the installer of packages printed, for a progress display; empty when there is none.
    pub fn line(&self) -> String {
        self.0.state.lock().line.clone()
    }

    /// Stops it soon; nothing of it will remain. Code of the plugin that runs already is not interrupted.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Waits for its end. Subscribers were told of it then, unless they take longer than a second.
    ///
    /// # Errors
    /// What made it fail; [`Error::Cancelled`]; [`Error::Busy`] from inside of the plugin, whose load would wait for itself.
    ///
    /// Threads: any; the GIL is released meanwhile.
    pub fn wait(&self) -> Result<(), Error> {
        self.0.wait(None).unwrap_or_else(|| unreachable!("there is no limit"))
    }

    /// The same, for so long at most; `None` when it is not over by then.
    pub fn wait_for(&self, limit: Duration) -> Option<Result<(), Error>> {
        self.0.wait(Instant::now().checked_add(limit))
    }
}

impl std::fmt::Debug for Loading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loading").field("plugin", &self.plugin()).field("stage", &self.stage()).finish()
    }
}

/// A load, as the loader sees it.
pub(crate) struct Job {
    pub(crate) key: String,
    pub(crate) options: LoadOptions,
    /// Whether the application's log callback asked for it: what is said of it is not said to the callback, which might
    /// ask again.
    pub(crate) is_quiet: bool,
    /// Cancels it, and the build of its environment with it.
    pub(crate) control: BuildControl,
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    stage: LoadStage,
    line: String,
    worker: Option<ThreadId>,
    end: Option<(Instant, Result<(), Error>)>,
    told: bool,
}

impl Job {
    pub(crate) fn new(key: &str, options: LoadOptions) -> Arc<Self> {
        let state =
            State { stage: LoadStage::Queued, line: String::new(), worker: None, end: None, told: false };
        Arc::new_cyclic(|job: &Weak<Self>| {
            let job = job.clone();
            let say = move |line: &str| job.upgrade().into_iter().for_each(|job| job.say(line));
            Self {
                key: key.into(),
                options,
                is_quiet: is_telling(),
                control: BuildControl::with_progress(say),
                state: Mutex::new(state),
                moved: Condvar::default(),
            }
        })
    }

    /// One that is over already.
    pub(crate) fn ended(key: &str, end: Result<(), Error>) -> Arc<Self> {
        let job = Self::new(key, LoadOptions::default());
        job.end(end);
        job.told();
        job
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.control.is_cancelled()
    }

    pub(crate) fn cancel(&self) {
        self.control.cancel();
    }

    /// This thread does it from now on.
    pub(crate) fn begin(&self) {
        self.state.lock().worker = Some(thread::current().id());
    }

    pub(crate) fn enter(&self, stage: LoadStage) {
        let mut state = self.state.lock();
        (state.stage, state.line) = (stage, String::new());
    }

    fn say(&self, line: &str) {
        line.clone_into(&mut self.state.lock().line);
    }

    /// It is over, and its place in the loader is free.
    pub(crate) fn end(&self, end: Result<(), Error>) {
        let mut state = self.state.lock();
        state.stage = LoadStage::Over;
        state.end = Some((Instant::now(), end));
        self.moved.notify_all();
    }

    /// The subscribers were told.
    pub(crate) fn told(&self) {
        self.state.lock().told = true;
        self.moved.notify_all();
    }

    /// Waits for its end, until then at the most; on the main thread what plugins ask the application is answered
    /// meanwhile.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Option<Result<(), Error>> {
        let ended = identity::host_call(|| desk::wait(deadline, |until| self.wait_until(until)));
        ended.or_else(|| self.state.lock().end.as_ref().map(|(_, end)| end.clone()))
    }

    fn wait_until(&self, deadline: Option<Instant>) -> Option<Result<(), Error>> {
        let mut state = self.state.lock();
        let is_worker = state.worker == Some(thread::current().id());
        loop {
            let until = match &state.end {
                Some((since, end)) if state.told || is_worker || since.elapsed() >= GRACE => {
                    return Some(end.clone());
                }
                Some((since, _)) => Some(*since + GRACE),
                None if is_worker || inside::plugin(&self.key) => {
                    return Some(Err(Error::Busy { plugin: self.key.clone() }));
                }
                None => deadline,
            };
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return None;
            }
            self.wait_moved(&mut state, earlier(until, deadline));
        }
    }

    fn wait_moved(&self, state: &mut MutexGuard<'_, State>, until: Option<Instant>) {
        match until {
            Some(until) => self.moved.wait_until(state, until),
            None => self.moved.wait(state),
        }
    }
}

fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}
