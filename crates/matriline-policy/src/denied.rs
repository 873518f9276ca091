//! Why an act is refused.

/// The reason for a refusal, to be logged and shown together with plugin, event and target.
///
/// The texts of [`Denied::Outside`], [`Denied::Filename`] and [`Denied::NotGranted`] are OrcaSlicer's own, which plugins
/// and tests look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// No root and no grant holds the path.
    #[error("outside allowed root")]
    Outside,
    /// The file has the name of one in which the application keeps a secret.
    #[error("denied filename")]
    Filename,
    /// The path lies in a place that is the application's, whatever root is around it.
    #[error("protected place: {why}")]
    Protected {
        /// What the place holds and whose it is.
        why: &'static str,
    },
    /// The path is a device or a view of a process, and a write there is no write to a file.
    #[error("device file or part of `/proc`")]
    Device,
    /// The act would move or remove a root or a protected place together with the folder around it.
    #[error("it would move or remove an allowed root or a protected place as a whole")]
    HoldsRuledPlace,
    /// The target can't be told, so nothing can be said for it.
    #[error("target not understood: {why}")]
    NotUnderstood {
        /// What is missing or unknown, and the form that works.
        why: &'static str,
    },
    /// Nothing grants the act.
    #[error("audit permission required")]
    NotGranted,
    /// No plugin may do it.
    #[error("no plugin may do this")]
    Never,
    /// The user was asked and said no, or nobody answered in time.
    #[error("it was asked for and not allowed")]
    Answered,
}

impl Denied {
    /// Whether no grant and no answer can lift it.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Outside | Self::NotGranted)
    }

    /// Its name in the activity log, without particulars.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Outside => "outside allowed root",
            Self::Filename => "denied filename",
            Self::Protected { .. } => "protected place",
            Self::Device => "device file",
            Self::HoldsRuledPlace => "holds an allowed root or a protected place",
            Self::NotUnderstood { .. } => "target not understood",
            Self::NotGranted => "audit permission required",
            Self::Never => "never",
            Self::Answered => "answer",
        }
    }

    /// What a plugin's author or user can do instead.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Outside => {
                "write below the data folder, or beside the G-code file during its call, or have the user grant the path"
            }
            Self::Filename | Self::Protected { .. } | Self::Never => "do without it; no grant allows it",
            Self::Device => "have the user grant the device by its own name",
            Self::HoldsRuledPlace => "move or remove what is inside one by one",
            Self::NotUnderstood { .. } => "name the target in the plain form",
            Self::NotGranted => "declare it in `[tool.matriline.permissions]`, and have the user grant it",
            Self::Answered => "explain to the user what it is for, and try again",
        }
    }
}
