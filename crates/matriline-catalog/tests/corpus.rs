//! Replays the inputs of the fuzz targets, those made by hand and those that were found.

#[path = "../../../fuzz/checks/cache.rs"]
mod cache;
#[path = "../../../fuzz/checks/config.rs"]
mod config;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;
#[path = "../../../fuzz/checks/sidecar.rs"]
mod sidecar;

#[test]
fn caches() {
    replay::replay("cache", cache::check);
}

#[test]
fn sidecars() {
    replay::replay("sidecar", sidecar::check);
}

#[test]
fn configurations() {
    replay::replay("config", config::check);
}
