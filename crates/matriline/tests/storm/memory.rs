//! What a process holds once everything that could go has gone.

use std::fmt;
use std::time::{Duration, Instant};

use matriline::python::Interpreter;
use pyo3::prelude::*;

/// Live memory, counted and not guessed: what the allocators of C and of Python have given out.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// Bytes from `malloc`.
    pub(crate) heap: i64,
    /// Objects from Python's own allocator.
    pub(crate) objects: i64,
    /// KiB that the system counts.
    pub(crate) resident: i64,
    pub(crate) files: i64,
    pub(crate) threads: i64,
}

impl Memory {
    /// Waits for threads that have nothing to do, since what the allocator keeps for a living thread counts as given
    /// out, and collects.
    pub(crate) fn measure() -> Self {
        let deadline = Instant::now() + Duration::from_secs(4);
        while status("Threads:") > 2 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        let count = |code: &std::ffi::CStr| {
            Interpreter::with(|py| py.eval(code, None, None).unwrap().extract::<i64>().unwrap()).unwrap()
        };
        // a destructor may leave something to the next collection
        for _ in 0..3 {
            count(c"__import__('gc').collect()");
        }
        let objects = count(c"__import__('sys').getallocatedblocks()");
        // SAFETY: both may be called at any time.
        let heap = unsafe {
            libc::malloc_trim(0);
            let info = libc::mallinfo2();
            info.uordblks + info.hblkhd
        };
        Self {
            heap: heap as i64,
            objects,
            resident: status("VmRSS:"),
            files: std::fs::read_dir("/proc/self/fd").unwrap().count() as i64,
            threads: status("Threads:"),
        }
    }

    /// Panics when more is held now than then.
    pub(crate) fn assert_flat_since(&self, then: &Self) {
        let (heap, objects) = (self.heap - then.heap, self.objects - then.objects);
        assert!(heap < 256 * 1024, "the heap grew by {heap} bytes: {then}; then {self}");
        assert!(objects < 2_000, "{objects} Python objects more: {then}; then {self}");
        assert!(self.files <= then.files, "files left open: {then}; then {self}");
    }
}

fn status(name: &str) -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { heap, objects, resident, files, threads } = self;
        write!(
            f,
            "{} KiB from malloc, {objects} Python objects, {resident} KiB resident, {files} files, {threads} threads",
            heap / 1024
        )
    }
}
