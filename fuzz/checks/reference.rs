//! Capability references, one a line: each reads as the plain rule says and builds the text it was read from, and
//! names resolve to the first line that has them.

use matriline_refs::{CapabilityRefBorrowed, ResolvedValue, resolve_values};

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let lines: Vec<_> = text.split('\n').collect();
    for line in &lines {
        check_line(line);
    }

    let values: Vec<_> = lines.iter().filter_map(|line| line.splitn(3, ';').last()).collect();
    let expected = values.iter().filter(|value| !value.is_empty()).map(|&value| {
        let mut references = lines.iter().filter_map(|line| CapabilityRefBorrowed::parse(line));
        references
            .find(|reference| reference.capability_name == value)
            .map_or(ResolvedValue::Unresolved { value }, ResolvedValue::Resolved)
    });
    assert!(
        resolve_values(&values, Some(&lines), None, &()).into_iter().eq(expected),
        "resolving {values:?}"
    );
}

fn check_line(text: &str) {
    let expected = match text.splitn(3, ';').collect::<Vec<_>>()[..] {
        [name, uuid, capability_name] if !name.is_empty() && !capability_name.is_empty() => {
            Some(CapabilityRefBorrowed { name, capability_name, uuid })
        }
        _ => None,
    };
    let found = CapabilityRefBorrowed::parse(text);
    assert_eq!(found, expected, "parsing {text:?}");
    let Some(found) = found else { return };
    assert_eq!(found.to_string(), text);
    assert!([found.name, found.uuid].contains(&found.plugin_key()) && !found.plugin_key().is_empty());
    let owned = found.into_owned();
    assert_eq!((owned.as_borrowed(), owned.to_string().as_str()), (found, text));
}
