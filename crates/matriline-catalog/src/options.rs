//! What a scan needs to know of the application.

use matriline_manifest::{RequiresPython, Target};

/// The number of the readers' answers: of what is made of a script, a wheel, a sidecar and a plugin's folder, problems
/// and their words included. To be raised with every change of an answer, also one in the crate of the manifests;
/// without that a plugin that does not change keeps the old answer, from the cache of an earlier build.
const READERS: u32 = 3;

/// What a scan needs to know of the application and its user.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// What the plugins will run on.
    pub target: Target,
    /// The user whose cloud plugins are looked for in `orca_plugins/_subscribed/<user>`.
    pub cloud_user: Option<String>,
    /// What a plugin that asks for another Python gets.
    pub requires_python: RequiresPython,
}

impl ScanOptions {
    /// Without a cloud user, and with a warning for plugins that ask for another Python.
    pub fn new(target: Target) -> Self {
        Self { target, cloud_user: None, requires_python: RequiresPython::Warn }
    }

    /// Everything that decides what is read from one folder; what was read with another text is not used.
    pub(crate) fn fingerprint(&self) -> String {
        let Self { target, requires_python, .. } = self;
        format!("{} readers {READERS} {requires_python:?} {target:?}", env!("CARGO_PKG_VERSION"))
    }
}
