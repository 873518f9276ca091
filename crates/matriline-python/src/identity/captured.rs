//! Whose code it was, for functions that plugins give to be called back.

use std::sync::Arc;

use pyo3::prelude::*;

use super::{CURRENT, HostScope, Identity, Restore, Who, lifecycle, with_current};

/// Whose code it was, kept for something that runs later: a function that a plugin gave to be called back.
#[derive(Clone, Debug)]
pub struct Captured(Whose);

#[derive(Clone, Debug)]
enum Whose {
    Host,
    Plugin(Arc<Identity>),
    Nobody,
}

impl Captured {
    /// Whose code this thread runs now.
    pub fn now() -> Self {
        Self(with_current(|who| match who {
            Who::Host => Whose::Host,
            Who::Plugin(identity) => identity.shared().map_or(Whose::Nobody, Whose::Plugin),
            Who::Unknown => Whose::Nobody,
        }))
    }

    /// The plugin, if it is one's code.
    pub fn plugin(&self) -> Option<&Arc<Identity>> {
        match &self.0 {
            Whose::Plugin(identity) => Some(identity),
            Whose::Host | Whose::Nobody => None,
        }
    }

    /// Runs `body` as the same, and nobody else's: what this thread runs now counts again afterwards, and Python frames
    /// that are there already are not asked whose they are.
    pub fn run<R>(&self, _py: Python<'_>, body: impl FnOnce() -> R) -> R {
        let _apart = HostScope::enter_attached();
        match &self.0 {
            Whose::Plugin(identity) => lifecycle(identity, body),
            Whose::Host => body(),
            Whose::Nobody => {
                let _nobody = Restore(CURRENT.replace(std::ptr::null()));
                body()
            }
        }
    }
}
