//! Scans on a thread of its own.

use crate::{Catalog, Progress, ScanControl, ScanOptions, Scanner};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Keeps the catalog of an application up to date: one scan at a time, here or on a thread of its own.
///
/// Threads: any, at the same time. No lock is held while a scan runs or `on_done` is called. Dropping it cancels a
/// scan on its thread, whose `on_done` is still called.
#[derive(Debug)]
pub struct Discovery(Arc<Shared>);

/// How a scan has ended.
#[derive(Debug, Clone)]
pub enum Done {
    /// With this catalog, which [`Discovery::catalog`] gives from now on.
    Scanned(Arc<Catalog>),
    /// By [`Discovery::cancel`]; the catalog is the one before.
    Cancelled,
    /// By a fault of this library or the system; the catalog is the one before.
    Failed(String),
}

#[derive(Debug)]
struct Shared {
    data_dir: PathBuf,
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug)]
struct State {
    options: ScanOptions,
    clock: fn() -> SystemTime,
    /// Taken by the scan that runs.
    scanner: Option<Scanner>,
    running: Option<Arc<ScanControl>>,
    /// How many scans have ended.
    ended: u64,
    catalog: Arc<Catalog>,
    is_complete: bool,
    error: Option<String>,
}

impl Discovery {
    /// Nothing is scanned yet, and the catalog is empty.
    pub fn new(data_dir: impl Into<PathBuf>, options: ScanOptions) -> Self {
        let state = State {
            options,
            clock: SystemTime::now,
            scanner: None,
            running: None,
            ended: 0,
            catalog: Arc::default(),
            is_complete: false,
            error: None,
        };
        Self(Arc::new(Shared { data_dir: data_dir.into(), state: Mutex::new(state), ended: Condvar::new() }))
    }

    /// Another clock, which each scan asks once at its beginning, as [`Scanner::with_clock`].
    pub fn with_clock(self, clock: fn() -> SystemTime) -> Self {
        self.0.state.lock().clock = clock;
        self
    }

    /// The next scan is made with these.
    pub fn set_options(&self, options: ScanOptions) {
        self.0.state.lock().options = options;
    }

    /// Waits for a running scan and then scans on this thread. The catalog is the one before if the scan fails or is
    /// cancelled.
    pub fn run(&self) -> Arc<Catalog> {
        let mut state = self.0.state.lock();
        while state.running.is_some() {
            self.0.ended.wait(&mut state);
        }
        let job = Job::begin(&self.0, &mut state);
        drop(state);
        job.run(|_| {});
        self.catalog()
    }

    /// Scans on a thread of its own, which then calls `on_done`. False, and no call, if a scan is running already or no
    /// thread can be had; the latter is an error to ask for.
    pub fn start(&self, on_done: impl FnOnce(Done) + Send + 'static) -> bool {
        let mut state = self.0.state.lock();
        if state.running.is_some() {
            return false;
        }
        let job = Job::begin(&self.0, &mut state);
        drop(state);
        let started = thread::Builder::new().name("plugin discovery".into()).spawn(move || job.run(on_done));
        started.is_ok()
    }

    /// Stops the running scan soon; the catalog stays the one before. Nothing happens if none is running.
    pub fn cancel(&self) {
        if let Some(control) = &self.0.state.lock().running {
            control.cancel();
        }
    }

    /// The catalog of the last scan that came to its end.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.0.state.lock().catalog.clone()
    }

    /// True while a scan is running.
    pub fn is_in_progress(&self) -> bool {
        self.0.state.lock().running.is_some()
    }

    /// True once a scan has come to its end, with a catalog or with an error, and none is running.
    pub fn is_complete(&self) -> bool {
        let state = self.0.state.lock();
        state.is_complete && state.running.is_none()
    }

    /// How far the running scan is; `0` of `0` if none is.
    pub fn progress(&self) -> Progress {
        self.0.state.lock().running.as_ref().map(|control| control.progress()).unwrap_or_default()
    }

    /// Waits until the scan that is running now has ended, for so long at most; `None` waits without limit. True at
    /// once if none is running, false if the time has passed. Other callers are not kept waiting.
    pub fn wait(&self, limit: Option<Duration>) -> bool {
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut state = self.0.state.lock();
        let ended = state.ended;
        let is_running = |state: &mut State| state.running.is_some() && state.ended == ended;
        match deadline {
            None => {
                self.0.ended.wait_while(&mut state, is_running);
                true
            }
            Some(deadline) => !self.0.ended.wait_while_until(&mut state, is_running, deadline).timed_out(),
        }
    }

    /// Why the last scan failed: `Plugin discovery failed: …`.
    pub fn error(&self) -> Option<String> {
        self.0.state.lock().error.clone()
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// A scan that has the turn. Gives it back when dropped, however it ends.
struct Job {
    shared: Arc<Shared>,
    control: Arc<ScanControl>,
    scanner: Option<Scanner>,
    done: Done,
}

impl Job {
    fn begin(shared: &Arc<Shared>, state: &mut MutexGuard<'_, State>) -> Self {
        let options = state.options.clone();
        let scanner = match state.scanner.take() {
            Some(mut scanner) => {
                scanner.set_options(options);
                scanner
            }
            None => Scanner::new(&shared.data_dir, options).with_clock(state.clock),
        };
        let control = Arc::new(ScanControl::new());
        state.running = Some(control.clone());
        let done = Done::Failed("Plugin discovery failed: no thread can be started".to_owned());
        Self { shared: shared.clone(), control, scanner: Some(scanner), done }
    }

    fn run(mut self, on_done: impl FnOnce(Done)) {
        let Some(mut scanner) = self.scanner.take() else { return };
        // a scanner that has panicked is not used again
        self.done = match catch_unwind(AssertUnwindSafe(|| scanner.scan(&self.control))) {
            Ok(Some(catalog)) => Done::Scanned(Arc::new(catalog)),
            Ok(None) => Done::Cancelled,
            Err(panic) => Done::Failed(format!("Plugin discovery failed: {}", text_of(&*panic))),
        };
        let done = self.done.clone();
        let unsaved = match &done {
            Done::Failed(_) => None,
            _ => {
                let unsaved = scanner.take_unsaved();
                self.scanner = Some(scanner);
                unsaved
            }
        };
        drop(self);
        on_done(done);
        // without the file the next process reads all plugins again, which is no reason to trouble anyone
        let _ = unsaved.map(|unsaved| unsaved.write());
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock();
        state.scanner = self.scanner.take();
        state.running = None;
        state.ended += 1;
        match &self.done {
            Done::Scanned(catalog) => {
                state.catalog = catalog.clone();
                state.error = None;
                state.is_complete = true;
            }
            Done::Failed(error) => {
                state.error = Some(error.clone());
                state.is_complete = true;
            }
            Done::Cancelled => {}
        }
        drop(state);
        self.shared.ended.notify_all();
    }
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown error")
}
