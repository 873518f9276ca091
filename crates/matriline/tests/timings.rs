//! What is recorded of calls into Python, and who is told when they take too long.

use std::ffi::CString;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use matriline_capability::{CallError, Capability, CapabilityId, CapabilityType};
use matriline_policy::PlaceRules;
use matriline_python::identity::{Identity, IdentityOptions};
use matriline_python::{Interpreter, InterpreterOptions, PythonCapability};
use matriline_registry::timing::{self, Overrun};
use matriline_registry::{Entry, Watch};
use matriline_testkit::process_tests;
use pyo3::prelude::*;

/// A script capability whose `execute` has that body, behind its gate.
fn capability(body: &str) -> (Arc<PythonCapability>, Entry) {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    let made = Interpreter::with(|py| {
        matriline_orca::install(py)?;
        let code = format!(
            "import orca, time\n\
             class Script:\n    calls = 0\n    def execute(self):\n        self.calls += 1\n        {body}\n        \
             return orca.ExecutionResult.success()\n"
        );
        let module = PyModule::from_code(py, &CString::new(code)?, c"stamp.py", c"stamp")?
            .getattr("Script")?
            .call0()?;
        let id = CapabilityId { kind: CapabilityType::Script, name: "a".into(), plugin_key: "stamp".into() };
        let identity = Identity::new(IdentityOptions::new("stamp", PlaceRules::nothing()));
        let base = py.import("orca.script")?.getattr("ScriptPluginCapabilityBase")?.cast_into()?;
        PythonCapability::new(&module, id, identity, matriline_orca::PACKAGE, &base)
    });
    let body = Arc::new(made.unwrap().unwrap());
    let watch = Watch { number: 0, timings: body.timings().clone() };
    let entry = Entry::watched(Box::new(body.clone()), true, watch);
    (body, entry)
}

fn call(entry: &Entry) -> Result<(), CallError> {
    entry.capability().call(0, &[], &mut |_| ())
}

fn every_call_is_recorded_and_a_raising_one_too() {
    let (body, entry) = capability("assert self.calls != 3");
    let raised: Vec<_> = (0..4).map(|_| call(&entry).is_err()).collect();
    assert_eq!(raised, [false, false, true, false]);
    let timings = entry.timings();
    assert_eq!((timings.len(), timings[0].count), (1, 4));
    assert!(timings[0].worst >= timings[0].last && timings[0].total > timings[0].worst, "{timings:?}");
    entry.gate().set_enabled(false);
    assert!(call(&entry).is_err());
    assert_eq!(entry.timings()[0].count, 4, "a call that does not come through is none");
    Interpreter::with(|py| body.retire(py)).unwrap();
}

/// A plugin is not blamed for the others, which keep it waiting.
fn waiting_for_the_gil_is_not_recorded() {
    let (body, entry) = capability("pass");
    call(&entry).unwrap();
    let held = Duration::from_millis(300);
    let (ready, held_now) = mpsc::channel();
    std::thread::scope(|scope| {
        Interpreter::with(|_| {
            scope.spawn(|| {
                ready.send(()).unwrap();
                call(&entry).unwrap();
            });
            held_now.recv().unwrap();
            std::thread::sleep(held);
        });
    });
    let timing = entry.timings()[0];
    assert!(timing.count == 2 && timing.total < held / 2, "{timing:?}");
    Interpreter::with(|py| body.retire(py)).unwrap();
}

fn a_call_that_takes_too_long_is_told_of_without_the_gil() {
    let (body, entry) = capability("time.sleep(0.02 if self.calls == 2 else 0)");
    let told: Arc<Mutex<Vec<Overrun>>> = Arc::default();
    let mine = told.clone();
    timing::set_hook(Some(Arc::new(move |overrun| {
        // Another thread can have the GIL meanwhile.
        let other = std::thread::spawn(|| Interpreter::with(|_| ()).is_some());
        assert!(other.join().unwrap());
        mine.lock().unwrap().push(overrun);
    })));
    let budget = Some(Duration::from_millis(15));
    entry.set_budget(budget);
    call(&entry).unwrap();
    call(&entry).unwrap();
    entry.set_budget(None);
    call(&entry).unwrap();
    timing::set_hook(None);
    let told = told.lock().unwrap();
    let last = told.last().expect("the second call was told of");
    assert_eq!((&last.id, last.method), (entry.id(), 0));
    assert!(last.elapsed > Duration::from_millis(15), "{last:?}");
    assert!(entry.timings()[0].worst >= last.elapsed);
    Interpreter::with(|py| body.retire(py)).unwrap();
}

process_tests!(
    every_call_is_recorded_and_a_raising_one_too,
    waiting_for_the_gil_is_not_recorded,
    a_call_that_takes_too_long_is_told_of_without_the_gil,
);
