//! What a list of plugins says about each in one word.

use matriline_manifest::Descriptor;
use std::fmt;

/// What a plugin is doing. Ordered as lists are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PluginStatus {
    /// It is loaded.
    Activated,
    /// It can't be used, or failed to load.
    Error,
    /// It is loaded, and something in it has failed.
    RuntimeError,
    /// It is not loaded.
    Inactive,
    /// It is being loaded.
    Loading,
}

impl PluginStatus {
    /// The status of three facts. Being loaded comes before everything else.
    pub const fn resolve(loading: bool, has_error: bool, is_loaded: bool) -> Self {
        match (loading, has_error, is_loaded) {
            (true, _, _) => Self::Loading,
            (false, true, true) => Self::RuntimeError,
            (false, true, false) => Self::Error,
            (false, false, true) => Self::Activated,
            (false, false, false) => Self::Inactive,
        }
    }

    /// The word that the dialog's page knows: `Activated`, …
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activated => "Activated",
            Self::Error => "Error",
            Self::RuntimeError => "RuntimeError",
            Self::Inactive => "Inactive",
            Self::Loading => "Loading",
        }
    }
}

impl fmt::Display for PluginStatus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Where a plugin belongs. Ordered as lists are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PluginSource {
    /// In the cloud, published by the user.
    Mine,
    /// In the cloud, published by somebody else.
    Subscribed,
    /// On this machine only.
    Local,
}

impl PluginSource {
    /// The source of a plugin.
    pub fn of(descriptor: &Descriptor) -> Self {
        match &descriptor.cloud {
            Some(cloud) if cloud.is_mine => Self::Mine,
            Some(_) => Self::Subscribed,
            None => Self::Local,
        }
    }

    /// The word that the dialog's page knows: `mine`, …
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Subscribed => "subscribed",
            Self::Local => "local",
        }
    }
}

impl fmt::Display for PluginSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_manifest::CloudOverlay;

    /// 12.11
    #[test]
    fn c11_status_of_three_facts() {
        let check = |loading, has_error, is_loaded, expected: &str| {
            assert_eq!(PluginStatus::resolve(loading, has_error, is_loaded).to_string(), expected);
        };
        check(false, true, true, "RuntimeError");
        check(false, true, false, "Error");
        check(true, true, true, "Loading");
        check(true, false, false, "Loading");
        check(false, false, true, "Activated");
        check(false, false, false, "Inactive");
    }

    #[test]
    fn the_source_is_the_overlays() {
        let check = |cloud: Option<CloudOverlay>, expected: &str| {
            let descriptor = Descriptor { cloud: cloud.map(Box::new), ..Descriptor::default() };
            assert_eq!(PluginSource::of(&descriptor).to_string(), expected);
        };
        check(None, "local");
        check(Some(CloudOverlay::default()), "subscribed");
        check(Some(CloudOverlay { is_mine: true, ..CloudOverlay::default() }), "mine");
    }
}
