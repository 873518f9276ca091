//! The manager: the catalog, the loader and the interpreter of one application.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use matriline_catalog::{Catalog, Discovery, ScanOptions};
use matriline_orca::Offering;
use matriline_python::{desk, identity, logged_to, output};
use matriline_refs::PluginOptions;
use matriline_registry::lock::Mutex;
use tracing::Dispatch;

use crate::discovery::Sources;
use crate::{Error, ManagerBuilder, PluginLoader};

/// The plugins of one data folder. A handle: clones stand for the same manager.
///
/// A process has one manager at a time, since it has one interpreter. The plugins of a manager that goes without
/// [`shutdown`](Self::shutdown) answer calls with an error from then on, and are unloaded when the next one starts.
///
/// Threads: starting happens on the main thread; everything else on any.
#[derive(Clone)]
pub struct PluginManager(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) parts: Parts,
    pub(crate) sources: Mutex<Sources>,
    /// What is made of them.
    pub(crate) catalog: ArcSwap<Catalog>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.parts.loader.abandon();
        matriline_orca::withdraw(self.parts.offering);
    }
}

/// What a manager is made of.
pub(crate) struct Parts {
    pub(crate) data_dir: PathBuf,
    pub(crate) application_version: String,
    pub(crate) plugin_options: PluginOptions,
    pub(crate) hub: Option<String>,
    pub(crate) discovery: Discovery,
    pub(crate) loader: PluginLoader,
    pub(crate) dispatch: Dispatch,
    /// What plugins see of the application.
    pub(crate) offering: Offering,
}

impl PluginManager {
    /// A manager of the plugins in `<data_dir>/orca_plugins`.
    pub fn builder(data_dir: impl Into<PathBuf>) -> ManagerBuilder {
        ManagerBuilder::new(data_dir.into())
    }

    pub(crate) fn of(parts: Parts, scan: ScanOptions) -> Self {
        let sources = Mutex::new(Sources::new(scan));
        Self(Arc::new(Shared { parts, sources, catalog: ArcSwap::default() }))
    }

    /// The data folder, canonical.
    pub fn data_dir(&self) -> &Path {
        &self.0.parts.data_dir
    }

    /// The version that contexts tell plugins.
    pub fn application_version(&self) -> &str {
        &self.0.parts.application_version
    }

    /// What is loaded.
    pub fn loader(&self) -> &PluginLoader {
        &self.0.parts.loader
    }

    /// Unloads every plugin. Capabilities that are still held answer calls with an error from then on. Python keeps
    /// running, so that another manager can be started. A second shutdown does nothing. A discovery that runs is
    /// cancelled.
    ///
    /// # Errors
    /// [`Error::StillRunning`] when a call does not return; whatever could be unloaded is.
    ///
    /// Threads: any, outside of calls into plugins.
    pub fn shutdown(&self) -> Result<(), Error> {
        self.cancel_discovery();
        let unloaded = self.loader().close();
        if unloaded.is_ok() {
            matriline_orca::withdraw(self.0.parts.offering);
        }
        output::flush();
        unloaded
    }

    /// Waits until `done` answers something, for `limit` at most. For a main thread that has to wait for something of the
    /// application that plugins have a part in, such as its slicing thread: what plugins ask the
    /// [host](crate::ManagerBuilder::host) is answered meanwhile, so that the two never wait for each other.
    ///
    /// `done` waits itself, for the time that it is given at most; it is asked again until the limit.
    ///
    /// ```no_run
    /// # fn example(manager: &matriline::PluginManager, sliced: std::sync::mpsc::Receiver<()>) {
    /// manager.wait_until(None, |limit| sliced.recv_timeout(limit).ok());
    /// # }
    /// ```
    ///
    /// Threads: any, outside of calls into plugins; the host is answered on the main thread alone.
    pub fn wait_until<R>(
        &self,
        limit: Option<Duration>,
        mut done: impl FnMut(Duration) -> Option<R>,
    ) -> Option<R> {
        /// How long `done` waits at a time.
        const TURN: Duration = Duration::from_millis(50);
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let wait = |until: Option<Instant>| loop {
            let left = until.map_or(TURN, |until| until.saturating_duration_since(Instant::now()));
            if let Some(answer) = done(left.min(TURN)) {
                return Some(answer);
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return None;
            }
        };
        identity::host_call(|| desk::wait(deadline, wait))
    }

    /// Runs `body` with messages going to the application's callback.
    pub(crate) fn logged<R>(&self, body: impl FnOnce() -> R) -> R {
        logged_to(&self.0.parts.dispatch, body)
    }
}
