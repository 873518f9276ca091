//! What the policy adds to an audit event: the look-up for every event, the decision for those that write.

use criterion::{Criterion, criterion_group, criterion_main};
use matriline_policy::{PlaceRules, Reach, classify, open_writes};
use std::hint::black_box;
use std::path::Path;

fn look_up(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("classify");
    for event in [
        "import",
        "object.__getattr__",
        "builtins.id",
        "app.event",
        "a.plugin.event.with.a.long.name",
        "open",
        "os.rename",
    ] {
        group.bench_function(event, |bench| bench.iter(|| classify(black_box(event).as_bytes())));
    }
    group.bench_function("open for reading", |bench| {
        bench.iter(|| open_writes(black_box(Some("rb")), black_box(0)));
    });
}

fn decide(criterion: &mut Criterion) {
    let data = Path::new("/home/user/.config/OrcaSlicer");
    let rules = PlaceRules::for_plugin(data, &data.join("orca_plugins/header_stamp"));
    let job = [Path::new("/tmp/orcaslicer_model/2026-11-21_10-30-00#1/Metadata")];
    let mut group = criterion.benchmark_group("decide");
    for (name, path) in [
        ("own folder", data.join("orca_plugins/header_stamp/state.json")),
        ("data folder", data.join("prints/statistics.json")),
        ("folder of the call", job[0].join(".1234.0.gcode")),
        ("outside", "/home/user/Documents/letter.txt".into()),
    ] {
        for reach in [Reach::Contents, Reach::Tree] {
            group.bench_function(format!("{name}, {reach:?}"), |bench| {
                bench.iter(|| rules.decide(black_box(&path), reach, &job));
            });
        }
    }
}

criterion_group!(benches, look_up, decide);
criterion_main!(benches);
