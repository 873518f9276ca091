//! What a load pays for an environment that is there: nothing wanted, requirements, a bundled wheel; beside them one
//! start of uv, which a load would pay without the index of environments.
//!
//! uv is the one that `MATRILINE_UV` names, else the one on `PATH`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use criterion::{Criterion, criterion_group, criterion_main};
use matriline_install::environment::{BuildControl, EnvironmentOptions, Environments, Index, Uv, Wanted};
use matriline_manifest::Target;
use matriline_testkit::WheelBuilder;

/// As many modules as make the list of imports that of a big environment.
const DISTRIBUTIONS: usize = 40;

fn ready(criterion: &mut Criterion) {
    let given = std::env::var_os("MATRILINE_UV").map(PathBuf::from);
    let uv = Uv::find(given.as_deref(), None).expect("The bench has an environment built by uv");
    let folder = tempfile::tempdir().unwrap();
    let wheels = folder.path().join("wheels");
    fs::create_dir(&wheels).unwrap();
    let add = |wheel: &WheelBuilder| {
        let path = wheels.join(wheel.file_name());
        fs::write(&path, wheel.build()).unwrap();
        path
    };
    let names: Vec<_> = (0..DISTRIBUTIONS).map(|number| format!("distribution{number}")).collect();
    for name in &names {
        add(&WheelBuilder::new(name, "1.0").file(&format!("{name}.py"), ""));
    }
    let mut bytes = vec![0u8; 20 << 20];
    bytes.iter_mut().zip(0u64..).for_each(|(byte, at)| *byte = (at.wrapping_mul(at) >> 7) as u8);
    let bundled =
        add(&WheelBuilder::new("bundled", "1.0").file("bundled/__init__.py", "").file("bundled/data", bytes));
    // a file of this second would be read each time
    let old = SystemTime::now() - Duration::from_secs(60);
    File::options().write(true).open(&bundled).unwrap().set_modified(old).unwrap();
    std::thread::sleep(Duration::from_millis(3100));

    let python = std::env::var_os("PYO3_PYTHON").map_or_else(python_on_path, PathBuf::from);
    let mut options = EnvironmentOptions::new(folder.path().join("data"), python, Target::of_this_build(11));
    options.uv = Some(uv.program().into());
    options.index = Index::None;
    options.wheel_folders = vec![wheels];
    let environments = Environments::new(options.clone());
    let few = Wanted { requirements: vec!["distribution0".into()], wheels: vec![] };
    let many = Wanted { requirements: names, wheels: vec![] };
    let wheel = Wanted { requirements: vec![], wheels: vec![bundled] };
    for wanted in [&few, &many, &wheel] {
        environments.prepare("bench", wanted, &BuildControl::new()).unwrap();
    }

    let mut group = criterion.benchmark_group("ready");
    group.bench_function("1 distribution", |bencher| bencher.iter(|| environments.ready(&few).unwrap()));
    group.bench_function("40 distributions", |bencher| bencher.iter(|| environments.ready(&many).unwrap()));
    group.bench_function("bundled wheel of 20 MiB", |bencher| {
        bencher.iter(|| environments.ready(&wheel).unwrap())
    });
    group.bench_function("bundled wheel of 20 MiB, first in a process", |bencher| {
        bencher.iter(|| Environments::new(options.clone()).ready(&wheel).unwrap());
    });
    group.sample_size(20);
    group.bench_function("peer: uv --version", |bencher| {
        bencher.iter(|| Command::new(uv.program()).arg("--version").output().unwrap());
    });
    group.finish();
}

fn python_on_path() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("python3")).find(|file| file.is_file());
    found.expect("There is a Python")
}

criterion_group!(benches, ready);
criterion_main!(benches);
