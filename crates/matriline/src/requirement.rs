//! What the values of a setting need, and whether it is there.

use std::fmt;

use matriline_capability::CapabilityType;
use matriline_refs::CapabilityRef;

/// What one value of a setting needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The value: the name of a capability.
    pub value: String,
    /// The type of the capability.
    pub kind: CapabilityType,
    /// The reference that the preset has for it.
    pub reference: Option<CapabilityRef>,
    /// Whether it can be called.
    pub state: RequirementState,
}

/// Whether a required capability can be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequirementState {
    /// Yes.
    Satisfied,
    /// The preset has no reference for the name.
    NotReferenced,
    /// The plugin is not installed.
    NotInstalled,
    /// The package of the plugin is broken; the text says how.
    Invalid(String),
    /// The plugin is not loaded; the text says why, where a load failed.
    NotLoaded(Option<String>),
    /// The plugin is loaded and has no such capability.
    NoSuchCapability,
    /// The capability is disabled.
    Disabled,
}

impl Requirement {
    /// Whether the capability can be called.
    pub fn is_satisfied(&self) -> bool {
        self.state == RequirementState::Satisfied
    }

    /// The key of the plugin that is to offer it.
    pub fn plugin(&self) -> Option<&str> {
        self.reference.as_ref().map(CapabilityRef::plugin_key)
    }
}

/// One sentence: what is wrong, and what would mend it.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, kind, .. } = self;
        let plugin = self.plugin().unwrap_or_default();
        match &self.state {
            RequirementState::Satisfied => write!(f, "`{value}` is offered by plugin `{plugin}`"),
            RequirementState::NotReferenced => {
                write!(
                    f,
                    "`{value}` is in no reference of the preset; add `<plugin>;<uuid>;{value}` to its `plugins`"
                )
            }
            RequirementState::NotInstalled => {
                write!(f, "`{value}` needs plugin `{plugin}`, which is not installed; install it")
            }
            RequirementState::Invalid(problem) => {
                write!(f, "`{value}` needs plugin `{plugin}`, whose package is broken: {problem}")
            }
            RequirementState::NotLoaded(Some(problem)) => {
                write!(f, "`{value}` needs plugin `{plugin}`, which could not be loaded: {problem}")
            }
            RequirementState::NotLoaded(None) => {
                write!(f, "`{value}` needs plugin `{plugin}`, which is not loaded; load it")
            }
            RequirementState::NoSuchCapability => {
                write!(
                    f,
                    "Plugin `{plugin}` is loaded but offers no {kind} capability `{value}`; it may be outdated"
                )
            }
            RequirementState::Disabled => {
                write!(f, "`{value}` of plugin `{plugin}` is disabled; enable it")
            }
        }
    }
}
