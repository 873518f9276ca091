//! How long it takes to refuse hostile archives: reading the manifest, and unpacking what can be opened.

#[path = "../tests/hostile/archives.rs"]
mod archives;

use criterion::{Criterion, criterion_group, criterion_main};
use matriline_manifest::{Target, WheelArchive, read_wheel};
use std::hint::black_box;
use std::io::{self, Cursor};

fn refusing(criterion: &mut Criterion) {
    let target = Target::of_this_build(11);
    let mut group = criterion.benchmark_group("hostile");
    group.sample_size(10);
    for (name, bytes, _) in archives::all() {
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let manifest = read_wheel("stem", Cursor::new(black_box(&bytes)), &target);
                if let Ok(mut archive) = WheelArchive::open(Cursor::new(&bytes)) {
                    let _ = (0..archive.members().len())
                        .try_for_each(|index| archive.unpack(index, &mut io::sink()));
                }
                manifest
            });
        });
    }
}

criterion_group!(benches, refusing);
criterion_main!(benches);
