//! Audit events that nobody has classified are told once: a later CPython's, a library's, or a plugin's own.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::attach::FORKED;
use crate::log;

/// One bit for each name that was told, by a hash of it. Two names that share a bit are told once between them, which
/// also bounds what a plugin can fill the log with.
static TOLD: [AtomicU64; 64] = [const { AtomicU64::new(0) }; 64];

/// As much of a name as is told.
const SHOWN: usize = 100;

#[inline]
pub(super) fn report_once(name: &[u8]) {
    let (first, last) = (name.first_chunk().copied(), name.last_chunk().copied());
    let word = |bytes: Option<[u8; 8]>| bytes.map_or(name.len() as u64, u64::from_le_bytes);
    let mixed =
        (word(first) ^ word(last).rotate_left(29) ^ name.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let (slot, bit) = ((mixed >> 58) as usize, 1 << (mixed >> 52 & 63));
    if TOLD[slot].load(Ordering::Relaxed) & bit == 0 && TOLD[slot].fetch_or(bit, Ordering::Relaxed) & bit == 0
    {
        report(name);
    }
}

#[cold]
fn report(name: &[u8]) {
    if FORKED.load(Ordering::Acquire) {
        return;
    }
    let event = String::from_utf8_lossy(&name[..name.len().min(SHOWN)]);
    log::logged(|| {
        tracing::debug!(target: "matriline::audit", event = &*event, "The audit event {event:?} is not classified, and passes");
    });
}
