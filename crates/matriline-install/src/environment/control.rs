//! Watching a build and stopping it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type Progress = dyn Fn(&str) + Send + Sync;

/// A handle on a build: clones share it, so one may be kept to cancel from another thread.
#[derive(Clone, Default)]
pub struct BuildControl {
    cancelled: Arc<AtomicBool>,
    progress: Option<Arc<Progress>>,
}

impl BuildControl {
    /// A control that reports nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has each line that tells of progress handed to `report`, on the thread that builds. A lock between processes
    /// is held meanwhile: `report` must not build the same environment itself.
    pub fn with_progress(report: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { progress: Some(Arc::new(report)), ..Self::default() }
    }

    /// Ends the build soon: its child process is killed, and nothing of the environment is used.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }

    /// True once [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// The same one without reports.
    pub(crate) fn quiet(&self) -> Self {
        Self { cancelled: Arc::clone(&self.cancelled), progress: None }
    }

    pub(crate) fn report(&self, line: &str) {
        if let Some(progress) = &self.progress {
            progress(line);
        }
    }
}

impl fmt::Debug for BuildControl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BuildControl")
            .field("cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}
