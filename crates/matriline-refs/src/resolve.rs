//! From the references of presets to what they lack.

use crate::choice::best;
use crate::collapse::{Candidate, Collapsed};
use crate::preset::Usage;
use crate::{
    Action, Bucket, CapabilityRefBorrowed, CapabilityState, InstalledPlugins, LoadedPlugins, MissingPlugin,
    Package, Place, PluginOption, PluginOptions, Preset, Resolution, Unreferenced,
};
use hashbrown::HashMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// What a URL's query takes as it is (RFC 3986, unreserved characters).
const ESCAPED_IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Finds out what the selected presets lack: pass the print, the printer and every filament preset.
///
/// Of the references that name a value of an option only the one that the export uses is judged
/// ([`choose_reference`](crate::choose_reference)), by the type of the option; it is satisfied when it is so
/// for every option that uses it. While an agent option holds an id that no reference names, it also uses
/// every reference that no option names, unless that is known to be something else. What no option uses never
/// blocks.
///
/// `hub` is the page of the plugin hub, without a query; with it missing plugins say where to look.
pub fn resolve<I, L>(
    options: &PluginOptions,
    presets: &[Preset],
    installed: &I,
    loaded: &L,
    hub: Option<&str>,
) -> Resolution
where
    I: InstalledPlugins + ?Sized,
    L: LoadedPlugins + ?Sized,
{
    let hub = hub.map(|hub| hub.trim_end_matches('/')).filter(|hub| !hub.is_empty());
    let mut resolution = Resolution { hub: hub.map(str::to_owned), ..Resolution::default() };
    let mut resolver =
        Resolver { installed, loaded, hub, packages: HashMap::new(), load_errors: HashMap::new() };
    let mut collapsed = Collapsed::default();

    for (index, preset) in presets.iter().enumerate() {
        let usage = Usage::new(options, preset);
        let references: Vec<_> =
            preset.plugins.iter().map(|text| CapabilityRefBorrowed::parse(text)).collect();
        let users = resolver.users(preset, &usage, &references, &mut resolution.unreferenced);
        for (entry, (reference, users)) in references.iter().zip(users).enumerate() {
            let place = Place { preset: index, entry };
            let Some(reference) = *reference else {
                collapsed.add_malformed(presets, place);
                continue;
            };
            let verdict = resolver.judge(&users, reference);
            collapsed.add(presets, Candidate { place, reference, verdict });
        }
    }
    resolution.malformed = collapsed.malformed;
    for Candidate { place, reference, verdict } in collapsed.candidates {
        match verdict {
            Verdict::Satisfied => resolution.satisfied.push(place),
            Verdict::Unused => resolution.unused.push(place),
            Verdict::Missing(bucket, option) => {
                let missing = resolver.missing(bucket, option, &presets[place.preset], reference);
                resolution.missing[bucket as usize].push(missing);
            }
        }
    }
    resolution
}

struct Resolver<'a, I: ?Sized, L: ?Sized> {
    installed: &'a I,
    loaded: &'a L,
    hub: Option<&'a str>,
    /// What was answered, by plugin key: an answer may be a long text that is made anew each time.
    packages: HashMap<&'a str, Package>,
    load_errors: HashMap<&'a str, Option<Arc<str>>>,
}

/// Where a reference belongs, with the option that decides.
#[derive(Clone, Copy)]
pub(crate) enum Verdict<'a> {
    Satisfied,
    Unused,
    Missing(Bucket, &'a PluginOption),
}

impl Verdict<'_> {
    /// What lacks a capability weighs more than what has it, and that more than what needs none.
    pub(crate) fn severity(self) -> u8 {
        match self {
            Self::Unused => 0,
            Self::Satisfied => 1,
            Self::Missing(..) => 2,
        }
    }
}

impl<'a, I: InstalledPlugins + ?Sized, L: LoadedPlugins + ?Sized> Resolver<'a, I, L> {
    /// The options that use each reference of a preset. The values that no reference may stand for go to
    /// `unreferenced`.
    fn users<'o>(
        &self,
        preset: &Preset,
        usage: &Usage<'o>,
        references: &[Option<CapabilityRefBorrowed<'_>>],
        unreferenced: &mut Vec<Unreferenced>,
    ) -> Vec<Vec<&'o PluginOption>> {
        let present: Vec<_> =
            references.iter().enumerate().filter_map(|(entry, found)| Some((entry, (*found)?))).collect();
        let mut by_name = HashMap::<_, Vec<_>>::new();
        for &(entry, reference) in &present {
            by_name.entry(reference.capability_name).or_default().push((entry, reference));
        }
        let mut users = vec![Vec::new(); references.len()];
        for held in usage.options() {
            let option = held.option;
            for value in &held.values {
                let candidates = by_name.get(value).into_iter().flatten().copied();
                if let Some((entry, _)) = best(option.wanted(), candidates, |&(_, found)| found, self.loaded)
                {
                    users[entry].push(option);
                }
            }
            let mut may_be_referenced = false;
            if held.waits_for_agent() {
                for &(entry, reference) in &present {
                    if usage.is_unnamed(reference.capability_name) && self.may_be_agent(option, reference) {
                        users[entry].push(option);
                        may_be_referenced = true;
                    }
                }
            }
            let lacking = held.unreferenced.iter().filter(|_| !may_be_referenced);
            unreferenced.extend(lacking.map(|&value| Unreferenced {
                value: value.to_owned(),
                option: option.key.clone(),
                kind: option.kind,
                preset: preset.kind,
                preset_name: preset.name.clone(),
            }));
        }
        users
    }

    /// The bucket of a reference: that of the first option that it does not serve.
    fn judge<'o>(&mut self, users: &[&'o PluginOption], reference: CapabilityRefBorrowed<'a>) -> Verdict<'o> {
        let (key, name) = (reference.plugin_key(), reference.capability_name);
        for &option in users {
            let bucket = match self.loaded.capability(key, option.wanted(), name) {
                Some(CapabilityState::Enabled) => continue,
                Some(CapabilityState::Disabled) => Bucket::Inactive,
                None => self.absence(reference),
            };
            return Verdict::Missing(bucket, option);
        }
        if users.is_empty() { Verdict::Unused } else { Verdict::Satisfied }
    }

    /// The bucket of a reference to a capability that no loaded plugin has.
    fn absence(&mut self, reference: CapabilityRefBorrowed<'a>) -> Bucket {
        let (key, loaded) = (reference.plugin_key(), self.loaded);
        match self.package(key) {
            Package::Absent if reference.uuid.is_empty() => Bucket::MissingLocal,
            Package::Absent => Bucket::MissingCloud,
            Package::Invalid(_) => Bucket::Inactive,
            Package::Installed if loaded.plugin(key) => Bucket::Broken,
            Package::Installed => Bucket::Inactive,
        }
    }

    fn missing(
        &mut self,
        bucket: Bucket,
        option: &PluginOption,
        preset: &Preset,
        reference: CapabilityRefBorrowed<'a>,
    ) -> MissingPlugin {
        let search = |hub: &str| search_url(hub, reference.name);
        MissingPlugin {
            recovery_url: self.hub.filter(|_| bucket.action() == Action::Find).map(search),
            option: option.key.clone(),
            preset: preset.kind,
            preset_name: preset.name.clone(),
            kind: option.kind,
            problem: if bucket == Bucket::Inactive { self.problem(reference.plugin_key()) } else { None },
            reference: reference.into_owned(),
        }
    }

    fn package(&mut self, key: &'a str) -> &Package {
        let installed = self.installed;
        self.packages.entry(key).or_insert_with(|| installed.package(key))
    }

    /// What is wrong with a package, or why its load failed.
    fn problem(&mut self, key: &'a str) -> Option<Arc<str>> {
        let loaded = self.loaded;
        match self.package(key) {
            Package::Invalid(problem) => Some(Arc::clone(problem)),
            _ if loaded.plugin(key) => None,
            _ => self.load_errors.entry(key).or_insert_with(|| loaded.load_error(key)).clone(),
        }
    }

    /// Whether nothing tells that a reference leads to a capability of another type than an agent's.
    fn may_be_agent(&self, option: &PluginOption, reference: CapabilityRefBorrowed<'_>) -> bool {
        let state = |kind| self.loaded.capability(reference.plugin_key(), kind, reference.capability_name);
        state(option.wanted()).is_some() || state(None).is_none()
    }
}

fn search_url(hub: &str, name: &str) -> String {
    let mut url = String::with_capacity(hub.len() + "?search=".len() + name.len());
    url.extend([hub, "?search="]);
    url.extend(utf8_percent_encode(name, ESCAPED_IN_QUERY));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::PresetKind::{self, Filament, Print, Printer};
    use matriline_capability::CapabilityType::{self, PostProcessing, PrinterConnection, Script};

    const HUB: &str = "https://cloud.example/app/plugins/plugin-hub/";

    /// The plugin `on` offers `a` and `agent`, `off` offers a disabled `a`, `other` a script `a`, `empty`
    /// nothing; `idle` is installed, `failed` could not be loaded, `bad` has a broken package.
    struct World;

    impl InstalledPlugins for World {
        fn package(&self, plugin_key: &str) -> Package {
            match plugin_key {
                "on" | "off" | "other" | "empty" | "idle" | "failed" => Package::Installed,
                "bad" => Package::Invalid("It has two entries".into()),
                _ => Package::Absent,
            }
        }
    }

    impl LoadedPlugins for World {
        fn plugin(&self, plugin_key: &str) -> bool {
            ["on", "off", "other", "empty", "builtin"].contains(&plugin_key)
        }

        fn capability(
            &self,
            plugin_key: &str,
            kind: Option<CapabilityType>,
            name: &str,
        ) -> Option<CapabilityState> {
            let (state, of) = match (plugin_key, name) {
                ("on" | "builtin", "a") => (CapabilityState::Enabled, PostProcessing),
                ("on", "agent") => (CapabilityState::Enabled, PrinterConnection),
                ("off", "a") => (CapabilityState::Disabled, PostProcessing),
                ("other", "a") => (CapabilityState::Enabled, Script),
                _ => return None,
            };
            kind.is_none_or(|kind| kind == of).then_some(state)
        }

        fn load_error(&self, plugin_key: &str) -> Option<Arc<str>> {
            (plugin_key == "failed").then(|| "SyntaxError".into())
        }
    }

    fn preset(kind: PresetKind, plugins: &[&str], options: &[(&str, &str)]) -> Preset {
        let options = options.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()]));
        let plugins = plugins.iter().map(|&text| text.to_owned()).collect();
        Preset { kind, name: "Fine".to_owned(), options: options.collect(), plugins }
    }

    /// Those of OrcaSlicer, and one that takes any capability.
    fn options() -> PluginOptions {
        PluginOptions::orca().with("any", CapabilityType::Unknown, OptionValue::CapabilityName)
    }

    fn resolution(presets: &[Preset]) -> Resolution {
        resolve(&options(), presets, &World, &World, Some(HUB))
    }

    /// `expected` has a line for each reference: where it stands, and the text.
    fn check(presets: &[Preset], expected: &[&str]) {
        let found = resolution(presets);
        let buckets = Bucket::ALL.into_iter().flat_map(|bucket| {
            found.bucket(bucket).iter().map(move |missing| format!("{bucket:?} {}", missing.reference))
        });
        let places =
            [("satisfied", found.satisfied()), ("unused", found.unused()), ("malformed", found.malformed())];
        let places = places.into_iter().flat_map(|(word, places)| {
            places.iter().map(move |place| format!("{word} {}", place.text(presets).unwrap()))
        });
        let unreferenced = found.unreferenced().iter().map(|found| format!("unreferenced {}", found.value));
        let all: Vec<_> = buckets.chain(places).chain(unreferenced).collect();
        assert_eq!(all, expected);
        assert_eq!(found.blocks_slicing(), !found.messages().is_empty());
    }

    fn check_used(reference: &str, expected: &str) {
        check(&[preset(Print, &[reference], &[("post_process_plugin", "a")])], &[expected]);
    }

    #[test]
    fn an_enabled_capability_is_satisfied() {
        check_used("on;;a", "satisfied on;;a");
    }

    #[test]
    fn a_capability_without_a_package_is_satisfied() {
        check_used("builtin;;a", "satisfied builtin;;a");
    }

    #[test]
    fn the_key_of_a_cloud_plugin_is_its_uuid() {
        check_used("Name;on;a", "satisfied Name;on;a");
        check_used("on;uuid;a", "MissingCloud on;uuid;a");
    }

    #[test]
    fn a_plugin_that_is_not_installed() {
        check_used("gone;;a", "MissingLocal gone;;a");
    }

    #[test]
    fn a_plugin_that_is_not_loaded() {
        check_used("idle;;a", "Inactive idle;;a");
    }

    #[test]
    fn a_disabled_capability() {
        check_used("off;;a", "Inactive off;;a");
    }

    #[test]
    fn a_broken_package_is_inactive() {
        check_used("bad;;a", "Inactive bad;;a");
    }

    #[test]
    fn a_plugin_without_the_capability() {
        check_used("empty;;a", "Broken empty;;a");
    }

    #[test]
    fn a_capability_of_another_type_is_not_it() {
        check_used("other;;a", "Broken other;;a");
        check(&[preset(Print, &["other;;a"], &[("slicing_pipeline_plugin", "a")])], &["Broken other;;a"]);
        check(&[preset(Print, &["other;;a"], &[("any", "a")])], &["satisfied other;;a"]);
    }

    #[test]
    fn every_option_that_uses_a_reference_counts() {
        let options = [("any", "a"), ("post_process_plugin", "a")];
        check(&[preset(Print, &["other;;a"], &options)], &["Broken other;;a"]);
        check(&[preset(Print, &["other;;a", "on;;a"], &options)], &["satisfied other;;a", "satisfied on;;a"]);
    }

    #[test]
    fn only_the_reference_that_the_export_uses_is_judged() {
        let check_chosen = |plugins: &[&str], expected: &[&str]| {
            check(&[preset(Print, plugins, &[("post_process_plugin", "a")])], expected);
        };
        check_chosen(
            &["gone;;a", "on;;a", "idle;;a"],
            &["satisfied on;;a", "unused gone;;a", "unused idle;;a"],
        );
        check_chosen(&["other;;a", "on;;a"], &["satisfied on;;a", "unused other;;a"]);
        check_chosen(&["gone;;a", "off;;a"], &["Inactive off;;a", "unused gone;;a"]);
        check_chosen(&["other;;a", "idle;;a"], &["Inactive idle;;a", "unused other;;a"]);
    }

    #[test]
    fn a_built_in_agent_needs_no_plugin() {
        for agent in ["orca", "moonraker"] {
            check(
                &[preset(Printer, &["old;;agentcap"], &[("printer_agent", agent)])],
                &["unused old;;agentcap"],
            );
        }
    }

    #[test]
    fn a_long_problem_is_cut() {
        struct Long;
        impl InstalledPlugins for Long {
            fn package(&self, _: &str) -> Package {
                Package::Invalid(format!("{}\nmore", "ä".repeat(400)).into())
            }
        }
        let used = preset(Print, &["bad;;a"], &[("post_process_plugin", "a")]);
        let found = resolve(&PluginOptions::orca(), &[used], &Long, &(), None);
        let missing = &found.inactive()[0];
        assert!(missing.problem.as_ref().unwrap().ends_with("more"));
        assert_eq!(missing.brief_problem().unwrap(), "ä".repeat(250));
        assert!(found.signature().len() < 1000 && missing.to_string().ends_with("ää …"));
    }

    #[test]
    fn a_preset_without_a_name() {
        let used =
            Preset { name: String::new(), ..preset(Print, &["gone;;a"], &[("post_process_plugin", "a")]) };
        let line = resolution(&[used]).missing_local()[0].to_string();
        assert_eq!(line, "`a` of plugin `gone`, for `post_process_plugin` of the print preset");
    }

    #[test]
    fn what_no_option_uses_never_blocks() {
        check(&[preset(Print, &["gone;;a", "garbage"], &[])], &["unused gone;;a", "malformed garbage"]);
    }

    #[test]
    fn filaments_are_resolved_like_the_others() {
        check(&[preset(Filament, &["gone;;a"], &[("post_process_plugin", "a")])], &["MissingLocal gone;;a"]);
    }

    #[test]
    fn equal_references_of_a_kind_are_one() {
        let used = || preset(Filament, &["gone;;a", "gone;;a", "x"], &[("post_process_plugin", "a")]);
        let unused = || preset(Filament, &["gone;;a", "x"], &[]);
        check(&[used(), unused()], &["MissingLocal gone;;a", "malformed x"]);
        check(&[unused(), used()], &["MissingLocal gone;;a", "malformed x"]);
        let print = Preset { kind: Print, ..used() };
        let expected = ["MissingLocal gone;;a", "MissingLocal gone;;a", "malformed x", "malformed x"];
        check(&[print, used()], &expected);
    }

    #[test]
    fn an_agent_uses_what_no_option_names() {
        let agent = [("printer_agent", "agent-id")];
        check(&[preset(Printer, &["on;;agent"], &agent)], &["satisfied on;;agent"]);
        check(&[preset(Printer, &["gone;;agent"], &agent)], &["MissingLocal gone;;agent"]);
        check(&[preset(Printer, &["other;;a"], &agent)], &["unused other;;a", "unreferenced agent-id"]);
    }

    #[test]
    fn an_agent_that_is_named_uses_nothing_else() {
        let agent = [("printer_agent", "agent")];
        check(
            &[preset(Printer, &["on;;agent", "gone;;x"], &agent)],
            &["satisfied on;;agent", "unused gone;;x"],
        );
    }

    #[test]
    fn values_without_a_reference_are_told() {
        check(
            &[preset(Print, &["on;;b"], &[("post_process_plugin", "a")])],
            &["unused on;;b", "unreferenced a"],
        );
        check(&[preset(Print, &[], &[("post_process_plugin", "")])], &[]);
    }

    #[test]
    fn messages_say_what_is_missing_for_what() {
        let options = [("post_process_plugin", "a")];
        let plugins =
            ["My Größe & co;uuid;a", "My Größe & co;;a", "bad;;a", "failed;;a", "empty;;a", "idle;;a"];
        let found = resolution(&plugins.map(|plugin| preset(Print, &[plugin], &options)));
        let messages: Vec<_> = found.messages().iter().map(ToString::to_string).collect();
        let tail = "for `post_process_plugin` of print preset `Fine`";
        let expected = [
            format!(
                "OrcaCloud plugins required by the current preset are not installed:\n\
                 - `a` of plugin `My Größe & co`, {tail}"
            ),
            format!(
                "Local plugins required by the current preset are missing:\n\
                 - `a` of plugin `My Größe & co`, {tail}"
            ),
            format!(
                "Plugins required by the current preset are not activated:\n\
                 - `a` of plugin `bad`, {tail}: It has two entries\n\
                 - `a` of plugin `failed`, {tail}: SyntaxError\n\
                 - `a` of plugin `idle`, {tail}"
            ),
            format!(
                "The installed plugin does not provide the required capability — it may be outdated:\n\
                 - `a` of plugin `empty`, {tail}"
            ),
        ];
        assert_eq!(messages, expected);
    }

    #[test]
    fn the_hub_is_searched_for_the_name() {
        let plugin = |name: &str| preset(Print, &[name], &[("post_process_plugin", "a")]);
        let found = resolution(&[plugin("My Größe & co;;a")]);
        let url = "https://cloud.example/app/plugins/plugin-hub?search=My%20Gr%C3%B6%C3%9Fe%20%26%20co";
        assert_eq!(found.missing_local()[0].recovery_url.as_deref(), Some(url));
        assert_eq!(found.messages()[0].find_url, Some(url));

        let found = resolution(&[plugin("gone;;a"), plugin("lost;;a")]);
        assert_eq!(found.messages()[0].find_url, Some(HUB.trim_end_matches('/')));
        assert_eq!(resolution(&[plugin("gone;uuid;a")]).missing_cloud()[0].recovery_url, None);

        let found = resolve(&PluginOptions::orca(), &[plugin("gone;;a")], &World, &(), None);
        assert_eq!(
            (found.missing_local()[0].recovery_url.as_ref(), found.messages()[0].find_url),
            (None, None)
        );
    }

    #[test]
    fn the_signature_ignores_the_order_and_follows_the_contents() {
        let print = |plugins| preset(Print, plugins, &[("post_process_plugin", "a")]);
        let signature = |presets: &[Preset]| resolution(presets).signature();
        let filament = Preset { kind: Filament, ..print(&["gone;;a"]) };
        let twin = Preset { name: "Coarse".to_owned(), ..filament.clone() };
        assert_eq!(
            signature(&[print(&["gone;;a"]), print(&["idle;;a"]), filament.clone(), twin.clone()]),
            signature(&[twin, filament, print(&["idle;;a"]), print(&["gone;;a"])])
        );
        assert_ne!(signature(&[print(&["gone;;a"])]), signature(&[print(&["idle;;a"])]));
        assert_eq!(signature(&[print(&["on;;a"])]), "[]");
    }
}
