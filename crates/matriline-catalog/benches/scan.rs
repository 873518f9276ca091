//! Scans of 10,000 plugins beside what one thread needs to list their folders, and beside Python.
//!
//! The plugins are those of `DataFolder::add_many`: scripts of about 4 KB with a metadata block of six keys, each
//! third with a dependency, and a sidecar beside each tenth. Python's reference reads the same.
//!
//! The peak of the memory is counted by an allocator and printed first. Nothing is counted while a scan is timed:
//! the threads would wait for each other's numbers. A catalog is dropped after its time was taken, as the result of
//! the reference is.

#![allow(clippy::print_stderr, reason = "a bench says what it cannot time")]

use criterion::{Criterion, criterion_group, criterion_main};
use matriline_catalog::{Catalog, ScanControl, ScanOptions, Scanner};
use matriline_manifest::Target;
use matriline_testkit::DataFolder;
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

const PLUGINS: usize = 10_000;

/// Counts the bytes in use and their peak, until the scans are timed.
struct Counting;

static IS_COUNTING: AtomicBool = AtomicBool::new(true);
static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: The system's allocator does the work and keeps the promises.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if IS_COUNTING.load(Relaxed) {
            let in_use = IN_USE.fetch_add(layout.size(), Relaxed) + layout.size();
            PEAK.fetch_max(in_use, Relaxed);
        }
        // SAFETY: The caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if IS_COUNTING.load(Relaxed) {
            IN_USE.fetch_sub(layout.size(), Relaxed);
        }
        // SAFETY: The caller's promises are passed on.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes for each plugin: at the peak of an act, and what stays of its result.
fn weigh<T>(name: &str, act: impl FnOnce() -> T) -> T {
    let before = IN_USE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = act();
    let (peak, rest) = (PEAK.load(Relaxed) - before, IN_USE.load(Relaxed) - before);
    eprintln!("memory, {name}: peak {} bytes a plugin, {} stay", peak / PLUGINS, rest / PLUGINS);
    result
}

/// As much as has to be asked of the system to know all names.
fn list(plugins: &Path) -> usize {
    let folders = fs::read_dir(plugins).expect("it is there");
    let names = |folder: &Path| fs::read_dir(folder).expect("it is there").count();
    folders.map(|entry| names(&entry.expect("it can be listed").path())).sum()
}

/// Seconds of several runs in one Python process.
fn python_times(plugins: &Path, runs: u64) -> Option<Vec<f64>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/reference.py");
    let output = Command::new("python3").arg(script).arg(plugins).arg(runs.to_string()).output().ok()?;
    let times: Vec<f64> =
        String::from_utf8(output.stdout).ok()?.lines().filter_map(|line| line.parse().ok()).collect();
    (times.len() as u64 == runs).then_some(times)
}

fn scans(criterion: &mut Criterion) {
    let data = DataFolder::new();
    data.add_many(PLUGINS);
    let options = ScanOptions::new(Target::of_this_build(11));
    let scanner = || Scanner::new(data.path(), options.clone());
    let scan = |scanner: &mut Scanner| scanner.scan(&ScanControl::new()).expect("nobody cancels it");
    // a younger file would be read again by every scan
    std::thread::sleep(Duration::from_millis(2100));

    assert_eq!(weigh("one scan", || Catalog::scan(data.path(), &options)).valid().count(), PLUGINS);
    let mut remembering = scanner();
    let catalog = weigh("a scanner's first scan", || scan(&mut remembering));
    weigh("its second, with the first catalog in use", || scan(&mut remembering));
    drop(catalog);
    weigh("writing the cache", || remembering.take_unsaved().expect("it is new").write())
        .expect("it can be written");
    let mut informed = scanner();
    weigh("a scanner with the cache", || scan(&mut informed));
    IS_COUNTING.store(false, Relaxed);

    let mut group = criterion.benchmark_group("10,000 plugins");
    group.sample_size(20);
    group.bench_function("listing, one thread", |bench| bench.iter(|| list(&data.plugins())));
    group.bench_function("cold, once", |bench| {
        bench.iter_with_large_drop(|| Catalog::scan(data.path(), &options))
    });
    let cache = data.path().join("cache");
    group.bench_function("cold, by a scanner", |bench| {
        let _ = fs::remove_dir_all(&cache);
        bench.iter_with_large_drop(|| {
            let mut scanner = scanner();
            (scan(&mut scanner), scanner)
        });
    });
    group.bench_function("cold, by a scanner that writes its cache", |bench| {
        bench.iter(|| {
            let _ = fs::remove_dir_all(&cache);
            let mut scanner = scanner();
            scan(&mut scanner);
            scanner.take_unsaved().expect("all is new").write()
        });
    });
    group.bench_function("unchanged, by a new scanner with the cache", |bench| {
        bench.iter(|| scan(&mut scanner()))
    });
    group.bench_function("unchanged, by the same scanner", |bench| bench.iter(|| scan(&mut remembering)));
    match python_times(&data.plugins(), 1) {
        Some(_) => {
            group.sample_size(10);
            group.bench_function("Python with tomllib", |bench| {
                bench.iter_custom(|runs| {
                    let times = python_times(&data.plugins(), runs).expect("it ran before");
                    Duration::from_secs_f64(times.iter().sum())
                });
            });
        }
        None => eprintln!("There is no `python3` with `tomllib` to compare with"),
    }
    group.finish();
}

criterion_group!(benches, scans);
criterion_main!(benches);
