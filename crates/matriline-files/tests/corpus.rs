//! Replays the inputs of the fuzz targets, those made by hand and those that were found.

#[path = "../../../fuzz/checks/model.rs"]
mod model;
#[path = "../../../fuzz/checks/profile.rs"]
mod profile;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;

#[test]
fn models() {
    replay::replay("model", model::check);
}

#[test]
fn profiles() {
    replay::replay("profile", profile::check);
}
