//! How strict the policy is with a plugin.

/// What happens to an act that neither a root nor a grant covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Reading, network and processes as they come; writing outside of roots is refused.
    #[default]
    Loading,
    /// It is refused: reading and writing outside of roots, network, processes and native code.
    Enforcing,
    /// What [`Mode::Enforcing`] refuses is asked. While nobody answers, it is refused.
    Ask,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Loading, Self::Enforcing, Self::Ask];

    /// Its name in logs and settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Enforcing => "enforcing",
            Self::Ask => "ask",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_found_by_name() {
        for mode in Mode::ALL {
            assert_eq!(Mode::from_name(mode.as_str()), Some(mode));
        }
    }
}
