//! What a capability is called: its type, its name and the plugin it belongs to.

use std::fmt;

use crate::declare::{self, Defined};

/// The kind of work a capability does.
///
/// The numbers are those of `orca.PluginType` and never change; newer types are appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum CapabilityType {
    /// Edits the G-code file of an export.
    PostProcessing = 0,
    /// Talks to a printer.
    PrinterConnection = 1,
    /// Automates the application.
    Automation = 2,
    /// Analyses a model.
    Analysis = 3,
    /// Reads a file format.
    Importer = 4,
    /// Writes a file format.
    Exporter = 5,
    /// Draws.
    Visualization = 6,
    /// Runs when the user asks for it.
    Script = 7,
    /// A capability whose class names no type: it loads, and nothing calls it.
    Unknown = 8,
    /// Takes part in the steps of slicing, that of the finished G-code among them.
    SlicingPipeline = 9,
    /// Shows a page of its own in the application.
    Pages = 10,
    /// A type that the application defines itself: see [`TypeDeclaration`](crate::TypeDeclaration).
    Defined(Defined) = declare::FIRST_NUMBER,
}

impl CapabilityType {
    /// Every type that the library knows, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::PostProcessing,
        Self::PrinterConnection,
        Self::Automation,
        Self::Analysis,
        Self::Importer,
        Self::Exporter,
        Self::Visualization,
        Self::Script,
        Self::Unknown,
        Self::SlicingPipeline,
        Self::Pages,
    ];

    /// The name of the Python member `orca.PluginType.<name>`, which the C++ enumerator shares.
    pub fn member(self) -> &'static str {
        match self {
            Self::PostProcessing => "PostProcessing",
            Self::PrinterConnection => "PrinterConnection",
            Self::Automation => "Automation",
            Self::Analysis => "Analysis",
            Self::Importer => "Importer",
            Self::Exporter => "Exporter",
            Self::Visualization => "Visualization",
            Self::Script => "Script",
            Self::Unknown => "Unknown",
            Self::SlicingPipeline => "SlicingPipeline",
            Self::Pages => "Pages",
            Self::Defined(defined) => defined.member(),
        }
    }

    /// The text that stands for the type in files: `post-processing`, `script`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PostProcessing => "post-processing",
            Self::PrinterConnection => "printer-connection",
            Self::Automation => "automation",
            Self::Analysis => "analysis",
            Self::Importer => "importer",
            Self::Exporter => "exporter",
            Self::Visualization => "visualization",
            Self::Script => "script",
            Self::Unknown => "unknown",
            Self::SlicingPipeline => "slicing-pipeline",
            Self::Pages => "pages",
            Self::Defined(defined) => defined.text(),
        }
    }

    /// The words a user reads: `Post-processing`, `Printer connection`, …
    pub fn display_name(self) -> &'static str {
        match self {
            Self::PostProcessing => "Post-processing",
            Self::PrinterConnection => "Printer connection",
            Self::SlicingPipeline => "Slicing Pipeline",
            Self::Defined(defined) => defined.display_name(),
            _ => self.member(),
        }
    }

    /// The type of a text such as `post-processing`, in any case; any other text is [`Unknown`](Self::Unknown).
    pub fn from_text(text: &str) -> Self {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text));
        found.or_else(|| declare::of_text(text)).unwrap_or(Self::Unknown)
    }

    /// The number of `orca.PluginType`. That of a type that the application defines holds in this process alone.
    pub fn number(self) -> u8 {
        match self {
            Self::Defined(defined) => defined.number(),
            // The numbers are the places.
            _ => Self::ALL.iter().position(|kind| *kind == self).unwrap_or_default() as u8,
        }
    }

    /// The type of a number, or `None` for a number that no type has.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied().or_else(|| declare::of_number(number))
    }
}

impl fmt::Display for CapabilityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The identity of a capability: two are the same when all three parts are.
///
/// Ordered by type, then name, then plugin key, which is the order of every list by type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CapabilityId {
    /// The kind of work.
    pub kind: CapabilityType,
    /// What `get_name()` answered when the plugin was loaded.
    pub name: String,
    /// The key of the plugin that offers it.
    pub plugin_key: String,
}

impl fmt::Display for CapabilityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}) of plugin `{}`", self.name, self.kind, self.plugin_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_back() {
        for kind in CapabilityType::ALL {
            assert_eq!(CapabilityType::from_text(kind.as_str()), kind);
            assert_eq!(CapabilityType::from_text(&kind.as_str().to_uppercase()), kind);
            assert_eq!(CapabilityType::from_number(kind.number()), Some(kind));
        }
    }

    /// 12.17: the type string, both ways.
    #[test]
    fn slicing_pipeline_has_its_words() {
        let kind = CapabilityType::from_text("slicing-pipeline");
        assert_eq!((kind.as_str(), kind.display_name()), ("slicing-pipeline", "Slicing Pipeline"));
        assert_eq!(CapabilityType::from_text("pages").display_name(), "Pages");
    }

    #[test]
    fn other_texts_are_unknown() {
        assert_eq!(CapabilityType::from_text("post_processing"), CapabilityType::Unknown);
        assert_eq!(CapabilityType::from_text(""), CapabilityType::Unknown);
        assert_eq!(CapabilityType::from_number(11), None);
    }

    /// One name and type in two plugins is two capabilities.
    #[test]
    fn plugin_key_is_part_of_the_identity() {
        let id = |key: &str| CapabilityId {
            kind: CapabilityType::PostProcessing,
            name: "Cleanup".into(),
            plugin_key: key.into(),
        };
        assert_ne!(id("a.py"), id("b.py"));
        let map: std::collections::HashMap<_, _> = [(id("a.py"), 1), (id("b.py"), 2)].into();
        assert_eq!(map.len(), 2);
    }
}
