//! Bringing the `plugins` array of a preset up to date when the preset is saved.

use crate::choice::rank;
use crate::{
    Available, CapabilityRefBorrowed, CapabilityState, LoadedPlugins, PluginOption, PluginOptions, Preset,
};
use hashbrown::{HashMap, HashSet};
use matriline_capability::CapabilityType;
use std::collections::BTreeSet;

/// What a preset's `plugins` array becomes, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManifestUpdate {
    /// The new array; each entry is there once. Where it is empty, the preset has none.
    pub plugins: Vec<String>,
    /// The entries that are new in it.
    pub added: Vec<String>,
    /// The entries that are gone: no reference, or one that no option uses.
    pub pruned: Vec<String>,
    /// The values that more than one plugin could serve.
    pub ambiguous: Vec<Ambiguous>,
    /// The values for which neither the preset nor a loaded plugin has an answer.
    pub unresolved: Vec<Unresolved>,
}

/// A value of an option that more than one plugin could serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    /// The key of the option.
    pub option: String,
    /// The value.
    pub value: String,
    /// The references that could stand for it: those of the preset first, then the others by plugin key.
    pub candidates: Vec<String>,
    /// The one that does, which is the first.
    pub chosen: String,
    /// What decided.
    pub decided_by: DecidedBy,
}

/// What decides between several plugins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecidedBy {
    /// The preset: it had a reference before.
    Preset,
    /// The order of plugin keys: the smallest one.
    PluginKey,
}

/// A value of an option that nothing is known about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// The key of the option.
    pub option: String,
    /// The value.
    pub value: String,
}

/// The `plugins` array as it should be saved, given the capabilities of the loaded plugins, enabled or not.
///
/// References are pruned by use: one goes when no option of the preset holds its capability name, or when a
/// loaded plugin tells that it is of a type that none of these options takes; never because its plugin is not
/// loaded. Those that stay keep their order. A value without a reference gets one
/// of an available capability of the option's type, at the end, in the order of the options and their values.
///
/// The value of an agent option is matched with agent ids and with capability names. An id that nothing
/// answers to may belong to any reference that no other option uses: these stay.
///
/// Updating a preset twice changes nothing the second time. An application that does not know what is
/// available (a tool without plugins) does not call this and saves the array as it stands.
pub fn update_manifest(options: &PluginOptions, preset: &Preset, available: &[Available]) -> ManifestUpdate {
    let mut update = ManifestUpdate::default();
    let offers = Offers::new(available);
    let mut seen = HashSet::new();
    let entries: Vec<_> =
        preset.plugins.iter().map(String::as_str).filter(|&text| seen.insert(text)).collect();
    let old = Old::new(&entries);

    let mut kept = HashSet::new();
    let mut waiting_agents = Vec::new();
    for option in options {
        let (mut values, mut is_waiting) = (HashSet::new(), false);
        for value in preset.values(option).filter(|&value| values.insert(value)) {
            let named = old.named(value).iter().map(|&at| old.references[at]);
            let may_serve = named.filter(|(_, reference)| !offers.is_other_type(*reference, option));
            kept.extend(may_serve.map(|(text, _)| text));
            let found = Found::new(option, value, &old, &offers);
            kept.extend(found.referenced.iter().map(|(text, _)| *text));
            update.added.extend(found.to_add());
            update.ambiguous.extend(found.ambiguous(option, value));
            if found.is_empty() {
                update.unresolved.push(Unresolved { option: option.key.clone(), value: value.to_owned() });
                is_waiting |= option.is_agent();
            }
        }
        if is_waiting {
            waiting_agents.push(option);
        }
    }
    for agent in waiting_agents {
        let perhaps = old.references.iter().filter(|(_, reference)| !offers.is_other_type(*reference, agent));
        kept.extend(perhaps.map(|(text, _)| *text));
    }

    let (stays, goes) = entries.into_iter().partition::<Vec<_>, _>(|&text| kept.contains(text));
    let mut added = HashSet::new();
    update.added.retain(|text| added.insert(text.clone()));
    update.plugins = stays.into_iter().map(str::to_owned).chain(update.added.iter().cloned()).collect();
    update.pruned = goes.into_iter().map(str::to_owned).collect();
    update
}

/// The references that a preset has, in order and by capability name.
struct Old<'a> {
    references: Vec<(&'a str, CapabilityRefBorrowed<'a>)>,
    by_name: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Old<'a> {
    fn new(entries: &[&'a str]) -> Self {
        let parse = |&text: &&'a str| CapabilityRefBorrowed::parse(text).map(|reference| (text, reference));
        let references: Vec<_> = entries.iter().filter_map(parse).collect();
        let mut by_name = HashMap::<_, Vec<_>>::new();
        for (at, (_, reference)) in references.iter().enumerate() {
            by_name.entry(reference.capability_name).or_default().push(at);
        }
        Self { references, by_name }
    }

    /// Where the references to a capability name stand.
    fn named(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

/// What is available, by capability name, by agent id and by plugin key with capability name.
#[derive(Default)]
struct Offers<'a> {
    by_name: HashMap<&'a str, Vec<&'a Available>>,
    by_agent: HashMap<&'a str, Vec<&'a Available>>,
    by_id: HashMap<(&'a str, &'a str), Vec<&'a Available>>,
    plugins: HashSet<&'a str>,
}

impl<'a> Offers<'a> {
    /// A capability that no reference can name is none.
    fn new(available: &'a [Available]) -> Self {
        let mut offers = Self::default();
        for offer in available.iter().filter(|offer| offer.reference().is_ok()) {
            let name = offer.capability_name.as_str();
            offers.by_name.entry(name).or_default().push(offer);
            offers.by_id.entry((offer.key(), name)).or_default().push(offer);
            offers.plugins.insert(offer.key());
            if let Some(agent_id) = &offer.agent_id {
                offers.by_agent.entry(agent_id.as_str()).or_default().push(offer);
            }
        }
        offers
    }

    /// The capabilities that an option's value may mean, by plugin key.
    fn of(&self, option: &PluginOption, value: &str) -> Vec<&'a Available> {
        let named = self.by_name.get(value).into_iter().flatten();
        let agents = self.by_agent.get(value).into_iter().flatten().filter(|_| option.is_agent());
        let mut all: Vec<_> = named.chain(agents).copied().filter(|offer| option.takes(offer.kind)).collect();
        all.sort_by_key(|offer| (offer.key(), &offer.capability_name));
        all.dedup_by_key(|offer| (offer.key(), &offer.capability_name));
        all
    }

    /// Whether a reference is known to lead to capabilities of types that an option does not take.
    fn is_other_type(&self, reference: CapabilityRefBorrowed<'_>, option: &PluginOption) -> bool {
        let offers = self.by_id.get(&identity(reference));
        offers.is_some_and(|offers| !offers.iter().any(|offer| option.takes(offer.kind)))
    }
}

/// A loaded plugin that offers nothing is not known here, as nothing is to be told of it.
impl LoadedPlugins for Offers<'_> {
    fn plugin(&self, plugin_key: &str) -> bool {
        self.plugins.contains(plugin_key)
    }

    fn capability(&self, key: &str, kind: Option<CapabilityType>, name: &str) -> Option<CapabilityState> {
        let offers = self.by_id.get(&(key, name)).into_iter().flatten();
        let states =
            offers.filter(|offer| kind.is_none_or(|kind| kind == offer.kind)).map(|offer| offer.state());
        states.min_by_key(|state| *state == CapabilityState::Disabled)
    }
}

/// The references that could stand for one value of an option.
struct Found<'a> {
    /// Those that the preset has, the one that is used first.
    referenced: Vec<(&'a str, CapabilityRefBorrowed<'a>)>,
    /// The available capabilities that it has no reference to, by plugin key.
    offered: Vec<&'a Available>,
}

impl<'a> Found<'a> {
    fn new(option: &PluginOption, value: &'a str, old: &Old<'a>, offers: &Offers<'a>) -> Self {
        let mut offered = offers.of(option, value);
        let names: BTreeSet<_> =
            offered.iter().map(|offer| offer.capability_name.as_str()).chain([value]).collect();
        let mut referenced: Vec<_> = names.into_iter().flat_map(|name| old.named(name)).copied().collect();
        referenced.sort_unstable();
        let mut referenced: Vec<_> = referenced.into_iter().map(|at| old.references[at]).collect();
        let identities: HashSet<_> = offered.iter().map(|offer| offer_identity(offer)).collect();
        referenced.retain(|&(_, reference)| {
            let is_named = reference.capability_name == value && !offers.is_other_type(reference, option);
            is_named || identities.contains(&identity(reference))
        });
        let known: HashSet<_> = referenced.iter().map(|&(_, reference)| identity(reference)).collect();
        offered.retain(|offer| !known.contains(&offer_identity(offer)));
        referenced.sort_by_cached_key(|&(_, reference)| rank(option.wanted(), reference, offers));
        Self { referenced, offered }
    }

    fn is_empty(&self) -> bool {
        self.referenced.is_empty() && self.offered.is_empty()
    }

    /// The reference that the preset lacks for the value.
    fn to_add(&self) -> Option<String> {
        self.offered.first().filter(|_| self.referenced.is_empty()).map(|offer| text(offer))
    }

    fn ambiguous(&self, option: &PluginOption, value: &str) -> Option<Ambiguous> {
        let mut seen = HashSet::new();
        let referenced = self.referenced.iter().filter(|(_, reference)| seen.insert(identity(*reference)));
        let referenced = referenced.map(|&(text, _)| text.to_owned());
        let candidates: Vec<_> = referenced.chain(self.offered.iter().map(|offer| text(offer))).collect();
        (candidates.len() > 1).then(|| Ambiguous {
            option: option.key.clone(),
            value: value.to_owned(),
            chosen: candidates[0].clone(),
            candidates,
            decided_by: if self.referenced.is_empty() { DecidedBy::PluginKey } else { DecidedBy::Preset },
        })
    }
}

fn identity(reference: CapabilityRefBorrowed<'_>) -> (&str, &str) {
    (reference.plugin_key(), reference.capability_name)
}

fn offer_identity(offer: &Available) -> (&str, &str) {
    (offer.key(), &offer.capability_name)
}

fn text(offer: &Available) -> String {
    offer.reference().expect("Only capabilities that can be referenced are offered").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OptionValue, PresetKind};
    use CapabilityType::{PostProcessing, PrinterConnection, Script, SlicingPipeline};

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|&text| text.to_owned()).collect()
    }

    fn preset(plugins: &[&str], options: &[(&str, &[&str])]) -> Preset {
        let options = options.iter().map(|(key, values)| ((*key).to_owned(), texts(values)));
        Preset {
            kind: PresetKind::Print,
            name: "Fine".to_owned(),
            options: options.collect(),
            plugins: texts(plugins),
        }
    }

    /// A capability of a local plugin, or of a cloud plugin for a key with `uuid`.
    fn offer(plugin_key: &str, kind: CapabilityType, capability_name: &str) -> Available {
        Available {
            plugin_key: plugin_key.to_owned(),
            name: format!("Name of {plugin_key}"),
            uuid: if plugin_key.contains("uuid") { plugin_key.to_owned() } else { String::new() },
            kind,
            capability_name: capability_name.to_owned(),
            agent_id: (kind == PrinterConnection).then(|| format!("{capability_name}-id")),
            enabled: false,
        }
    }

    /// Checks the array, and that updating again changes nothing.
    fn check(preset: &Preset, available: &[Available], expected: &[&str]) -> ManifestUpdate {
        let options = PluginOptions::orca().with("script", Script, OptionValue::CapabilityName);
        let update = update_manifest(&options, preset, available);
        assert_eq!(update.plugins, expected);
        let saved = Preset { plugins: update.plugins.clone(), ..preset.clone() };
        let again = update_manifest(&options, &saved, available);
        assert_eq!((again.plugins, again.added, again.pruned), (update.plugins.clone(), vec![], vec![]));
        update
    }

    fn check_processed(
        plugins: &[&str],
        values: &[&str],
        offers: &[(&str, &str)],
        expected: &[&str],
    ) -> ManifestUpdate {
        let offers: Vec<_> = offers.iter().map(|(key, name)| offer(key, PostProcessing, name)).collect();
        check(&preset(plugins, &[("post_process_plugin", values)]), &offers, expected)
    }

    fn check_agent(plugins: &[&str], agent: &str, offers: &[Available], expected: &[&str]) -> ManifestUpdate {
        check(&preset(plugins, &[("printer_agent", &[agent])]), offers, expected)
    }

    /// The resolver of the vector answers `<value>;;<type>` to anything. Here the value is what a plugin
    /// offers, so the plugins have the types' names.
    #[test]
    fn c6_each_option_is_looked_up_by_its_type() {
        let preset = preset(&[], &[("slicing_pipeline_plugin", &["sp"]), ("printer_agent", &["agent"])]);
        let sp = offer("slicing-pipeline", SlicingPipeline, "sp");
        let agent = offer("printer-connection", PrinterConnection, "agent");
        check(&preset, &[sp, agent], &["printer-connection;;agent", "slicing-pipeline;;sp"]);
    }

    #[test]
    fn c7_a_value_listed_twice_has_one_reference() {
        let preset = preset(&[], &[("slicing_pipeline_plugin", &["x", "x"])]);
        let offered = offer("slicing-pipeline", SlicingPipeline, "x");
        let update = check(&preset, &[offered], &["slicing-pipeline;;x"]);
        assert_eq!(update.added, ["slicing-pipeline;;x"]);
    }

    #[test]
    fn a_reference_in_use_stays_without_its_plugin() {
        check_processed(&["p;;b", "p;uuid;a"], &["a", "b"], &[], &["p;;b", "p;uuid;a"]);
    }

    #[test]
    fn a_reference_goes_when_nothing_uses_it() {
        let update = check_processed(&["p;;a", "p;;b", "q;;a"], &["b"], &[("p", "a")], &["p;;b"]);
        assert_eq!(update.pruned, ["p;;a", "q;;a"]);
    }

    #[test]
    fn what_is_no_reference_goes() {
        let update = check_processed(&["garbage", "p;;a", ""], &["a"], &[], &["p;;a"]);
        assert_eq!(update.pruned, ["garbage", ""]);
    }

    #[test]
    fn repeated_entries_are_there_once() {
        let update = check_processed(&["p;;a", "q;;b", "p;;a"], &["a", "b"], &[], &["p;;a", "q;;b"]);
        assert_eq!(update.pruned, [""; 0]);
    }

    #[test]
    fn new_references_come_last() {
        let offers = [("p", "a"), ("some-uuid", "c")];
        let expected = ["p;;b", "Name of some-uuid;some-uuid;c", "p;;a"];
        let update = check_processed(&["p;;b"], &["c", "", "a", "b"], &offers, &expected);
        assert_eq!(update.added, expected[1..]);
    }

    #[test]
    fn a_name_that_nobody_offers_is_unresolved() {
        let update = check_processed(&[], &["a", "a"], &[("p", "b"), ("p;q", "a")], &[]);
        let [option, value] = ["post_process_plugin", "a"].map(str::to_owned);
        assert_eq!(update.unresolved, [Unresolved { option, value }]);
    }

    #[test]
    fn of_several_plugins_the_smallest_key_is_chosen() {
        let update = check_processed(&[], &["a"], &[("q", "a"), ("p", "a")], &["p;;a"]);
        let [ambiguous] = &update.ambiguous[..] else { panic!("{update:?}") };
        assert_eq!((ambiguous.chosen.as_str(), ambiguous.decided_by), ("p;;a", DecidedBy::PluginKey));
        assert_eq!(ambiguous.candidates, ["p;;a", "q;;a"]);
    }

    #[test]
    fn of_several_plugins_the_preset_had_chosen() {
        let update = check_processed(&["q;;a"], &["a"], &[("q", "a"), ("p", "a")], &["q;;a"]);
        let [ambiguous] = &update.ambiguous[..] else { panic!("{update:?}") };
        assert_eq!((ambiguous.chosen.as_str(), ambiguous.decided_by), ("q;;a", DecidedBy::Preset));
        assert_eq!(ambiguous.candidates, ["q;;a", "p;;a"]);
    }

    #[test]
    fn another_name_of_a_cloud_plugin_is_no_other_plugin() {
        let update = check_processed(&["Old;uuid;a"], &["a"], &[("uuid", "a")], &["Old;uuid;a"]);
        assert_eq!(update.ambiguous, []);
    }

    /// One name for capabilities of two types: each option has its own reference.
    #[test]
    fn a_reference_serves_options_of_its_type() {
        let preset = preset(&["p;;a"], &[("post_process_plugin", &["a"]), ("script", &["a"])]);
        let offers = [offer("p", PostProcessing, "a"), offer("q", Script, "a")];
        let update = check(&preset, &offers, &["p;;a", "q;;a"]);
        assert_eq!(update.ambiguous, []);
    }

    #[test]
    fn a_reference_of_another_type_goes() {
        let preset = preset(&["slice;;stamp", "post;;stamp"], &[("post_process_plugin", &["stamp"])]);
        let offers = [offer("slice", Script, "stamp"), offer("post", PostProcessing, "stamp")];
        assert_eq!(check(&preset, &offers, &["post;;stamp"]).pruned, ["slice;;stamp"]);
        check(&Preset { plugins: texts(&["slice;;stamp"]), ..preset.clone() }, &offers, &["post;;stamp"]);
        let both = [("post_process_plugin", &["stamp"][..]), ("script", &["stamp"])];
        check(&self::preset(&["slice;;stamp"], &both), &offers, &["slice;;stamp", "post;;stamp"]);
        check(&preset, &[], &["slice;;stamp", "post;;stamp"]);
    }

    #[test]
    fn the_chosen_one_is_that_of_the_export() {
        let update = check_processed(&["gone;;a", "p;;a"], &["a"], &[("p", "a")], &["gone;;a", "p;;a"]);
        assert_eq!(update.ambiguous[0].chosen, "p;;a");
    }

    #[test]
    fn a_built_in_agent_keeps_no_reference() {
        let update = check_agent(&["old;;agentcap"], "orca", &[], &[]);
        assert_eq!((update.pruned, update.unresolved), (texts(&["old;;agentcap"]), vec![]));
    }

    #[test]
    fn an_agent_is_found_by_its_id_and_by_its_name() {
        let offers = [offer("p", PrinterConnection, "Agent"), offer("q", Script, "Agent")];
        check_agent(&["old;;one"], "Agent-id", &offers, &["p;;Agent"]);
        check_agent(&[], "Agent", &offers, &["p;;Agent"]);
        check_agent(&["p;;Agent"], "Agent-id", &offers, &["p;;Agent"]);
    }

    #[test]
    fn an_unknown_agent_keeps_what_may_be_its_reference() {
        let update =
            check_agent(&["p;;Agent", "q;;a"], "Agent-id", &[offer("q", Script, "a")], &["p;;Agent"]);
        assert_eq!(update.pruned, ["q;;a"]);
        assert_eq!(update.unresolved.len(), 1);
    }

    #[test]
    fn without_an_agent_its_reference_goes() {
        check_agent(&["p;;Agent"], "", &[], &[]);
    }
}
