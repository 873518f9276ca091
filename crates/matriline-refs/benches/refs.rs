//! What references cost: one of them, a preset with 10,000 resolved against 10,000 plugins, and the texts
//! they stand in.

use criterion::{Criterion, criterion_group, criterion_main};
use hashbrown::HashMap;
use matriline_capability::CapabilityType::{self, PostProcessing};
use matriline_refs::{
    Available, CapabilityRefBorrowed, CapabilityState, InstalledPlugins, LoadedPlugins, Package,
    PluginOptions, Preset, PresetDocument, PresetKind, escape_strings, parse_capability_ref, refs_to_json,
    resolve, unescape_strings, update_manifest,
};
use std::hint::black_box;

const COUNT: usize = 10_000;
const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";

/// Plugins by key, each with one capability.
struct Catalog {
    plugins: HashMap<String, String>,
}

impl InstalledPlugins for Catalog {
    fn package(&self, plugin_key: &str) -> Package {
        if self.plugins.contains_key(plugin_key) { Package::Installed } else { Package::Absent }
    }
}

impl LoadedPlugins for Catalog {
    fn plugin(&self, plugin_key: &str) -> bool {
        self.plugins.contains_key(plugin_key)
    }

    fn capability(&self, plugin_key: &str, _: Option<CapabilityType>, name: &str) -> Option<CapabilityState> {
        let found = self.plugins.get(plugin_key).is_some_and(|offered| offered == name);
        found.then_some(CapabilityState::Enabled)
    }
}

fn plugin(index: usize) -> (String, String) {
    (format!("plugin_{index:05}"), format!("capability-{index:05}"))
}

fn catalog() -> Catalog {
    Catalog { plugins: (0..COUNT).map(plugin).collect() }
}

/// A preset that uses one capability of each plugin, from number `first` on.
fn preset(first: usize) -> Preset {
    let (keys, names): (Vec<_>, Vec<_>) = (first..first + COUNT).map(plugin).unzip();
    let plugins = keys.iter().zip(&names).map(|(key, name)| format!("{key};;{name}")).collect();
    let options = vec![("post_process_plugin".to_owned(), names)];
    Preset { kind: PresetKind::Print, name: "Fine".to_owned(), options, plugins }
}

fn parsing(criterion: &mut Criterion) {
    let text = format!("Sample Plugin;{UUID};G-code Benchmark (.py)");
    let mut group = criterion.benchmark_group("reference");
    group.bench_function("parse, borrowed", |bench| {
        bench.iter(|| CapabilityRefBorrowed::parse(black_box(&text)));
    });
    group.bench_function("parse, owned", |bench| bench.iter(|| parse_capability_ref(black_box(&text))));
    group.bench_function("split by the standard library", |bench| {
        bench.iter(|| {
            let mut parts = black_box(&text).splitn(3, ';');
            (parts.next(), parts.next(), parts.next())
        });
    });
}

fn presets(criterion: &mut Criterion) {
    let (options, catalog) = (PluginOptions::orca(), catalog());
    let mut group = criterion.benchmark_group("10,000 references");
    for (name, first) in [("satisfied", 0), ("missing", COUNT)] {
        let presets = [preset(first)];
        let hub = Some("https://cloud.example/hub");
        group.bench_function(format!("resolve, {name}"), |bench| {
            bench.iter(|| resolve(&options, black_box(&presets), &catalog, &catalog, hub));
        });
    }
    let mut unused = preset(0);
    unused.options = vec![("post_process_plugin".to_owned(), vec![plugin(0).1])];
    let presets = [unused];
    group.bench_function("resolve, one used", |bench| {
        bench.iter(|| resolve(&options, black_box(&presets), &catalog, &catalog, None));
    });

    let available = (0..COUNT).map(plugin).map(|(plugin_key, capability_name)| Available {
        name: plugin_key.clone(),
        plugin_key,
        uuid: String::new(),
        kind: PostProcessing,
        capability_name,
        agent_id: None,
        enabled: true,
    });
    let available: Vec<_> = available.collect();
    let saved = preset(0);
    group.bench_function("update", |bench| {
        bench.iter(|| update_manifest(&options, black_box(&saved), &available));
    });
}

fn texts(criterion: &mut Criterion) {
    let preset = preset(0);
    let escaped = escape_strings(&preset.plugins);
    let [plugins, values] = [&preset.plugins, &preset.options[0].1].map(|texts| refs_to_json(texts));
    let json = format!(r#"{{"name": "Fine", "plugins": {plugins}, "post_process_plugin": {values}}}"#);
    let options = PluginOptions::orca();

    let mut group = criterion.benchmark_group("10,000 references as text");
    group.bench_function("escape", |bench| bench.iter(|| escape_strings(black_box(&preset.plugins))));
    group.bench_function("unescape", |bench| bench.iter(|| unescape_strings(black_box(&escaped))));
    group.bench_function("read a preset", |bench| {
        bench.iter(|| {
            PresetDocument::parse(black_box(&json)).map(|read| read.preset(PresetKind::Print, &options))
        });
    });
    let mut document = PresetDocument::parse(&json).expect("it is a preset");
    group.bench_function("write a preset", |bench| {
        bench.iter(|| {
            document.set_plugins(black_box(&preset.plugins[1..]));
            document.to_json()
        });
    });
    group.bench_function("read, serde_json::Value", |bench| {
        bench.iter(|| serde_json::from_str::<serde_json::Value>(black_box(&json)));
    });
}

criterion_group!(benches, parsing, presets, texts);
criterion_main!(benches);
