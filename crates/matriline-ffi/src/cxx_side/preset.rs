//! `PresetDocument`, `Preset` and the update of a preset that is saved.

use std::pin::Pin;

use matriline_refs::{DecidedBy, ManifestUpdate, PluginOption, PluginOptions, Preset, PresetDocument};
use matriline_roots::replace;

use crate::boundary::{Outcome, run};
use crate::bridge::ffi;
use crate::cxx_side::host::Host;
use crate::number;

/// What a `PresetDocument` of C++ owns.
pub(crate) struct Document(PresetDocument);

impl Default for Document {
    fn default() -> Self {
        Self(PresetDocument::parse("{}").expect("An empty object is a preset"))
    }
}

pub(crate) fn parse_document(text: &str, failure: Pin<&mut ffi::Failure>) -> Box<Document> {
    run(failure, || Ok(Box::new(Document(PresetDocument::parse(text)?))))
}

impl Document {
    pub(crate) fn strings(&self, key: &str, failure: Pin<&mut ffi::Failure>) -> ffi::TextList {
        run(failure, || {
            let strings = self.0.strings(key);
            Ok(strings.map(|texts| ffi::TextList { given: true, texts }).unwrap_or_default())
        })
    }

    pub(crate) fn plugins(&self, failure: Pin<&mut ffi::Failure>) -> Vec<String> {
        run(failure, || Ok(self.0.plugins()))
    }

    pub(crate) fn set_plugins(&mut self, plugins: &[String], failure: Pin<&mut ffi::Failure>) {
        run(failure, || {
            self.0.set_plugins(plugins);
            Ok(())
        });
    }

    pub(crate) fn json(&self, failure: Pin<&mut ffi::Failure>) -> String {
        run(failure, || Ok(self.0.to_json()))
    }

    pub(crate) fn save(&self, path: &str, failure: Pin<&mut ffi::Failure>) {
        run(failure, || Ok(replace(path.as_ref(), self.0.to_json().as_bytes())?));
    }

    pub(crate) fn preset(
        &self,
        kind: u8,
        options: &[ffi::OptionData],
        failure: Pin<&mut ffi::Failure>,
    ) -> ffi::PresetData {
        run(failure, || {
            let Preset { name, options, plugins, .. } =
                self.0.preset(number::preset_kind(kind)?, &plugin_options(options)?);
            let option = |(key, values)| ffi::PresetOptionData { key, values };
            Ok(ffi::PresetData { kind, name, options: options.into_iter().map(option).collect(), plugins })
        })
    }
}

pub(crate) fn orca_options() -> Vec<ffi::OptionData> {
    let data = |option: &PluginOption| ffi::OptionData {
        key: option.key.clone(),
        kind: option.kind.number(),
        holds: number::of_option_value(option.value),
        built_in: option.built_in.clone(),
    };
    crate::boundary::catch(|| Ok(PluginOptions::orca().iter().map(data).collect())).unwrap_or_default()
}

pub(crate) fn update_manifest(
    host: &Host,
    preset: &ffi::PresetData,
    failure: Pin<&mut ffi::Failure>,
) -> ffi::UpdateData {
    run(failure, || Ok(update_data(host.manager()?.update_manifest(&self::preset(preset)?))))
}

/// The options that C++ described.
pub(crate) fn plugin_options(options: &[ffi::OptionData]) -> Outcome<PluginOptions> {
    let option = |data: &ffi::OptionData| {
        let (kind, value) = (number::capability_type(data.kind)?, number::option_value(data.holds)?);
        Ok(PluginOption { key: data.key.clone(), kind, value, built_in: data.built_in.clone() })
    };
    options.iter().map(option).collect()
}

/// The presets that C++ described.
pub(crate) fn presets(presets: &[ffi::PresetData]) -> Outcome<Vec<Preset>> {
    presets.iter().map(preset).collect()
}

/// One of them.
pub(crate) fn preset(data: &ffi::PresetData) -> Outcome<Preset> {
    Ok(Preset {
        kind: number::preset_kind(data.kind)?,
        name: data.name.clone(),
        options: data.options.iter().map(|option| (option.key.clone(), option.values.clone())).collect(),
        plugins: data.plugins.clone(),
    })
}

fn update_data(update: ManifestUpdate) -> ffi::UpdateData {
    let ManifestUpdate { plugins, added, pruned, ambiguous, unresolved } = update;
    let ambiguous = ambiguous.into_iter().map(|it| ffi::AmbiguousData {
        option: it.option,
        value: it.value,
        candidates: it.candidates,
        chosen: it.chosen,
        decided_by: match it.decided_by {
            DecidedBy::Preset => 0,
            DecidedBy::PluginKey => 1,
        },
    });
    let unresolved =
        unresolved.into_iter().map(|it| ffi::UnresolvedData { option: it.option, value: it.value });
    ffi::UpdateData {
        plugins,
        added,
        pruned,
        ambiguous: ambiguous.collect(),
        unresolved: unresolved.collect(),
    }
}
