//! What threads say they run. One test, since slots are given once in a process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use matriline_capability::{CallError, Capability, CapabilityId, CapabilityType, Sink, Value};
use matriline_registry::{Entry, Slot, Watch, inside, set_slots};

static TWO: [Slot; 2] = [Slot(AtomicU32::new(0)), Slot(AtomicU32::new(0))];

fn numbers() -> [u32; 2] {
    [0, 1].map(|place| TWO[place].0.load(Ordering::Relaxed))
}

fn on_a_thread<R: Send>(body: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| scope.spawn(body).join().unwrap())
}

/// A capability that checks the slots while it is called.
struct Expects(CapabilityId, [u32; 2]);

impl Capability for Expects {
    fn id(&self) -> &CapabilityId {
        &self.0
    }

    fn call(&self, _: usize, _: &[Value<'_>], _: Sink<'_>) -> Result<(), CallError> {
        assert_eq!(numbers(), self.1);
        Ok(())
    }
}

fn call(number: u32, expected: [u32; 2]) {
    let id = CapabilityId { kind: CapabilityType::Script, name: "a".into(), plugin_key: "p".into() };
    let watch = Watch { number, ..Watch::default() };
    let entry = Arc::new(Entry::watched(Box::new(Expects(id, expected)), true, watch));
    entry.capability().call(0, &[], &mut |_| ()).unwrap();
}

#[test]
fn threads_say_what_they_run_as_long_as_there_are_slots() {
    on_a_thread(|| inside::mark(9, || assert_eq!(numbers(), [0, 0])));
    assert!(set_slots(&TWO));
    assert!(!set_slots(&TWO));
    on_a_thread(|| {
        inside::mark(5, || {
            call(6, [6, 0]);
            assert_eq!(numbers(), [5, 0]);
            on_a_thread(|| inside::mark(7, || assert_eq!(numbers(), [5, 7])));
            assert_eq!(numbers(), [5, 0]);
            inside::mark(1, || {
                inside::remark(2);
                assert_eq!(numbers(), [2, 0]);
            });
            assert_eq!(numbers(), [5, 0]);
            // The slot that was given back is taken again; the third thread has none.
            on_a_thread(|| inside::mark(8, || on_a_thread(|| call(9, [5, 8]))));
        });
        assert_eq!(numbers(), [0, 0]);
        let panics = std::panic::catch_unwind(|| inside::mark(4, || panic!("on purpose")));
        assert!(panics.is_err());
        assert_eq!(numbers(), [0, 0]);
    });
}
