//! What is wrong with a plugin, where, and what to write instead.

use crate::bounds;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Worth knowing, for example a key that has no meaning here.
    Note,
    /// The plugin works, but something its author wrote has no effect.
    Warning,
    /// The plugin cannot be used.
    Error,
}

/// A place in a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

/// One thing that is wrong with a plugin. `Display` gives the place and the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// Where it is in the plugin's file, if it is in a text.
    pub position: Option<Position>,
    /// What is wrong and what would fix it.
    pub message: String,
}

impl Problem {
    /// A problem that keeps the plugin from being used.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// A problem that the plugin's author should hear of.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    /// A remark.
    pub fn note(message: impl Into<String>) -> Self {
        Self::new(Severity::Note, message)
    }

    /// The same problem at a place of its file.
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, position: None, message: bounds::message(message.into()) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { line, column }) = self.position {
            write!(out, "Line {line}, column {column}: ")?;
        }
        out.write_str(&self.message)
    }
}
