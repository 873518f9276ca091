//! What an `execute` answers.

/// How a call ended. The numbers are those of `orca.PluginResult`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// The work is done.
    #[default]
    Success = 0,
    /// There was nothing to do.
    Skipped = 1,
    /// It failed, and the plugin can go on.
    RecoverableError = 2,
    /// It failed, and the plugin should not be asked again.
    FatalError = 3,
}

impl Status {
    /// Every status, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Success, Self::Skipped, Self::RecoverableError, Self::FatalError];

    /// The name of the Python member `orca.PluginResult.<name>`, which the C++ enumerator shares.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Skipped => "Skipped",
            Self::RecoverableError => "RecoverableError",
            Self::FatalError => "FatalError",
        }
    }

    /// Whether the status says that the work failed.
    pub const fn is_error(self) -> bool {
        matches!(self, Self::RecoverableError | Self::FatalError)
    }

    /// The status of a number, or `None` for a number that no status has.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// The answer of an `execute`: a status, a message for the user and data for the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecutionResult {
    /// How the call ended.
    pub status: Status,
    /// What the user is told; may be empty.
    pub message: String,
    /// What the application is told, in a form the two agreed on; may be empty.
    pub data: String,
}
