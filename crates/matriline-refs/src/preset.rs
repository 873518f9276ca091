//! What a preset says of plugins, and which of its references are in use.

use crate::{CapabilityRefBorrowed, PluginOption, PluginOptions};
use hashbrown::HashSet;
use matriline_capability::{CapabilityId, CapabilityType};
use std::fmt;

/// The kinds of presets that carry a `plugins` array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PresetKind {
    /// How to print.
    Print,
    /// On which printer.
    Printer,
    /// With which material.
    Filament,
}

impl fmt::Display for PresetKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Print => "print",
            Self::Printer => "printer",
            Self::Filament => "filament",
        })
    }
}

/// The part of a preset that has to do with plugins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Its kind.
    pub kind: PresetKind,
    /// What its user calls it.
    pub name: String,
    /// The plugin-backed options and their values; other options may be there and mean nothing.
    pub options: Vec<(String, Vec<String>)>,
    /// The `plugins` array as it stands.
    pub plugins: Vec<String>,
}

/// The references of a preset that an option of a type names, in the order of the `plugins` array.
///
/// Each is there once. While an option for agents ([`OptionValue::AgentId`](crate::OptionValue::AgentId))
/// holds an id that no reference names, every reference that no option names may be the agent's and counts.
pub fn referenced_capabilities<'a>(
    options: &PluginOptions,
    kind: CapabilityType,
    preset: &'a Preset,
) -> Vec<CapabilityRefBorrowed<'a>> {
    let usage = Usage::new(options, preset);
    let mut seen = HashSet::new();
    let used = |reference: &CapabilityRefBorrowed<'_>| {
        let named = usage.naming(reference.capability_name).any(|option| option.takes(kind));
        named
            || (usage.is_unnamed(reference.capability_name)
                && usage.agents().any(|option| option.takes(kind)))
    };
    preset.references().filter(used).filter(|&reference| seen.insert(reference)).collect()
}

/// Whether any of the presets uses a capability, so that taking its plugin away would change a result.
pub fn capability_in_use(options: &PluginOptions, presets: &[Preset], id: &CapabilityId) -> bool {
    presets.iter().any(|preset| {
        let references = referenced_capabilities(options, id.kind, preset);
        references.iter().any(|found| found.plugin_key() == id.plugin_key && found.capability_name == id.name)
    })
}

/// Which options of a preset name which capabilities.
pub(crate) struct Usage<'a> {
    options: Vec<OptionUse<'a>>,
}

/// The values of one option.
pub(crate) struct OptionUse<'a> {
    pub(crate) option: &'a PluginOption,
    pub(crate) values: HashSet<&'a str>,
    /// The values that no reference names, in order.
    pub(crate) unreferenced: Vec<&'a str>,
}

impl OptionUse<'_> {
    /// Whether it holds an agent id that is the capability name of no reference.
    pub(crate) fn waits_for_agent(&self) -> bool {
        self.option.is_agent() && !self.unreferenced.is_empty()
    }
}

impl<'a> Usage<'a> {
    pub(crate) fn new(options: &'a PluginOptions, preset: &'a Preset) -> Self {
        let names: HashSet<_> = preset.references().map(|reference| reference.capability_name).collect();
        let option_use = |option: &'a PluginOption| {
            let mut values = HashSet::new();
            let distinct = preset.values(option).filter(|&value| values.insert(value));
            let unreferenced = distinct.filter(|value| !names.contains(value)).collect();
            OptionUse { option, values, unreferenced }
        };
        let options = options.iter().map(option_use).filter(|option| !option.values.is_empty());
        Self { options: options.collect() }
    }

    /// The options that hold a name, in order.
    pub(crate) fn naming(&self, name: &str) -> impl Iterator<Item = &'a PluginOption> {
        self.options.iter().filter(move |option| option.values.contains(name)).map(|option| option.option)
    }

    /// Whether no option holds a name.
    pub(crate) fn is_unnamed(&self, name: &str) -> bool {
        self.naming(name).next().is_none()
    }

    /// The options that hold an agent id which is the capability name of no reference: a reference that no
    /// option names may be the agent's.
    pub(crate) fn agents(&self) -> impl Iterator<Item = &'a PluginOption> {
        self.options.iter().filter(|option| option.waits_for_agent()).map(|option| option.option)
    }

    /// The options that hold values, in order.
    pub(crate) fn options(&self) -> &[OptionUse<'a>] {
        &self.options
    }
}

impl Preset {
    /// The values of an option that a plugin is to offer, in order.
    pub(crate) fn values<'a>(&'a self, option: &'a PluginOption) -> impl Iterator<Item = &'a str> {
        let options = self.options.iter().filter(|(name, _)| *name == option.key);
        let values = options.flat_map(|(_, values)| values).map(String::as_str);
        values.filter(|value| option.is_of_plugin(value))
    }

    /// The entries of `plugins` that are references, in order.
    pub(crate) fn references(&self) -> impl Iterator<Item = CapabilityRefBorrowed<'_>> {
        self.plugins.iter().filter_map(|text| CapabilityRefBorrowed::parse(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CapabilityType::{PostProcessing, PrinterConnection, Script};

    fn preset(plugins: &[&str], key: &str, values: &[&str]) -> Preset {
        let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        Preset {
            kind: PresetKind::Print,
            name: "Fine".to_owned(),
            options: vec![(key.to_owned(), texts(values))],
            plugins: texts(plugins),
        }
    }

    /// `expected` are the names of the capabilities in use.
    fn check(preset: &Preset, kind: CapabilityType, expected: &[&str]) {
        let options = PluginOptions::orca();
        let found = referenced_capabilities(&options, kind, preset);
        assert!(found.iter().map(|found| found.capability_name).eq(expected.iter().copied()), "{found:?}");
        for text in &preset.plugins {
            let Some(reference) = CapabilityRefBorrowed::parse(text) else { continue };
            let in_use = |plugin_key: &str| {
                let name = reference.capability_name.to_owned();
                let id = CapabilityId { kind, name, plugin_key: plugin_key.to_owned() };
                capability_in_use(&options, std::slice::from_ref(preset), &id)
            };
            assert_eq!(in_use(reference.plugin_key()), expected.contains(&reference.capability_name));
            assert!(!in_use("other"));
        }
    }

    /// 12.6, first row.
    #[test]
    fn one_capability_in_use() {
        let preset = preset(&["acme;;CapA", "acme;;CapB"], "post_process_plugin", &["CapA"]);
        check(&preset, PostProcessing, &["CapA"]);
        check(&preset, Script, &[]);
    }

    /// 12.6, second row.
    #[test]
    fn several_values_in_use() {
        let plugins = ["acme;;CapA", "acme;;CapB", "acme;;CapC"];
        check(&preset(&plugins, "post_process_plugin", &["CapA", "CapC"]), PostProcessing, &["CapA", "CapC"]);
    }

    /// 12.6, third row. For the fourth: presets of other kinds than the three have no [`PresetKind`].
    #[test]
    fn nothing_in_use_without_references() {
        check(&preset(&[], "post_process_plugin", &["CapA"]), PostProcessing, &[]);
    }

    /// 12.6, fifth row.
    #[test]
    fn garbage_is_skipped() {
        let plugins = ["garbage", "acme;;CapA", "acme;;CapA"];
        check(&preset(&plugins, "post_process_plugin", &["CapA", "garbage"]), PostProcessing, &["CapA"]);
    }

    #[test]
    fn other_options_use_nothing() {
        check(&preset(&["acme;;CapA"], "post_process", &["CapA"]), PostProcessing, &[]);
    }

    #[test]
    fn an_agent_id_uses_what_no_option_names() {
        let mut printer = preset(&["acme;;CapA", "acme;;Agent"], "printer_agent", &["agent-1"]);
        printer.options.push(("post_process_plugin".to_owned(), vec!["CapA".to_owned()]));
        check(&printer, PrinterConnection, &["Agent"]);
        check(&printer, PostProcessing, &["CapA"]);
    }

    #[test]
    fn an_agent_that_is_named_uses_nothing_else() {
        check(
            &preset(&["acme;;Agent", "acme;;Old"], "printer_agent", &["Agent"]),
            PrinterConnection,
            &["Agent"],
        );
    }
}
