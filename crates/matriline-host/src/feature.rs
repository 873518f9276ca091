//! What an application may offer beyond what every plugin finds.

/// A part of the interface that exists only where the application offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Feature {
    /// [`Host::app_language`](crate::Host::app_language).
    Language,
    /// [`Host::reload_local_bundle`](crate::Host::reload_local_bundle).
    LocalBundles,
    /// Panels beside the plater: [`UserInterface::open_panel`](crate::UserInterface::open_panel).
    DockPanels,
    /// [`UserInterface::notify`](crate::UserInterface::notify).
    Notifications,
    /// A folder for each plugin: [`Storage`](crate::Storage).
    Storage,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Language, Self::LocalBundles, Self::DockPanels, Self::Notifications, Self::Storage];

    /// The name that `orca.host_features()` tells plugins.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::LocalBundles => "local-bundles",
            Self::DockPanels => "dock-panels",
            Self::Notifications => "notifications",
            Self::Storage => "storage",
        }
    }
}
