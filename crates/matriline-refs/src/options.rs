//! Which options of an application hold the names of capabilities.

use matriline_capability::CapabilityType;

/// What the value of a plugin-backed option is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OptionValue {
    /// The name of a capability, or a list of them.
    CapabilityName,
    /// The id of a printer agent; the name of the agent's capability is understood too.
    AgentId,
}

/// An option whose value names capabilities.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PluginOption {
    /// The key of the option in a preset.
    pub key: String,
    /// The type of the capabilities; [`CapabilityType::Unknown`] stands for any.
    pub kind: CapabilityType,
    /// What the value is.
    pub value: OptionValue,
    /// The values that are the application's own: no plugin is meant, as by an empty value.
    pub built_in: Vec<String>,
}

/// The plugin-backed options of an application, in the order of their keys.
///
/// The application tells which they are; none is built in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PluginOptions {
    options: Vec<PluginOption>,
}

impl PluginOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// The options of OrcaSlicer: `post_process_plugin`, `printer_agent` (an agent id) and
    /// `slicing_pipeline_plugin`.
    ///
    /// The agents that OrcaSlicer brings itself are [built in](PluginOption::built_in).
    pub fn orca() -> Self {
        let mut options = Self::new()
            .with("post_process_plugin", CapabilityType::PostProcessing, OptionValue::CapabilityName)
            .with("printer_agent", CapabilityType::PrinterConnection, OptionValue::AgentId)
            .with("slicing_pipeline_plugin", CapabilityType::SlicingPipeline, OptionValue::CapabilityName);
        for agent in ["orca", "bbl", "qidi", "snapmaker", "crealityprint", "moonraker"] {
            options.add_built_in("printer_agent", agent);
        }
        options
    }

    /// These options and one more; see [`insert`](Self::insert).
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, kind: CapabilityType, value: OptionValue) -> Self {
        self.insert(PluginOption { key: key.into(), kind, value, built_in: Vec::new() });
        self
    }

    /// Adds a value that is the application's own; answers whether there is an option of that key.
    pub fn add_built_in(&mut self, key: &str, value: impl Into<String>) -> bool {
        let found = self.find(key);
        if let Ok(at) = found {
            self.options[at].built_in.push(value.into());
        }
        found.is_ok()
    }

    /// Adds an option; answers the one of the same key that it replaces.
    pub fn insert(&mut self, option: PluginOption) -> Option<PluginOption> {
        match self.find(&option.key) {
            Ok(at) => Some(std::mem::replace(&mut self.options[at], option)),
            Err(at) => {
                self.options.insert(at, option);
                None
            }
        }
    }

    /// The option of a key.
    pub fn get(&self, key: &str) -> Option<&PluginOption> {
        self.find(key).ok().map(|at| &self.options[at])
    }

    /// Every option, in the order of their keys.
    pub fn iter(&self) -> std::slice::Iter<'_, PluginOption> {
        self.options.iter()
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.options.binary_search_by(|option| option.key.as_str().cmp(key))
    }
}

impl FromIterator<PluginOption> for PluginOptions {
    /// Of several options of one key the last stays.
    fn from_iter<I: IntoIterator<Item = PluginOption>>(options: I) -> Self {
        let mut all = Self::new();
        for option in options {
            all.insert(option);
        }
        all
    }
}

impl<'a> IntoIterator for &'a PluginOptions {
    type Item = &'a PluginOption;
    type IntoIter = std::slice::Iter<'a, PluginOption>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PluginOption {
    /// The type to look a capability up with; `None` stands for any.
    pub fn wanted(&self) -> Option<CapabilityType> {
        (self.kind != CapabilityType::Unknown).then_some(self.kind)
    }

    /// Whether a value names something that a plugin offers: it is not empty and not the application's own.
    pub fn is_of_plugin(&self, value: &str) -> bool {
        !value.is_empty() && !self.built_in.iter().any(|own| own == value)
    }

    pub(crate) fn is_agent(&self) -> bool {
        self.value == OptionValue::AgentId
    }

    /// Whether the option takes capabilities of a type.
    pub fn takes(&self, kind: CapabilityType) -> bool {
        self.wanted().is_none_or(|wanted| wanted == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_keys() {
        let options = PluginOptions::new()
            .with("b", CapabilityType::Script, OptionValue::CapabilityName)
            .with("a", CapabilityType::Script, OptionValue::CapabilityName);
        assert!(options.iter().map(|option| option.key.as_str()).eq(["a", "b"]));
    }

    #[test]
    fn a_key_is_there_once() {
        let options: PluginOptions =
            PluginOptions::orca().iter().chain(&PluginOptions::orca()).cloned().collect();
        assert_eq!(options, PluginOptions::orca());
        let script = PluginOption { kind: CapabilityType::Script, ..options.iter().next().unwrap().clone() };
        let mut changed = options.clone();
        assert_eq!(changed.insert(script.clone()).as_ref(), options.get("post_process_plugin"));
        assert_eq!(changed.get("post_process_plugin"), Some(&script));
    }

    #[test]
    fn values_of_the_application_are_no_plugins() {
        let mut options = PluginOptions::orca();
        let agent = options.get("printer_agent").unwrap();
        assert!(!agent.is_of_plugin("moonraker") && !agent.is_of_plugin("") && agent.is_of_plugin("Orca"));
        assert!(options.get("post_process_plugin").unwrap().is_of_plugin("orca"));
        assert!(options.add_built_in("printer_agent", "Orca") && !options.add_built_in("nobody", "x"));
        assert!(!options.get("printer_agent").unwrap().is_of_plugin("Orca"));
    }

    #[test]
    fn unknown_stands_for_any_type() {
        let options = PluginOptions::orca().with("any", CapabilityType::Unknown, OptionValue::CapabilityName);
        assert!(options.get("any").unwrap().takes(CapabilityType::Script));
        for key in ["post_process_plugin", "slicing_pipeline_plugin"] {
            assert!(!options.get(key).unwrap().takes(CapabilityType::Script));
        }
    }
}
