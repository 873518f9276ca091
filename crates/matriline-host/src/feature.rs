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

/// A generation of the interface that plugins were written for. An application offers one with all that came before it.
///
/// OrcaSlicer has told plugins no number, so they ask for the names of a generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Generation {
    /// The specification's: `orca.gcode`, `orca.script`, `orca.printer_agent`, `orca.host`.
    Spec,
    /// And `orca.slicing`, configurations, permissions.
    Newer,
    /// And `orca.pages`, `orca.visualization`, events, storage.
    #[default]
    Newest,
}

impl Generation {
    /// All of them, the oldest first.
    pub const ALL: [Self; 3] = [Self::Spec, Self::Newer, Self::Newest];

    /// How plugins can tell that they have it.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Spec => "orca.gcode",
            Self::Newer => "orca.slicing",
            Self::Newest => "orca.pages",
        }
    }
}

impl Feature {
    /// The generation that has brought it.
    pub const fn since(self) -> Generation {
        match self {
            Self::Language | Self::LocalBundles => Generation::Newer,
            Self::DockPanels | Self::Notifications | Self::Storage => Generation::Newest,
        }
    }

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
