//! Whose code it was, for functions that plugins give to be called back.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::audit;

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
            Who::Plugin(scope) => scope.identity().shared().map_or(Whose::Nobody, Whose::Plugin),
            Who::Unknown => Whose::Nobody,
        }))
    }

    /// The same, and where this thread runs no plugin's code as such, the plugin whose code is nearest on its stack: a
    /// destructor on a thread of the application, a thread that came to Python past us.
    pub(crate) fn by_code(py: Python<'_>) -> Self {
        let now = Self::now();
        match now.0 {
            Whose::Plugin(_) => now,
            Whose::Host | Whose::Nobody => {
                audit::plugin_on_stack(py).map_or(now, |identity| Self(Whose::Plugin(identity)))
            }
        }
    }

    /// The plugin, if it is one's code.
    pub fn plugin(&self) -> Option<&Arc<Identity>> {
        match &self.0 {
            Whose::Plugin(identity) => Some(identity),
            Whose::Host | Whose::Nobody => None,
        }
    }

    /// Whether it is the application's.
    pub(crate) fn is_host(&self) -> bool {
        matches!(self.0, Whose::Host)
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
