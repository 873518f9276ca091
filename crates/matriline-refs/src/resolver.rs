//! From the references of presets to what they lack.

use crate::collapse::collapse;
use crate::preset::Usage;
use crate::{
    Action, Bucket, CapabilityRefBorrowed, CapabilityState, InstalledPlugins, LoadedPlugins, MissingPlugin,
    Package, PluginOption, PluginOptions, Preset, Resolution, Unreferenced,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a URL's query takes as it is (RFC 3986, unreserved characters).
const ESCAPED_IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Finds out what the selected presets lack: pass the print, the printer and every filament preset.
///
/// A reference is in use when an option of its preset holds its capability name. While an agent option holds
/// an id that no reference names, it also uses every reference that no option names, unless that is known to
/// be something else. Capabilities are looked up by the type of the option. What no option uses never blocks.
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
    let resolver = Resolver { installed, loaded, hub };
    let usages: Vec<_> = presets.iter().map(|preset| Usage::new(options, preset)).collect();

    for candidate in collapse(presets, &usages, &mut resolution) {
        let usage = &usages[candidate.place.preset];
        let preset = &presets[candidate.place.preset];
        match resolver.judge(usage, candidate.reference) {
            Verdict::Satisfied => resolution.satisfied.push(candidate.place),
            Verdict::Unused => resolution.unused.push(candidate.place),
            Verdict::Missing(bucket, option) => {
                let missing = resolver.missing(bucket, option, preset, candidate.reference);
                resolution.missing[bucket as usize].push(missing);
            }
        }
    }
    for (preset, usage) in presets.iter().zip(&usages) {
        resolution.unreferenced.extend(resolver.unreferenced(preset, usage));
    }
    resolution
}

struct Resolver<'a, I: ?Sized, L: ?Sized> {
    installed: &'a I,
    loaded: &'a L,
    hub: Option<&'a str>,
}

/// Where a reference belongs, with the option that decides.
enum Verdict<'a> {
    Satisfied,
    Unused,
    Missing(Bucket, &'a PluginOption),
}

impl<I: InstalledPlugins + ?Sized, L: LoadedPlugins + ?Sized> Resolver<'_, I, L> {
    /// The bucket of a reference, with the option that decides.
    fn judge<'o>(&self, usage: &Usage<'o>, reference: CapabilityRefBorrowed<'_>) -> Verdict<'o> {
        let (key, name) = (reference.plugin_key(), reference.capability_name);
        let is_unnamed = usage.is_unnamed(name);
        let using = || {
            let agents = usage.agents().filter(move |_| is_unnamed);
            usage.naming(name).chain(agents.filter(move |agent| self.may_be_agent(agent, reference)))
        };
        let Some(first) = using().next() else { return Verdict::Unused };

        let state = |option: &PluginOption| self.loaded.capability(key, option.wanted(), name);
        let mut disabled = None;
        for option in using() {
            match state(option) {
                Some(CapabilityState::Enabled) => return Verdict::Satisfied,
                Some(CapabilityState::Disabled) => disabled = disabled.or(Some(option)),
                None => {}
            }
        }
        if let Some(option) = disabled {
            return Verdict::Missing(Bucket::Inactive, option);
        }
        let bucket = match self.installed.package(key) {
            Package::Absent if reference.uuid.is_empty() => Bucket::MissingLocal,
            Package::Absent => Bucket::MissingCloud,
            Package::Invalid(_) => Bucket::Inactive,
            Package::Installed if self.loaded.plugin(key) => Bucket::Broken,
            Package::Installed => Bucket::Inactive,
        };
        Verdict::Missing(bucket, first)
    }

    fn missing(
        &self,
        bucket: Bucket,
        option: &PluginOption,
        preset: &Preset,
        reference: CapabilityRefBorrowed<'_>,
    ) -> MissingPlugin {
        let key = reference.plugin_key();
        let problem = || match self.installed.package(key) {
            Package::Invalid(problem) => Some(problem),
            _ if self.loaded.plugin(key) => None,
            _ => self.loaded.load_error(key),
        };
        let search = |hub: &str| search_url(hub, reference.name);
        MissingPlugin {
            reference: reference.into_owned(),
            recovery_url: self.hub.filter(|_| bucket.action() == Action::Find).map(search),
            option: option.key.clone(),
            preset: preset.kind,
            preset_name: preset.name.clone(),
            kind: option.kind,
            problem: if bucket == Bucket::Inactive { problem() } else { None },
        }
    }

    /// The values of a preset's options that none of its references names; an agent id may belong to any
    /// reference that no option names.
    fn unreferenced(&self, preset: &Preset, usage: &Usage<'_>) -> Vec<Unreferenced> {
        let is_agent = |option: &PluginOption| {
            let mut unnamed = preset.references().filter(|found| usage.is_unnamed(found.capability_name));
            option.is_agent() && unnamed.any(|found| self.may_be_agent(option, found))
        };
        let describe = |(option, value): (&PluginOption, &str)| Unreferenced {
            value: value.to_owned(),
            option: option.key.clone(),
            kind: option.kind,
            preset: preset.kind,
            preset_name: preset.name.clone(),
        };
        usage.unreferenced().filter(|(option, _)| !is_agent(option)).map(describe).collect()
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
                "bad" => Package::Invalid("It has two entries".to_owned()),
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

        fn load_error(&self, plugin_key: &str) -> Option<String> {
            (plugin_key == "failed").then(|| "SyntaxError".to_owned())
        }
    }

    fn preset(kind: PresetKind, plugins: &[&str], options: &[(&str, &str)]) -> Preset {
        let options = options.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()]));
        let plugins = plugins.iter().map(|&text| text.to_owned()).collect();
        Preset { kind, name: "Fine".to_owned(), options: options.collect(), plugins }
    }

    fn resolution(presets: &[Preset]) -> Resolution {
        resolve(&PluginOptions::orca(), presets, &World, &World, Some(HUB))
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
        check(&[preset(Print, &["other;;a"], &[("slicing_pipeline_plugin", "a")])], &["satisfied other;;a"]);
    }

    #[test]
    fn any_option_that_names_a_capability_counts() {
        let options = [("post_process_plugin", "a"), ("slicing_pipeline_plugin", "a")];
        check(&[preset(Print, &["other;;a"], &options)], &["satisfied other;;a"]);
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
        let found = resolution(&[preset(Print, &plugins, &options)]);
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
            signature(&[print(&["gone;;a", "idle;;a"]), filament.clone(), twin.clone()]),
            signature(&[twin, filament, print(&["idle;;a", "gone;;a"])])
        );
        assert_ne!(signature(&[print(&["gone;;a"])]), signature(&[print(&["idle;;a"])]));
        assert_eq!(signature(&[print(&["on;;a"])]), "[]");
    }
}
