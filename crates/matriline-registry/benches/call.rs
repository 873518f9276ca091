//! What a call costs before it reaches a plugin: the gate, the mark, the clock, the record.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use criterion::Criterion;
use matriline_capability::{CallError, Capability, CapabilityId, CapabilityType, Sink, Value};
use matriline_registry::timing::{self, Timings};
use matriline_registry::{Entry, Slot, Watch, set_slots};

/// A capability that does nothing, and records it where it is told to.
struct Nothing {
    id: CapabilityId,
    timings: Option<Arc<Timings>>,
}

impl Capability for Nothing {
    fn id(&self) -> &CapabilityId {
        &self.id
    }

    fn call(&self, method: usize, _: &[Value<'_>], _: Sink<'_>) -> Result<(), CallError> {
        if let Some(timings) = &self.timings {
            black_box(timings.record(method, timing::now()));
        }
        Ok(())
    }
}

fn entry(watch: Watch, timings: Option<Arc<Timings>>) -> Arc<dyn Capability> {
    let id = CapabilityId { kind: CapabilityType::Script, name: "a".into(), plugin_key: "p".into() };
    Entry::watched(Box::new(Nothing { id, timings }), true, watch).capability()
}

fn measure(criterion: &mut Criterion, name: &str, capability: &Arc<dyn Capability>) {
    criterion.bench_function(name, |bench| bench.iter(|| black_box(capability).call(0, &[], &mut |_| ())));
}

fn unmarked(criterion: &mut Criterion) {
    measure(criterion, "call/gate", &entry(Watch::default(), None));
}

fn marked(criterion: &mut Criterion) {
    let timings = Arc::new(Timings::new(1));
    let watch = Watch { number: 7, timings: timings.clone() };
    measure(criterion, "call/gate, mark", &entry(watch.clone(), None));
    measure(criterion, "call/gate, mark, clock, record", &entry(watch, Some(timings)));
    criterion.bench_function("clock/ours", |bench| bench.iter(timing::now));
    criterion.bench_function("clock/system", |bench| bench.iter(std::time::Instant::now));
}

/// Each on a thread of its own: a thread asks for its slot once.
fn on_a_thread(body: fn(&mut Criterion)) {
    std::thread::scope(|scope| {
        scope.spawn(|| body(&mut Criterion::default().configure_from_args()));
    });
}

fn main() {
    on_a_thread(unmarked);
    set_slots((0..4).map(|_| Slot(AtomicU32::new(0))).collect::<Vec<_>>().leak());
    on_a_thread(marked);
    Criterion::default().configure_from_args().final_summary();
}
