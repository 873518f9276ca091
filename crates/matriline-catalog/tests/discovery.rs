//! Scans on a thread of its own.

use matriline_catalog::{Discovery, Done, ScanOptions};
use matriline_manifest::Target;
use matriline_testkit::DataFolder;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier, LazyLock};
use std::thread;
use std::time::{Duration, SystemTime};

const LONG: Duration = Duration::from_secs(60);

fn discovery(data: &DataFolder) -> Discovery {
    Discovery::new(data.path(), ScanOptions::new(Target::of_this_build(11)))
}

fn with_plugins(count: usize) -> DataFolder {
    let data = DataFolder::new();
    data.add_many(count);
    data
}

/// Starts a scan; what is received is how it ended.
fn start(discovery: &Discovery) -> Receiver<Done> {
    let (sender, receiver) = channel();
    assert!(discovery.start(move |done| sender.send(done).unwrap()));
    receiver
}

/// A scan that has been done and whose thread stays in `on_done` until the barrier.
fn held(discovery: &Discovery) -> Arc<Barrier> {
    let barrier = Arc::new(Barrier::new(2));
    let other = barrier.clone();
    assert!(discovery.start(move |_| {
        other.wait();
    }));
    barrier
}

#[test]
fn nothing_has_been_done_at_first() {
    let data = with_plugins(1);
    let discovery = discovery(&data);
    assert!(!discovery.is_in_progress() && !discovery.is_complete());
    assert_eq!(discovery.catalog().entries().len(), 0);
    assert_eq!(discovery.error(), None);
    assert!(discovery.wait(Some(Duration::ZERO)), "there is nothing to wait for");
}

#[test]
fn a_scan_here() {
    let data = with_plugins(3);
    let discovery = discovery(&data);
    assert_eq!(discovery.run().valid().count(), 3);
    assert!(discovery.is_complete() && !discovery.is_in_progress());
    assert_eq!(discovery.catalog().valid().count(), 3);
}

#[test]
fn a_scan_on_its_own_thread() {
    let data = with_plugins(3);
    let discovery = discovery(&data);
    let done = start(&discovery);
    assert!(discovery.wait(Some(LONG)));
    assert!(discovery.is_complete());
    assert_eq!(discovery.catalog().valid().count(), 3);
    let Done::Scanned(catalog) = done.recv_timeout(LONG).unwrap() else { panic!("It is scanned") };
    assert!(Arc::ptr_eq(&catalog, &discovery.catalog()));
}

#[test]
fn the_cache_is_written_by_the_thread() {
    let data = with_plugins(3);
    thread::sleep(Duration::from_millis(2100));
    let discovery = discovery(&data);
    discovery.run();
    assert!(data.path().join("cache/matriline/catalog").exists());
    let before = discovery.catalog();
    assert!(Arc::ptr_eq(&before.entries()[0], &discovery.run().entries()[0]));
}

/// A clock at which a scan stays, until the test lets it go on.
fn held_clock() -> SystemTime {
    SCAN_IS_AT_THE_CLOCK.wait();
    SCAN_GOES_ON.wait();
    SystemTime::now()
}

static SCAN_IS_AT_THE_CLOCK: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));
static SCAN_GOES_ON: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));

#[test]
fn only_one_scan_runs() {
    let data = with_plugins(1);
    let discovery = discovery(&data).with_clock(held_clock);
    let done = start(&discovery);
    SCAN_IS_AT_THE_CLOCK.wait();
    assert!(discovery.is_in_progress());
    assert!(!discovery.start(|_| panic!("It has not begun")));
    assert!(!discovery.wait(Some(Duration::ZERO)));
    SCAN_GOES_ON.wait();
    assert!(matches!(done.recv_timeout(LONG), Ok(Done::Scanned(_))));
}

#[test]
fn a_callback_may_do_anything_with_the_discovery() {
    let data = with_plugins(3);
    let discovery = Arc::new(discovery(&data));
    let (inner, (sender, receiver)) = (discovery.clone(), channel());
    discovery.start(move |_| {
        assert!(!inner.is_in_progress());
        assert!(inner.wait(None));
        sender.send(inner.run().valid().count()).unwrap();
    });
    assert_eq!(receiver.recv_timeout(LONG), Ok(3));
}

#[test]
fn a_callback_that_takes_its_time_stops_nobody() {
    let data = with_plugins(3);
    let discovery = discovery(&data);
    let barrier = held(&discovery);
    assert!(discovery.wait(Some(LONG)));
    assert_eq!(discovery.run().valid().count(), 3);
    barrier.wait();
}

#[test]
fn a_cancelled_scan_leaves_the_catalog() {
    let data = with_plugins(1000);
    let discovery = discovery(&data);
    let first = discovery.run();
    loop {
        let done = start(&discovery);
        discovery.cancel();
        assert!(discovery.wait(Some(LONG)));
        // it may have come to its end before
        if matches!(done.recv_timeout(LONG), Ok(Done::Cancelled)) {
            break;
        }
    }
    assert_eq!(discovery.catalog().entries(), first.entries());
    assert!(discovery.is_complete() && discovery.error().is_none());
    assert_eq!(discovery.run().entries(), first.entries());
}

#[test]
fn progress_grows_to_the_total() {
    let data = with_plugins(1000);
    let discovery = discovery(&data);
    let _done = start(&discovery);
    let mut last = 0;
    while discovery.is_in_progress() {
        let progress = discovery.progress();
        assert!(progress.done <= progress.total && progress.total <= 1000);
        assert!(progress.done >= last || progress.total == 0);
        last = progress.done;
    }
    assert_eq!(discovery.progress().total, 0);
}

#[test]
fn several_threads_wait_at_once() {
    let data = with_plugins(1000);
    let discovery = discovery(&data);
    let _done = start(&discovery);
    thread::scope(|scope| {
        let wait = || {
            assert!(discovery.wait(Some(LONG)));
            assert!(discovery.is_complete());
        };
        (0..4).for_each(|_| drop(scope.spawn(wait)));
        // nobody who waits holds anything
        discovery.progress();
    });
}

#[test]
fn a_wait_ends_with_its_time() {
    let data = with_plugins(1000);
    let discovery = discovery(&data);
    let _done = start(&discovery);
    if !discovery.wait(Some(Duration::ZERO)) {
        assert!(discovery.wait(None));
    }
    assert!(discovery.is_complete());
}

#[test]
fn several_threads_scan_one_after_another() {
    let data = with_plugins(200);
    let discovery = discovery(&data);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(discovery.run().valid().count(), 200));
        }
    });
}

#[test]
fn other_options_hold_for_the_next_scan() {
    let data = with_plugins(1);
    data.add_script("_subscribed/me/m", "m.py", "");
    let discovery = discovery(&data);
    assert_eq!(discovery.run().entries().len(), 1);
    let options = ScanOptions::new(Target::of_this_build(11));
    discovery.set_options(ScanOptions { cloud_user: Some("me".to_owned()), ..options });
    assert_eq!(discovery.run().entries().len(), 2);
}

#[test]
fn dropping_it_cancels_and_still_calls() {
    let data = with_plugins(1000);
    let discovery = discovery(&data);
    let done = start(&discovery);
    drop(discovery);
    assert!(matches!(done.recv_timeout(LONG), Ok(Done::Cancelled | Done::Scanned(_))));
}
