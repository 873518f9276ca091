//! Whatever a file holds, reading it ends with an answer or an error that names it.

use std::fs;

use matriline_files::{read_model, read_presets};
use proptest::collection::vec;
use proptest::prelude::*;

const ASCII: &str = "solid one\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 2 0\nendloop\nendfacet\nendsolid one\n";
const PRESET: &str = r#"{"type": "process", "name": "a", "inherits": "", "from": "User", "layer_height": "0.2", "x": ["1", "2"]}"#;

/// Writes a file of that name and reads it.
fn check(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let error = match name.ends_with(".json") {
        true => read_presets(folder.path()).err(),
        false => read_model(&path).err(),
    };
    assert!(error.is_none_or(|error| error.path() == path));
}

/// A text with some of its bytes changed, cut off somewhere.
fn damaged(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((0..text.len(), any::<u8>()), 0..4);
    (changes, 0..=text.len()).prop_map(move |(changes, end)| {
        let mut bytes = text.as_bytes().to_vec();
        changes.into_iter().for_each(|(place, byte)| bytes[place] = byte);
        bytes.truncate(end);
        bytes
    })
}

/// The header of a binary STL, a count, and any bytes.
fn binary() -> impl Strategy<Value = Vec<u8>> {
    (any::<u32>(), any::<bool>(), vec(any::<u8>(), 0..200)).prop_map(|(count, is_true, rest)| {
        let count = if is_true { (rest.len() / 50) as u32 } else { count };
        [&[0; 80][..], &count.to_le_bytes(), &rest].concat()
    })
}

proptest! {
    #[test]
    fn stl(bytes in prop_oneof![damaged(ASCII), binary(), vec(any::<u8>(), 0..200)]) {
        check("a.stl", &bytes);
    }

    #[test]
    fn three_mf(bytes in vec(any::<u8>(), 0..200)) {
        check("a.3mf", &bytes);
    }

    #[test]
    fn presets(bytes in prop_oneof![damaged(PRESET), vec(any::<u8>(), 0..100)]) {
        check("a.json", &bytes);
    }
}
