//! Reads of files, which come by the thousand: equal ones are told once and counted.

use std::sync::atomic::Ordering;

use matriline_policy::{Activity, AuditAct, Category, Rule, Verdict};
use matriline_registry::lock::Mutex;

use super::auditor::auditor;
use crate::attach::FORKED;
use crate::identity::Identity;

/// How many different reads of a plugin are counted at a time. A power of two.
const SLOTS: usize = 256;

/// Reads that were told, and how often each came again.
#[derive(Debug, Default)]
pub(crate) struct Repeats(Mutex<Vec<Option<Repeated>>>);

#[derive(Debug)]
struct Repeated {
    hash: u64,
    again: u32,
    act: AuditAct,
}

impl Repeats {
    /// Tells of a read, unless it was told: then it is counted.
    pub(super) fn note(&self, path: &[u8], act: impl FnOnce() -> AuditAct) {
        if FORKED.load(Ordering::Acquire) {
            return;
        }
        let hash = hash(path);
        let mut slots = self.0.lock();
        if slots.is_empty() {
            slots.resize_with(SLOTS, || None);
        }
        let slot = &mut slots[hash as usize % SLOTS];
        if let Some(known) = slot.as_mut().filter(|known| known.hash == hash) {
            known.again = known.again.saturating_add(1);
            return;
        }
        let act = act();
        let earlier = slot.replace(Repeated { hash, again: 0, act: act.clone() });
        drop(slots);
        if let Some(auditor) = auditor() {
            earlier.and_then(Repeated::into_activity).into_iter().for_each(|earlier| auditor.record(earlier));
            auditor.record(read(act, 1));
        }
    }

    fn take(&self) -> Vec<Activity> {
        let slots = std::mem::take(&mut *self.0.lock());
        slots.into_iter().flatten().filter_map(Repeated::into_activity).collect()
    }
}

impl Repeated {
    fn into_activity(self) -> Option<Activity> {
        (self.again > 0).then(|| read(self.act, self.again))
    }
}

fn read(act: AuditAct, count: u32) -> Activity {
    debug_assert_eq!(act.category, Category::FsRead);
    Activity { act, verdict: Verdict::Allowed, rule: Rule::Mode.as_str(), count }
}

/// The reads of all plugins that came again since they were told, with their counts, which begin anew. For whoever
/// writes the activity log: now and then, and at the end.
///
/// Threads: any.
pub fn take_repeats() -> Vec<Activity> {
    Identity::known().iter().flat_map(|identity| identity.standing().repeats().take()).collect()
}

/// Eight bytes at a time: it is made for each file that is read. Paths that share a hash are counted as one.
fn hash(path: &[u8]) -> u64 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    let (words, rest) = path.as_chunks::<8>();
    let hash = words.iter().fold(path.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let hash = rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)));
    hash ^ hash >> 32
}
