//! Replays the inputs of the fuzz targets, those made by hand and those that were found.

#![cfg(unix)]

#[path = "../../../fuzz/checks/policy.rs"]
mod policy;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;

#[test]
fn paths() {
    replay::replay("policy", policy::check);
}
