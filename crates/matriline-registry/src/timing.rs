//! What the calls of a capability have taken, and what they may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use matriline_capability::CapabilityId;

use crate::lock::Mutex;
use crate::sys::clock;
pub use crate::sys::clock::Moment;

/// What one method, or one act of a plugin's life, has taken so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// How often it was run to its end.
    pub count: u64,
    /// All of its runs together.
    pub total: Duration,
    /// The longest run.
    pub worst: Duration,
    /// The run that ended last.
    pub last: Duration,
}

impl Timing {
    /// Adds a run.
    pub fn add(&mut self, elapsed: Duration) {
        self.count += 1;
        self.total += elapsed;
        self.worst = self.worst.max(elapsed);
        self.last = elapsed;
    }
}

/// The timings of a capability's methods, and the budget of its calls.
///
/// Whoever runs the capability records, and does so under what orders its calls: for Python that is the GIL. A
/// record is then a handful of plain loads and stores. Records that nothing orders are safe, and may be lost. A
/// reader may see a run that is counted and not yet added up.
#[derive(Debug)]
pub struct Timings {
    /// In ticks.
    budget: AtomicU64,
    methods: Box<[Record]>,
}

/// A [`Timing`] in ticks.
#[derive(Debug, Default)]
struct Record {
    count: AtomicU64,
    total: AtomicU64,
    worst: AtomicU64,
    last: AtomicU64,
}

const NO_BUDGET: u64 = u64::MAX;

/// Now, on the clock of the call path.
#[inline]
pub fn now() -> Moment {
    clock::now()
}

impl Timings {
    /// For a capability with that many methods. It has no budget.
    pub fn new(methods: usize) -> Self {
        let methods = std::iter::repeat_with(Record::default).take(methods).collect();
        Self { budget: AtomicU64::new(NO_BUDGET), methods }
    }

    /// Records a run of a method that ends now. Answers by how much it was too long: the ticks it took, if they are
    /// more than the budget; pass them to [`exceeded`].
    #[inline]
    pub fn record(&self, method: usize, began: Moment) -> Option<u64> {
        let elapsed = began.ticks_since();
        if let Some(record) = self.methods.get(method) {
            record.add(elapsed);
        }
        (elapsed > self.budget.load(Ordering::Relaxed)).then_some(elapsed)
    }

    /// What the methods have taken so far, by their place in the table.
    pub fn read(&self) -> Vec<Timing> {
        self.methods.iter().map(Record::read).collect()
    }

    /// What a call may take from now on; `None` for as long as it likes.
    pub fn set_budget(&self, budget: Option<Duration>) {
        self.budget.store(budget.map_or(NO_BUDGET, clock::ticks), Ordering::Relaxed);
    }

    /// What a call may take.
    pub fn budget(&self) -> Option<Duration> {
        let ticks = self.budget.load(Ordering::Relaxed);
        (ticks != NO_BUDGET).then(|| clock::duration(ticks))
    }
}

impl Record {
    #[inline]
    fn add(&self, elapsed: u64) {
        let plus = |to: &AtomicU64, more: u64| {
            to.store(to.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
        };
        plus(&self.count, 1);
        plus(&self.total, elapsed);
        self.last.store(elapsed, Ordering::Relaxed);
        if elapsed > self.worst.load(Ordering::Relaxed) {
            self.worst.store(elapsed, Ordering::Relaxed);
        }
    }

    fn read(&self) -> Timing {
        let time = |ticks: &AtomicU64| clock::duration(ticks.load(Ordering::Relaxed));
        Timing {
            count: self.count.load(Ordering::Relaxed),
            total: time(&self.total),
            worst: time(&self.worst),
            last: time(&self.last),
        }
    }
}

/// A call that took longer than its budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overrun {
    /// The capability.
    pub id: CapabilityId,
    /// The place of the method in the table.
    pub method: usize,
    /// What the call took.
    pub elapsed: Duration,
    /// What it was to take at the most, if that is still so.
    pub budget: Option<Duration>,
}

/// Is told of calls that took too long.
pub type Hook = Arc<dyn Fn(Overrun) + Send + Sync>;

static HOOK: Mutex<Option<Hook>> = Mutex::new(None);

/// Sets who is told of calls that took too long, on the thread of the call, without the GIL; `None` for nobody.
pub fn set_hook(hook: Option<Hook>) {
    let former = std::mem::replace(&mut *HOOK.lock(), hook);
    // The last of a hook may drop what belongs to the application, so it goes without the lock.
    drop(former);
}

/// Tells of a call that took `ticks`, as [`Timings::record`] answered. Must run without the GIL.
#[cold]
pub fn exceeded(id: &CapabilityId, method: usize, timings: &Timings, ticks: u64) {
    let hook = HOOK.lock().clone();
    if let Some(hook) = hook {
        let elapsed = clock::duration(ticks);
        hook(Overrun { id: id.clone(), method, elapsed, budget: timings.budget() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_capability::CapabilityType;

    fn id() -> CapabilityId {
        CapabilityId { kind: CapabilityType::Script, name: "a".into(), plugin_key: "p".into() }
    }

    #[test]
    fn a_run_is_counted_added_and_compared() {
        let record = Record::default();
        [3_000_000, 9_000_000, 6_000_000].into_iter().for_each(|elapsed| record.add(elapsed));
        let found = record.read();
        assert_eq!(found.count, 3);
        assert_eq!(found.total, clock::duration(18_000_000));
        assert_eq!(found.worst, clock::duration(9_000_000));
        assert_eq!(found.last, clock::duration(6_000_000));
    }

    #[test]
    fn methods_are_recorded_apart() {
        let timings = Timings::new(2);
        assert_eq!(timings.record(1, now()), None);
        let counts: Vec<_> = timings.read().iter().map(|timing| timing.count).collect();
        assert_eq!(counts, [0, 1]);
    }

    #[test]
    fn a_method_that_is_not_there_is_not_recorded() {
        let timings = Timings::new(0);
        assert_eq!(timings.record(3, now()), None);
        assert_eq!(timings.read(), []);
    }

    #[test]
    fn without_a_budget_nothing_is_too_long() {
        let timings = Timings::new(1);
        let began = now();
        std::thread::sleep(Duration::from_millis(2));
        timings.set_budget(Some(Duration::from_micros(1)));
        assert!(timings.record(0, began).is_some());
        timings.set_budget(None);
        assert_eq!(timings.budget(), None);
        assert_eq!(timings.record(0, began), None);
    }

    #[test]
    fn the_hook_is_told_until_it_goes() {
        let told = Arc::new(parking_lot::Mutex::new(Vec::new()));
        let (timings, mine) = (Timings::new(1), told.clone());
        set_hook(Some(Arc::new(move |overrun| mine.lock().push((overrun.id, overrun.method)))));
        exceeded(&id(), 0, &timings, 7);
        set_hook(None);
        exceeded(&id(), 0, &timings, 7);
        assert_eq!(*told.lock(), [(id(), 0)]);
    }
}
