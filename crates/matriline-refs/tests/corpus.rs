//! Replays the inputs of the fuzz targets, those made by hand and those that were found.

#[path = "../../../fuzz/checks/ini.rs"]
mod ini;
#[path = "../../../fuzz/checks/preset.rs"]
mod preset;
#[path = "../../../fuzz/checks/reference.rs"]
mod reference;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;

#[test]
fn references() {
    replay::replay("reference", reference::check);
}

#[test]
fn escaped_lists() {
    replay::replay("ini", ini::check);
}

#[test]
fn presets() {
    replay::replay("preset", preset::check);
}
