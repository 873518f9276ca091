//! Linux: the memory of the marker. Its address never changes, so that threads may keep their slots for ever; what is
//! mapped there is the file of the marker, or nothing.

use std::io::{self, Write};
use std::mem::offset_of;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::path::PathBuf;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use matriline_registry::lock::Mutex;
use matriline_registry::{Slot, set_slots};
use tempfile::NamedTempFile;

use super::layout::{ENDED, HEADER, LENGTH, SLOTS, STATE};

#[repr(C)]
struct Page {
    magic: [u8; STATE],
    state: AtomicU32,
    rest: [u8; HEADER - STATE - 4],
    slots: [Slot; SLOTS],
}

const _: () = assert!(offset_of!(Page, slots) == HEADER && offset_of!(Page, state) == STATE);

/// The memory, which is never given back.
static MEMORY: OnceLock<Option<Memory>> = OnceLock::new();

#[derive(Clone, Copy)]
struct Memory(*mut u8);

// SAFETY: the memory stays where it is, and everything in it that threads share is atomic.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

/// The descriptor that holds the lock, or none.
static HELD: AtomicI32 = AtomicI32::new(-1);
/// The file, until it is removed.
static PATH: Mutex<Option<PathBuf>> = Mutex::new(None);
/// Whether this process was forked from the one whose marker it was.
static FORKED: AtomicBool = AtomicBool::new(false);

/// Gives the threads their slots, so that they have them also for a marker that comes later. Answers whether this
/// system has markers.
pub(super) fn prepare() -> bool {
    MEMORY.get_or_init(reserve).is_some()
}

/// Makes `file` the marker of this process: long enough, locked, mapped.
pub(super) fn begin(file: NamedTempFile, header: &[u8]) -> io::Result<()> {
    let memory = (*MEMORY.get_or_init(reserve)).ok_or(io::ErrorKind::OutOfMemory)?;
    // A store into a page that the disk has no room for would end the process, so the room is taken now.
    file.as_file().write_all(&[0; LENGTH])?;
    file.as_file().try_lock()?;
    memory.map(libc::MAP_SHARED, file.as_file().as_raw_fd())?;
    write(0, header);
    let (file, path) = file.keep().map_err(|error| error.error)?;
    *PATH.lock() = Some(path);
    HELD.store(file.into_raw_fd(), Ordering::Release);
    Ok(())
}

/// Ends the marker of this process, if it has one.
pub(super) fn end() {
    if FORKED.load(Ordering::Acquire) {
        return;
    }
    let descriptor = HELD.swap(-1, Ordering::AcqRel);
    if let Some(path) = PATH.lock().take() {
        // A file that stays says that the process has ended.
        if let Some(Some(memory)) = MEMORY.get() {
            memory.page().state.store(ENDED, Ordering::Relaxed);
        }
        let _ = std::fs::remove_file(path);
    }
    if let Some(Some(memory)) = MEMORY.get() {
        // Memory that cannot be changed stays mapped to a file without a name.
        let _ = memory.map(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1);
    }
    close(descriptor);
}

/// Writes to the memory.
pub(super) fn write(offset: usize, bytes: &[u8]) {
    assert!(offset + bytes.len() <= LENGTH, "the marker is longer than its memory");
    if let Some(Some(memory)) = MEMORY.get() {
        // SAFETY: inside of the memory. No slot is written here, and the rest is this marker's alone; a row is not
        // read by this process.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), memory.0.add(offset), bytes.len()) };
    }
}

/// Takes the memory, hands its slots to the threads, and has exits and forks noticed.
fn reserve() -> Option<Memory> {
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: asks for new memory anywhere.
    let address = unsafe { libc::mmap(ptr::null_mut(), LENGTH, access, kind, -1, 0) };
    let memory = (address != libc::MAP_FAILED).then_some(Memory(address.cast()))?;
    set_slots(&memory.page().slots);
    // SAFETY: both are plain functions that stay loaded as long as this library.
    unsafe {
        libc::atexit(at_exit);
        libc::pthread_atfork(None, None, Some(in_forked_child));
    }
    Some(memory)
}

impl Memory {
    /// Maps something else in the same place.
    fn map(self, kind: i32, descriptor: i32) -> io::Result<()> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: replaces pages of ours, at once for all threads; what stands there consists of atomics, for which any
        // bytes are good.
        let address =
            unsafe { libc::mmap(self.0.cast(), LENGTH, access, kind | libc::MAP_FIXED, descriptor, 0) };
        if address == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    fn page(self) -> &'static Page {
        // SAFETY: the memory is never given back, begins with a page, and holds only bytes and atomics.
        unsafe { &*self.0.cast() }
    }
}

extern "C" fn at_exit() {
    end();
}

/// What a child does is not what its parent does: it lets go of the file and of the lock, which would else outlive the
/// parent.
extern "C" fn in_forked_child() {
    FORKED.store(true, Ordering::Release);
    if let Some(Some(memory)) = MEMORY.get() {
        let _ = memory.map(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1);
    }
    close(HELD.swap(-1, Ordering::AcqRel));
}

fn close(descriptor: i32) {
    if descriptor >= 0 {
        // SAFETY: the descriptor was this marker's own until now.
        unsafe { libc::close(descriptor) };
    }
}
