//! What goes wrong when a reference is built or a text is read.

use std::fmt;
use thiserror::Error;

/// Why a reference cannot be built or a text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefError {
    /// A part that a reference needs is empty.
    #[error("The {part} of a reference is empty: {}", part.hint())]
    Empty {
        /// Which part.
        part: Part,
    },
    /// A part holds the character that separates the parts.
    #[error("The {part} `{text}` contains `;`, which separates the parts of a reference: {}", part.hint())]
    Separator {
        /// Which part.
        part: Part,
        /// What was given for it.
        text: String,
    },
    /// A text is no list in the escaped form of [`unescape_strings`](crate::unescape_strings).
    #[error("The list of strings is broken at byte {offset}: {fault}")]
    Escaped {
        /// Where, in bytes from the start of the text.
        offset: usize,
        /// What is wrong there.
        fault: EscapeFault,
    },
    /// A text is not what JSON is expected of it.
    #[error(
        "The JSON text is no {expected} (line {line}, column {column}), {problem}: give {}",
        example(expected)
    )]
    Json {
        /// What was expected: `array of strings`, `preset`.
        expected: &'static str,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A JSON text nests deeper than any preset does.
    #[error("The JSON text nests deeper than {limit} levels at byte {offset}: remove what is no preset")]
    TooDeep {
        /// How deep a preset may nest.
        limit: usize,
        /// Where it goes deeper, in bytes from the start of the text.
        offset: usize,
    },
}

/// What is expected, to copy.
fn example(expected: &str) -> &'static str {
    if expected == "preset" {
        "one JSON object, such as `{\"name\": \"Fine\"}`"
    } else {
        "a list such as `[\"a\", \"b\"]`"
    }
}

/// A part of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The plugin key of a local plugin, the display name of a cloud plugin.
    Name,
    /// The identity of a cloud plugin.
    Uuid,
    /// The name of the capability.
    Capability,
}

impl Part {
    fn hint(self) -> &'static str {
        match self {
            Self::Name => {
                "give the plugin key of a local plugin, or the name of a cloud plugin with `_` for `;`"
            }
            Self::Uuid => "give the cloud plugin's uuid, or an empty text for a local plugin",
            Self::Capability => "give the name that the capability's `get_name()` answers",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Name => "plugin name",
            Self::Uuid => "uuid",
            Self::Capability => "capability name",
        })
    }
}

/// What is wrong at one place of an escaped list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscapeFault {
    /// A quoted string has no end.
    Unterminated,
    /// The text ends after a backslash.
    NothingEscaped,
    /// Something other than `;` follows a quoted string.
    NoSeparator,
}

impl fmt::Display for EscapeFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unterminated => "the string that begins here has no closing `\"`: add it",
            Self::NothingEscaped => {
                "nothing follows the `\\`: write `\\\\` for a backslash, and close the string"
            }
            Self::NoSeparator => "a string has ended before this: put `;` between strings",
        })
    }
}
