//! What it costs to know where a path leads: one question to the kernel beneath an opened folder, beside the
//! standard library's walk.

use criterion::{Criterion, criterion_group, criterion_main};
use matriline_roots::{Follow, Root, canonical_target, resolve};
use std::fs;
use std::hint::black_box;

fn resolving(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = Root::open(folder.path()).expect("it can be opened");
    let parts = root.path().join("one/two/three/four");
    fs::create_dir_all(&parts).expect("folders can be made");
    let (existing, new) = (parts.join("model.gcode"), parts.join("new.gcode"));
    fs::write(&existing, "G28\n").expect("files can be written");
    let unclean = parts.join("../four/model.gcode");

    let mut group = criterion.benchmark_group("resolve");
    for (name, path) in [("existing", &existing), ("new", &new), ("with `..`", &unclean)] {
        group.bench_function(format!("{name}, beneath a root"), |bench| {
            bench.iter(|| resolve(black_box(path), Follow::Yes, [&root]));
        });
        group.bench_function(format!("{name}, walked"), |bench| {
            bench.iter(|| canonical_target(black_box(path), Follow::Yes));
        });
    }
    group.bench_function("existing, std::fs::canonicalize", |bench| {
        bench.iter(|| fs::canonicalize(black_box(&existing)));
    });
    group.bench_function("new, std::fs::canonicalize of its folder", |bench| {
        bench.iter(|| fs::canonicalize(black_box(&new).parent().expect("it has one")));
    });
}

criterion_group!(benches, resolving);
criterion_main!(benches);
