//! A thousand wheels of 15 members on a disk, read by one thread; beside Python's own zip and mail readers, which take
//! the same files and read the same texts.

use criterion::{Criterion, criterion_group, criterion_main};
use matriline_manifest::{Target, read_wheel, verify_record};
use matriline_testkit::WheelBuilder;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const WHEELS: usize = 1000;

fn wheel(number: usize) -> WheelBuilder {
    let mut wheel = WheelBuilder::new(&format!("plugin-{number}"), "1.2.0")
        .header("Summary", "Adds a stamp to the file")
        .header("Author", "Somebody")
        .header("Requires-Python", ">=3.10")
        .header("Requires-Dist", "numpy>=2,<3");
    for line in 0..20 {
        wheel = wheel.header("Classifier", &format!("Topic :: Number {line}"));
    }
    for module in 0..12 {
        wheel = wheel.file(&format!("plugin_{number}/module_{module}.py"), "import orca\n".repeat(50));
    }
    wheel
}

#[expect(clippy::print_stderr, reason = "a bench may say what it leaves out")]
fn wheels(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths: Vec<PathBuf> = (0..WHEELS)
        .map(|number| {
            let wheel = wheel(number);
            let path = folder.path().join(wheel.file_name());
            fs::write(&path, wheel.build()).expect("files can be written");
            path
        })
        .collect();
    let target = Target::of_this_build(11);
    let mut group = criterion.benchmark_group("1000 wheels");
    group.sample_size(20);
    group.bench_function("manifests", |bench| {
        bench.iter(|| {
            for path in &paths {
                let manifest = read_wheel("stem", open(path), &target);
                assert!(manifest.problems.is_empty(), "{:?}", manifest.problems);
            }
        });
    });
    group.bench_function("hashes of `RECORD`", |bench| {
        bench.iter(|| {
            for path in &paths {
                let mut archive = matriline_manifest::WheelArchive::open(open(path)).expect("it is a wheel");
                verify_record(&mut archive).expect("it is whole");
            }
        });
    });
    match python(folder.path()) {
        Some(_) => {
            group.bench_function("manifests, Python's zipfile and email", |bench| {
                bench.iter_custom(|rounds| (0..rounds).filter_map(|_| python(folder.path())).sum());
            });
        }
        None => eprintln!("There is no `python3`: its figure is left out"),
    }
}

fn open(path: &Path) -> File {
    File::open(path).expect("it was written")
}

/// The time for all wheels of the folder as Python measures it, start-up not included.
fn python(folder: &Path) -> Option<Duration> {
    const SOURCE: &str = r#"
import email.parser, os, sys, time, zipfile
paths = [entry.path for entry in os.scandir(sys.argv[1])]
start = time.perf_counter_ns()
for path in paths:
    with zipfile.ZipFile(path) as wheel:
        info = next(name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
        metadata = email.parser.BytesParser().parsebytes(wheel.read(info + "/METADATA"))
        fields = metadata["Name"], metadata["Version"], metadata["Summary"], metadata.get_all("Requires-Dist")
        tags = email.parser.BytesParser().parsebytes(wheel.read(info + "/WHEEL")).get_all("Tag")
        wheel.getinfo(info + "/RECORD")
print(time.perf_counter_ns() - start)
"#;
    let output = Command::new("python3").args(["-c", SOURCE]).arg(folder).output().ok()?;
    let nanoseconds = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

criterion_group!(benches, wheels);
criterion_main!(benches);
