//! Hostile archives are refused, each within 64 MB of memory. The time is measured by the bench of the same name.

#[path = "hostile/archives.rs"]
mod archives;

use matriline_manifest::{Target, WheelArchive, read_wheel};
use std::alloc::{GlobalAlloc, Layout, System};
use std::error::Error;
use std::io::{self, Cursor};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts the bytes that are allocated now, and their maximum.
struct Counting {
    now: AtomicUsize,
    peak: AtomicUsize,
}

#[global_allocator]
static MEMORY: Counting = Counting { now: AtomicUsize::new(0), peak: AtomicUsize::new(0) };

// SAFETY: both calls go to the system's allocator with what they were given.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = self.now.fetch_add(layout.size(), Relaxed) + layout.size();
        self.peak.fetch_max(now, Relaxed);
        // SAFETY: the caller gives a layout of a size above zero.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.now.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the pointer came from `alloc` with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

const MAX_BYTES: usize = 64 << 20;

/// Reads the manifest and unpacks everything, as installing would.
fn refusal(bytes: &[u8]) -> String {
    let manifest = read_wheel("stem", Cursor::new(bytes), &Target::of_this_build(11));
    assert!(!manifest.is_valid());
    let unpacked = WheelArchive::open(Cursor::new(bytes)).and_then(|mut archive| {
        (0..archive.members().len()).try_for_each(|index| archive.unpack(index, &mut io::sink()))
    });
    match unpacked {
        Ok(()) => manifest.problems.iter().map(ToString::to_string).collect(),
        Err(error) => format!("{error} {}", error.source().map(ToString::to_string).unwrap_or_default()),
    }
}

#[test]
fn each_is_refused_in_bounded_memory() {
    for (name, bytes, expected) in archives::all() {
        let before = MEMORY.now.load(Relaxed);
        MEMORY.peak.store(before, Relaxed);
        let message = refusal(&bytes);
        let peak = MEMORY.peak.load(Relaxed) - before;
        assert!(message.contains(expected), "{name}: {message} lacks {expected}");
        assert!(peak <= MAX_BYTES, "{name} took {peak} bytes");
    }
}
