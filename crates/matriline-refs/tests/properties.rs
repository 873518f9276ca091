//! What holds for any preset, whatever is installed and loaded.

use matriline_capability::CapabilityType::{
    self, PostProcessing, PrinterConnection, Script, SlicingPipeline,
};
use matriline_refs::{
    Available, Bucket, CapabilityRefBorrowed, CapabilityState, InstalledPlugins, LoadedPlugins, OptionValue,
    Package, PluginOptions, Preset, PresetKind, ResolvedValue, resolve, resolve_values, update_manifest,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Few words, so that names, keys and values meet.
const WORD: &str = "[ab]";

fn options() -> PluginOptions {
    PluginOptions::orca().with("script", Script, OptionValue::CapabilityName)
}

fn kinds() -> impl Strategy<Value = CapabilityType> {
    prop::sample::select(vec![PostProcessing, PrinterConnection, Script, SlicingPipeline])
}

fn entries() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop_oneof![5 => "[ab];[u]?;[ab]", 1 => "[ab;]{0,4}"], 0..8)
}

fn presets() -> impl Strategy<Value = Preset> {
    let preset_kind =
        prop::sample::select(vec![PresetKind::Print, PresetKind::Printer, PresetKind::Filament]);
    let keys = prop::sample::subsequence(
        vec!["post_process_plugin", "printer_agent", "script", "slicing_pipeline_plugin", "other"],
        0..5,
    );
    let values = prop::collection::vec(prop::collection::vec("[abx]?", 0..3), 5);
    (preset_kind, WORD, keys, values, entries()).prop_map(|(kind, name, keys, values, plugins)| Preset {
        kind,
        name,
        options: keys.into_iter().map(str::to_owned).zip(values).collect(),
        plugins,
    })
}

fn offers() -> impl Strategy<Value = Vec<Available>> {
    let offer = (WORD, "[u]?", kinds(), WORD, prop::option::of("[abx]"), any::<bool>());
    let offer = offer.prop_map(|(plugin_key, uuid, kind, capability_name, agent_id, enabled)| Available {
        name: plugin_key.clone(),
        plugin_key,
        uuid,
        kind,
        capability_name,
        agent_id,
        enabled,
    });
    prop::collection::vec(offer, 0..5)
}

/// Which keys are installed, and what is loaded.
#[derive(Debug)]
struct World {
    installed: BTreeSet<String>,
    loaded: Vec<Available>,
}

impl InstalledPlugins for World {
    fn package(&self, plugin_key: &str) -> Package {
        if self.installed.contains(plugin_key) { Package::Installed } else { Package::Absent }
    }
}

impl LoadedPlugins for World {
    fn plugin(&self, plugin_key: &str) -> bool {
        self.loaded.iter().any(|offer| offer.key() == plugin_key)
    }

    fn capability(
        &self,
        plugin_key: &str,
        kind: Option<CapabilityType>,
        name: &str,
    ) -> Option<CapabilityState> {
        let mut offers = self.loaded.iter().filter(|offer| kind.is_none_or(|kind| kind == offer.kind));
        let found = offers.find(|offer| offer.key() == plugin_key && offer.capability_name == name)?;
        Some(if found.enabled { CapabilityState::Enabled } else { CapabilityState::Disabled })
    }
}

fn worlds() -> impl Strategy<Value = World> {
    let installed = prop::collection::btree_set("[abu]", 0..3);
    (installed, offers()).prop_map(|(installed, loaded)| World { installed, loaded })
}

proptest! {
    #[test]
    fn updating_keeps_what_is_in_use_and_settles(preset in presets(), available in offers()) {
        let options = options();
        let update = update_manifest(&options, &preset, &available);

        let naming = |name: &str| {
            let holds = |key: &str| preset.options.iter().any(|(held, values)| held == key && values.iter().any(|value| value == name));
            options.iter().filter(move |option| holds(&option.key)).collect::<Vec<_>>().into_iter()
        };
        for entry in &preset.plugins {
            let reference = CapabilityRefBorrowed::parse(entry);
            let may_serve = |found: CapabilityRefBorrowed<'_>| {
                let leads = |offer: &&Available| {
                    (offer.key(), &*offer.capability_name) == (found.plugin_key(), found.capability_name)
                };
                let offers: Vec<_> = available.iter().filter(leads).collect();
                offers.is_empty() || naming(found.capability_name).any(|option| {
                    offers.iter().any(|offer| option.takes(offer.kind))
                })
            };
            let in_use = reference.is_some_and(|found| naming(found.capability_name).next().is_some() && may_serve(found));
            prop_assert!(!in_use || update.plugins.contains(entry), "{entry} is lost");
            prop_assert_ne!(update.plugins.contains(entry), update.pruned.contains(entry));
        }
        prop_assert!(update.plugins.iter().all(|entry| CapabilityRefBorrowed::parse(entry).is_some()));
        let distinct: BTreeSet<_> = update.plugins.iter().collect();
        prop_assert_eq!(distinct.len(), update.plugins.len());

        let saved = Preset { plugins: update.plugins.clone(), ..preset };
        let again = update_manifest(&options, &saved, &available);
        prop_assert_eq!(&again.plugins, &update.plugins);
        prop_assert!(again.added.is_empty() && again.pruned.is_empty());
        prop_assert_eq!(again.unresolved, update.unresolved);
    }

    #[test]
    fn every_reference_is_in_one_bucket(presets in prop::collection::vec(presets(), 0..4), world in worlds()) {
        let found = resolve(&options(), &presets, &world, &world, None);
        let text = |place: &matriline_refs::Place| {
            (presets[place.preset].kind, place.text(&presets).expect("the presets are these").to_owned())
        };
        let places = [found.satisfied(), found.unused(), found.malformed()];
        let mut all: Vec<_> = places.into_iter().flatten().map(text).collect();
        for bucket in Bucket::ALL {
            let missing = found.bucket(bucket).iter();
            all.extend(missing.map(|missing| (missing.preset, missing.reference.to_string())));
        }
        all.sort();
        let entries = |preset: &Preset| {
            let kind = preset.kind;
            preset.plugins.iter().map(move |entry| (kind, entry.clone())).collect::<Vec<_>>()
        };
        let distinct: BTreeSet<_> = presets.iter().flat_map(entries).collect();
        prop_assert!(all.iter().eq(&distinct), "{all:?}");

        let malformed = |place| CapabilityRefBorrowed::parse(&text(place).1).is_none();
        prop_assert!(found.malformed().iter().all(malformed));
        prop_assert_eq!(found.blocks_slicing(), !found.messages().is_empty());
    }

    #[test]
    fn what_is_satisfied_the_export_runs(preset in presets(), world in worlds()) {
        let options = options();
        let presets = [preset];
        let found = resolve(&options, &presets, &world, &world, None);
        prop_assume!(!found.blocks_slicing() && found.unreferenced().is_empty());
        for option in options.iter().filter(|option| option.value == OptionValue::CapabilityName) {
            let values = presets[0].options.iter().filter(|(key, _)| *key == option.key);
            let values: Vec<_> = values.flat_map(|(_, values)| values).collect();
            for value in resolve_values(&values, Some(&presets[0].plugins), option.wanted(), &world) {
                let ResolvedValue::Resolved(reference) = value else { panic!("{value:?} is skipped") };
                let state = world.capability(reference.plugin_key(), option.wanted(), reference.capability_name);
                prop_assert_eq!(state, Some(CapabilityState::Enabled));
            }
        }
    }

    #[test]
    fn the_signature_does_not_know_the_order(presets in prop::collection::vec(presets(), 0..4), world in worlds()) {
        let signature = |presets: &[Preset]| resolve(&options(), presets, &world, &world, None).signature();
        let mut names = presets.clone();
        for (at, preset) in names.iter_mut().enumerate() {
            preset.name = at.to_string();
        }
        let mut turned = names.clone();
        turned.reverse();
        prop_assert_eq!(signature(&names), signature(&turned));
    }
}
