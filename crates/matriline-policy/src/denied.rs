//! Why an act is refused.

/// The reason for a refusal, to be logged and shown together with plugin, event and path.
///
/// The text of [`Denied::Outside`] is OrcaSlicer's own, which plugins and tests look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// No root holds the path.
    #[error("outside allowed root")]
    Outside,
    /// The path lies in a place that is the application's, whatever root is around it.
    #[error("protected place: {why}")]
    Protected {
        /// What the place holds and whose it is.
        why: &'static str,
    },
    /// The act would move or remove a root or a protected place together with the folder around it.
    #[error("it would move or remove an allowed root or a protected place as a whole")]
    HoldsRuledPlace,
    /// The target can't be told, so nothing can be said for it.
    #[error("target not understood: {why}")]
    NotUnderstood {
        /// What is missing or unknown, and the form that works.
        why: &'static str,
    },
}
