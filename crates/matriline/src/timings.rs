//! What plugins take: what the application reads, and the budgets it sets.

pub(crate) mod keeper;

use std::fmt;
use std::time::Duration;

use matriline_capability::CapabilityId;
use matriline_registry::timing::Timing;

use crate::marker::Activity;

/// An act of a plugin's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Its folder is read.
    Discover,
    /// Its environment is made, or found.
    Environment,
    /// Its module is imported.
    Import,
    /// Its capabilities are registered and made.
    Register,
    /// The `on_load` of all of its capabilities.
    OnLoad,
    /// The `on_unload` of all of its capabilities.
    OnUnload,
}

impl Phase {
    /// Every phase, in the order in which a plugin goes through them.
    pub const ALL: [Self; 6] =
        [Self::Discover, Self::Environment, Self::Import, Self::Register, Self::OnLoad, Self::OnUnload];

    /// What the marker says of it; nothing where no code of the plugin runs.
    fn activity(self) -> Option<Activity> {
        match self {
            Self::Discover | Self::Environment => None,
            Self::Import => Some(Activity::Importing),
            Self::Register | Self::OnLoad => Some(Activity::Loading),
            Self::OnUnload => Some(Activity::Unloading),
        }
    }

    /// Its name: `discover`, `environment`, `import`, `register`, `on_load`, `on_unload`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discover => "discover",
            Self::Environment => "environment",
            Self::Import => "import",
            Self::Register => "register",
            Self::OnLoad => "on_load",
            Self::OnUnload => "on_unload",
        }
    }
}

/// What each phase of a plugin has taken, over all of its loads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhaseTimings {
    /// Reading its folder.
    pub discover: Timing,
    /// Making its environment.
    pub environment: Timing,
    /// Importing its module.
    pub import: Timing,
    /// Registering and making its capabilities.
    pub register: Timing,
    /// The `on_load` of its capabilities.
    pub on_load: Timing,
    /// The `on_unload` of its capabilities.
    pub on_unload: Timing,
}

impl PhaseTimings {
    /// The timing of a phase.
    pub fn of(&self, phase: Phase) -> &Timing {
        match phase {
            Phase::Discover => &self.discover,
            Phase::Environment => &self.environment,
            Phase::Import => &self.import,
            Phase::Register => &self.register,
            Phase::OnLoad => &self.on_load,
            Phase::OnUnload => &self.on_unload,
        }
    }

    fn of_mut(&mut self, phase: Phase) -> &mut Timing {
        match phase {
            Phase::Discover => &mut self.discover,
            Phase::Environment => &mut self.environment,
            Phase::Import => &mut self.import,
            Phase::Register => &mut self.register,
            Phase::OnLoad => &mut self.on_load,
            Phase::OnUnload => &mut self.on_unload,
        }
    }
}

/// What a method of a capability has taken since its plugin was loaded, without waiting for Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodTiming {
    /// The capability.
    pub capability: CapabilityId,
    /// The method: `execute`.
    pub method: &'static str,
    /// What it has taken.
    pub timing: Timing,
}

/// What a plugin has taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PluginTimings {
    /// What its phases have taken.
    pub phases: PhaseTimings,
    /// What the methods of its capabilities have taken, in the order of their registration; empty when it is not loaded.
    pub methods: Vec<MethodTiming>,
}

/// How long plugins may take; `None` for as long as they like. Nothing is stopped: what takes longer is a warning and
/// an event when it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budgets {
    /// Reading a plugin's folder.
    pub discover: Option<Duration>,
    /// Making its environment.
    pub environment: Option<Duration>,
    /// Importing its module.
    pub import: Option<Duration>,
    /// Registering and making its capabilities.
    pub register: Option<Duration>,
    /// The `on_load` of all of its capabilities.
    pub on_load: Option<Duration>,
    /// The `on_unload` of all of its capabilities.
    pub on_unload: Option<Duration>,
    /// Each call of a capability.
    pub call: Option<Duration>,
}

impl Budgets {
    /// The budget of a phase.
    pub fn of(&self, phase: Phase) -> Option<Duration> {
        match phase {
            Phase::Discover => self.discover,
            Phase::Environment => self.environment,
            Phase::Import => self.import,
            Phase::Register => self.register,
            Phase::OnLoad => self.on_load,
            Phase::OnUnload => self.on_unload,
        }
    }
}

/// What a plugin can take too long for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A phase of its life.
    Phase(Phase),
    /// A call.
    Call {
        /// The capability.
        capability: CapabilityId,
        /// The method.
        method: &'static str,
    },
}

/// A plugin took longer than it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverBudget {
    /// The key of the plugin.
    pub plugin: String,
    /// What took so long.
    pub what: Measured,
    /// How long it took.
    pub elapsed: Duration,
    /// How long it may take.
    pub budget: Duration,
}

impl fmt::Display for OverBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, what, elapsed, budget } = self;
        match what {
            Measured::Phase(phase) => {
                write!(f, "Plugin `{plugin}` took {elapsed:.1?} for `{}`", phase.as_str())?
            }
            Measured::Call { capability, method } => {
                write!(
                    f,
                    "Plugin `{plugin}` took {elapsed:.1?} in `{method}` of capability `{}`",
                    capability.name
                )?;
            }
        }
        write!(f, ", and may take {budget:.1?}")
    }
}
