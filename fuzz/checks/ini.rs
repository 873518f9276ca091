//! Escaped lists of strings: what can be read is written to a text that reads the same, a fault lies in the
//! text, and the lines of any text are a list that reads back.

use matriline_refs::{RefError, escape_strings, refs_from_json, refs_to_json, unescape_strings};

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match unescape_strings(text) {
        Ok(strings) => reads_back(&strings),
        Err(RefError::Escaped { offset, .. }) => {
            assert!(offset < text.len() && text.is_char_boundary(offset), "{text:?} is broken at {offset}");
        }
        Err(other) => panic!("{text:?}: {other}"),
    }
    let lines: Vec<_> = text.split('\n').map(str::to_owned).collect();
    reads_back(&lines);
    reads_back(&[text.to_owned()]);
}

fn reads_back(strings: &[String]) {
    let escaped = escape_strings(strings);
    assert_eq!(unescape_strings(&escaped).as_deref(), Ok(strings), "{escaped:?}");
    assert!(!escaped.contains(['\r', '\n']), "{escaped:?} stands on one line");
    let json = refs_to_json(strings);
    assert_eq!(refs_from_json(&json).as_deref(), Ok(strings), "{json:?}");
}
