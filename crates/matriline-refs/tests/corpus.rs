//! Replays the inputs of the fuzz targets, those made by hand and those that were found.

#[path = "../../../fuzz/checks/reference.rs"]
mod reference;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;

#[test]
fn references() {
    replay::replay("reference", reference::check);
}
