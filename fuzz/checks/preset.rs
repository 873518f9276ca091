//! Presets: what can be read is written to a text that says the same, with every member but `plugins` byte for
//! byte; bringing `plugins` up to date settles at once.

use matriline_refs::{PluginOptions, Preset, PresetDocument, PresetKind, update_manifest};

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(mut document) = PresetDocument::parse(text) else { return };
    let options = PluginOptions::orca();
    let preset = document.preset(PresetKind::Print, &options);

    let written = document.to_json();
    let read = PresetDocument::parse(&written).expect("What was written can be read");
    assert_eq!(read.to_json(), written);
    assert_eq!(read.preset(PresetKind::Print, &options), preset);

    let plugins = update_manifest(&options, &preset, &[]).plugins;
    document.set_plugins(&plugins);
    let saved = PresetDocument::parse(&document.to_json()).expect("What was written can be read");
    let expected = Preset { plugins: plugins.clone(), ..preset };
    assert_eq!(saved.preset(PresetKind::Print, &options), expected);
    assert_eq!(update_manifest(&options, &expected, &[]).plugins, plugins);

    let mut others =
        [PresetDocument::parse(text), Ok(saved)].map(|document| document.expect("It was read before"));
    for document in &mut others {
        document.set_plugins(&[]);
    }
    let [before, after] = others.map(|document| document.to_json());
    assert_eq!(before, after, "The other members stay");
}
