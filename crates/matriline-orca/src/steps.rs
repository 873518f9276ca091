//! What a load asks and tells between its steps.

use std::time::{Duration, Instant};

use crate::LoadError;

/// The parts of a load that run a plugin's code, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its module is imported.
    Import,
    /// It registers its capabilities, and they are made.
    Register,
    /// The `on_load()` of its capabilities runs.
    OnLoad,
}

/// What a load asks and tells between its steps.
///
/// Threads: both are called on the thread that loads, with the GIL held; they answer at once and do not touch Python.
#[derive(Clone, Copy)]
pub struct Steps<'a> {
    /// Whether the load is to end: asked before and after the import, before each capability is made and before each
    /// `on_load()`.
    pub cancelled: &'a dyn Fn() -> bool,
    /// A phase begins.
    pub begins: &'a dyn Fn(Phase),
}

impl Default for Steps<'_> {
    fn default() -> Self {
        Self { cancelled: &|| false, begins: &|_| {} }
    }
}

impl std::fmt::Debug for Steps<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Steps").finish_non_exhaustive()
    }
}

/// How long the phases of a load took; zero for what was not reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadTimes {
    /// [`Phase::Import`].
    pub import: Duration,
    /// [`Phase::Register`].
    pub register: Duration,
    /// [`Phase::OnLoad`].
    pub on_load: Duration,
}

impl LoadTimes {
    pub(crate) fn note(&mut self, phase: Phase, since: Instant) {
        let place = match phase {
            Phase::Import => &mut self.import,
            Phase::Register => &mut self.register,
            Phase::OnLoad => &mut self.on_load,
        };
        *place = since.elapsed();
    }
}

/// A load that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct FailedLoad {
    /// Why.
    #[source]
    pub error: Box<LoadError>,
    /// How long its phases took.
    pub times: LoadTimes,
    /// The names of threads that the plugin started and that are still there.
    pub threads: Vec<String>,
}

impl FailedLoad {
    pub(crate) fn at_once(error: LoadError) -> Self {
        Self { error: Box::new(error), times: LoadTimes::default(), threads: Vec::new() }
    }
}
