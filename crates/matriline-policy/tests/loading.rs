//! OrcaSlicer's cases for the mode `Loading` (reads everywhere, writes inside roots), as far as they concern
//! writing. Two are corrected: `x` is a write, and code outside any plugin is not free to write.

use matriline_policy::{Denied, Reach, WriteRules, classify, open_writes};
use std::path::Path;

const DATA: &str = "/data";
const PLUGIN: &str = "/data/orca_plugins/test_plugin";

/// What the built-in `open` of a canonical path ends in.
fn open(path: &str, mode: &str, scoped: &[&Path]) -> Result<(), Denied> {
    let rule = classify("open").expect("opening can write");
    if !open_writes(Some(mode), 0) {
        return Ok(());
    }
    WriteRules::for_plugin(Path::new(DATA), Path::new(PLUGIN)).decide(Path::new(path), rule.reach, scoped)
}

fn check(path: &str, mode: &str, expected: Result<(), Denied>) {
    assert_eq!(open(path, mode, &[]), expected, "{path} {mode}");
}

#[test]
fn reads_outside_roots_are_allowed() {
    check("/outside.txt", "r", Ok(()));
}

#[test]
fn writes_outside_roots_are_denied() {
    for mode in ["w", "a", "r+"] {
        check("/outside.txt", mode, Err(Denied::Outside));
    }
}

#[test]
fn exclusive_creation_outside_roots_is_denied_too() {
    check("/outside.txt", "x", Err(Denied::Outside));
}

#[test]
fn a_write_in_the_data_folder_is_allowed() {
    check("/data/plugin_data.txt", "w", Ok(()));
}

#[test]
fn the_reason_is_the_original_one() {
    let denied = open("/outside.txt", "w", &[]).unwrap_err();
    assert_eq!(denied.to_string(), "outside allowed root");
}

#[test]
fn a_root_with_dots_after_it_is_not_inside() {
    let denied = open("/data/../x", "w", &[]);
    assert!(matches!(denied, Err(Denied::NotUnderstood { .. })));
}

#[test]
fn a_scoped_root_is_read_and_written() {
    let scoped = [Path::new("/tmp/job")];
    assert_eq!(open("/tmp/job/state.json", "r", &scoped), Ok(()));
    assert_eq!(open("/tmp/job/state.json", "w", &scoped), Ok(()));
}

#[test]
fn a_scoped_root_ends_with_its_context() {
    check("/tmp/job/state.json", "w", Err(Denied::Outside));
}

#[test]
fn a_nested_context_has_its_own_scoped_roots() {
    let (outer, inner) = ([Path::new("/tmp/outer")], [Path::new("/tmp/inner")]);
    assert_eq!(open("/tmp/outer/x", "w", &outer), Ok(()));
    assert_eq!(open("/tmp/outer/x", "w", &inner), Err(Denied::Outside));
    assert_eq!(open("/tmp/inner/x", "w", &inner), Ok(()));
}

#[test]
fn a_thread_without_context_writes_nothing() {
    let denied = WriteRules::nothing().decide(Path::new("/data/x"), Reach::Contents, &[]);
    assert_eq!(denied, Err(Denied::Outside));
}
