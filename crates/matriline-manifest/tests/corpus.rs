//! Replays the inputs of the fuzz targets, those made by hand and those that were found.

#[path = "../../../fuzz/checks/metadata.rs"]
mod metadata;
#[path = "../../../fuzz/checks/names.rs"]
mod names;
#[path = "../../../fuzz/checks/record.rs"]
mod record;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;
#[path = "../../../fuzz/checks/script.rs"]
mod script;
#[path = "../../../fuzz/checks/wheel.rs"]
mod wheel;

#[test]
fn scripts() {
    replay::replay("script", script::check);
}

#[test]
fn wheels() {
    replay::replay("wheel", wheel::check);
}

#[test]
fn metadata_files() {
    replay::replay("metadata", metadata::check);
}

#[test]
fn records() {
    replay::replay("record", record::check);
}

#[test]
fn names_of_members() {
    replay::replay("names", names::check);
}
