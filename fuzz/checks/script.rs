//! A plugin's source file: any bytes have a manifest, and what it says can be found in the file.

use matriline_manifest::{Position, read_script, read_script_from};

pub(crate) fn check(bytes: &[u8]) {
    let manifest = read_script("stem", bytes);
    let streamed = read_script_from("stem", bytes).expect("Memory can be read");
    assert_eq!(streamed, manifest);
    let descriptor = &manifest.descriptor;
    assert_eq!(descriptor.plugin_key, "stem");
    assert!(!descriptor.name.contains(';'), "the separator of references is in {:?}", descriptor.name);
    assert_eq!(descriptor.entry_package, None);
    for requirement in &descriptor.dependencies {
        assert!(!requirement.is_empty() && requirement.trim() == requirement, "{requirement:?}");
    }

    let text = String::from_utf8_lossy(bytes);
    if std::str::from_utf8(bytes).is_err() {
        assert!(!manifest.is_valid());
    }
    if !text.contains("# /// script") {
        assert_eq!((descriptor.name.as_str(), descriptor.dependencies.len()), ("", 0));
    }

    assert!(manifest.problems.is_sorted_by_key(|problem| problem.position));
    let widths: Vec<_> = text.split('\n').map(|line| line.chars().count()).collect();
    for problem in &manifest.problems {
        assert!(!problem.message.is_empty());
        let Position { line, column } = problem.position.expect("Every problem of a text has a place");
        // the end of a file may be told as the start of the line after it
        let width = widths.iter().copied().chain([0]).nth(line - 1);
        assert!(
            width.is_some_and(|width| (1..=width + 1).contains(&column)),
            "{problem} is outside the file"
        );
    }
}
