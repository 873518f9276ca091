//! What was allowed, and what was refused by the user, during a plugin's call.

use matriline_policy::{Category, Cover, Done, EventRule, Use};
use pyo3::ffi::PyObject;
use pyo3::prelude::*;

use super::stack::LibraryRun;

/// How many are remembered. Of more the oldest is forgotten, and would be asked again.
const KEPT: usize = 16;

/// The memory of a call, or of a thread of the plugin's own. Whoever drops it has released it before: a destructor does
/// not touch Python.
#[derive(Debug, Default)]
pub(crate) struct Approvals {
    allowed: Vec<Approval>,
    refused: Vec<(Category, Vec<String>)>,
}

/// An act that was allowed.
#[derive(Debug)]
struct Approval {
    rule: &'static EventRule,
    category: Category,
    targets: Vec<String>,
    used: Use,
    /// The frame of the library function that did it, owned; null for the plugin's own code.
    function: *mut PyObject,
}

impl Approvals {
    /// Remembers an act that was allowed, and the library function that does it.
    pub(super) fn allow(&mut self, done: &Done<'_>, rule: &'static EventRule, run: &LibraryRun<'_>) {
        if self.allowed.len() == KEPT
            && let Some(function) = run.frames.first()
        {
            self.allowed.remove(0).release(function.py());
        }
        let function = run.function().map_or(std::ptr::null_mut(), |frame| frame.clone().into_ptr());
        let (category, used) = (done.category, done.used);
        self.allowed.push(Approval { rule, category, targets: done.targets.to_vec(), used, function });
    }

    /// Remembers that the user said no.
    pub(super) fn refuse(&mut self, done: &Done<'_>) {
        if self.refused.len() < KEPT {
            self.refused.push((done.category, done.targets.to_vec()));
        }
    }

    /// Whether the user said no to the same before.
    pub(super) fn is_refused(&self, done: &Done<'_>) -> bool {
        self.refused.iter().any(|(category, targets)| *category == done.category && targets == done.targets)
    }

    /// Whether an act is part of one that was allowed.
    pub(super) fn cover(&self, done: &Done<'_>, run: &LibraryRun<'_>) -> Option<Cover> {
        let covers = |approval: &Approval| {
            let cover = approval.done().covers(done)?;
            let runs = || run.frames.iter().any(|frame| frame.as_ptr() == approval.function);
            (cover == Cover::Call || runs()).then_some(cover)
        };
        self.allowed.iter().rev().find_map(covers)
    }

    /// Lets the frames go.
    #[cold]
    pub(crate) fn release(self, py: Python<'_>) {
        for approval in self.allowed {
            approval.release(py);
        }
    }
}

impl Approval {
    fn done(&self) -> Done<'_> {
        Done { rule: self.rule, category: self.category, targets: &self.targets, used: self.used }
    }

    fn release(self, py: Python<'_>) {
        // SAFETY: owned since it was remembered.
        drop(unsafe { Bound::from_owned_ptr_or_opt(py, self.function) });
    }
}
