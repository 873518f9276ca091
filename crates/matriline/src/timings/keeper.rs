//! Keeping the timings of all plugins, and watching over the budgets.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use matriline_capability::{CapabilityId, table};
use matriline_registry::lock::Mutex;
use matriline_registry::timing::{self, Overrun, Timings};
use matriline_registry::{Registry, Watch, inside};

use super::{Budgets, Measured, MethodTiming, OverBudget, Phase, PhaseTimings, PluginTimings};
use crate::events::Events;
use crate::marker::Marker;

/// Keeps the timings and watches over the budgets. There is one at a time, until [`end`](Self::end).
pub(crate) struct Timekeeper {
    events: Arc<Events>,
    budgets: Mutex<Budgets>,
    phases: Mutex<HashMap<String, PhaseTimings>>,
}

impl Timekeeper {
    /// One that tells of what took too long.
    pub(crate) fn new(events: Arc<Events>) -> Self {
        let told = events.clone();
        timing::set_hook(Some(Arc::new(move |overrun| exceeded(&told, overrun))));
        Self { events, budgets: Mutex::default(), phases: Mutex::default() }
    }

    /// What plugins may take from now on. `registry` holds the capabilities that are live.
    pub(crate) fn set_budgets(&self, budgets: Budgets, registry: &Registry) {
        *self.budgets.lock() = budgets;
        for entry in registry.plugins().iter().flat_map(|key| registry.of_plugin(key)) {
            entry.set_budget(budgets.call);
        }
    }

    /// What plugins may take.
    pub(crate) fn budgets(&self) -> Budgets {
        *self.budgets.lock()
    }

    /// How the calls of a capability are watched that is loaded now and records there.
    pub(crate) fn watch(&self, timings: &Arc<Timings>, number: u32) -> Watch {
        // A clock is only made where there is a budget.
        if let budget @ Some(_) = self.budgets().call {
            timings.set_budget(budget);
        }
        Watch { number, timings: timings.clone() }
    }

    /// Watches over calls no more.
    pub(crate) fn end(&self) {
        timing::set_hook(None);
    }

    /// Runs a phase of a plugin and records it.
    pub(crate) fn measure<R>(&self, plugin: &str, phase: Phase, body: impl FnOnce() -> R) -> R {
        let began = Instant::now();
        let answer = body();
        self.record(plugin, phase, began.elapsed());
        answer
    }

    /// Runs `body`, which says through [`Steps::enter`] where the plugin is: its phases are marked, and recorded when
    /// `body` has returned. No lock may be held.
    pub(crate) fn follow<R>(&self, marker: &Marker, plugin: &str, body: impl FnOnce(&Steps<'_>) -> R) -> R {
        let steps = Steps { marker, plugin, taken: RefCell::default(), begun: Cell::default() };
        let answer = inside::mark(0, || body(&steps));
        steps.end();
        for (phase, elapsed) in steps.taken.into_inner() {
            self.record(plugin, phase, elapsed);
        }
        answer
    }

    /// Records a phase of a plugin. Tells the application when it took too long, so no lock may be held.
    pub(crate) fn record(&self, plugin: &str, phase: Phase, elapsed: Duration) {
        self.phases.lock().entry(plugin.into()).or_default().of_mut(phase).add(elapsed);
        if let Some(budget) = self.budgets().of(phase).filter(|budget| elapsed > *budget) {
            let what = Measured::Phase(phase);
            self.events.over_budget(OverBudget { plugin: plugin.into(), what, elapsed, budget });
        }
    }

    /// What a plugin has taken. `registry` holds the capabilities that are live.
    pub(crate) fn timings(&self, plugin: &str, registry: &Registry) -> PluginTimings {
        let phases = self.phases.lock().get(plugin).copied().unwrap_or_default();
        let of_entry = |entry: &Arc<matriline_registry::Entry>| {
            let named = |(place, timing)| MethodTiming {
                capability: entry.id().clone(),
                method: method_name(entry.id(), place),
                timing,
            };
            entry.timings().into_iter().enumerate().map(named).collect::<Vec<_>>()
        };
        PluginTimings { phases, methods: registry.of_plugin(plugin).iter().flat_map(of_entry).collect() }
    }
}

/// The way of a plugin through its phases, on one thread.
pub(crate) struct Steps<'a> {
    marker: &'a Marker,
    plugin: &'a str,
    taken: RefCell<Vec<(Phase, Duration)>>,
    begun: Cell<Option<(Phase, Instant)>>,
}

impl Steps<'_> {
    /// The plugin leaves the phase it was in and enters this one.
    pub(crate) fn enter(&self, phase: Phase) {
        self.end();
        let number = phase.activity().map_or(0, |activity| self.marker.number(self.plugin, &activity));
        inside::remark(number);
        self.begun.set(Some((phase, Instant::now())));
    }

    fn end(&self) {
        if let Some((phase, began)) = self.begun.take() {
            self.taken.borrow_mut().push((phase, began.elapsed()));
        }
    }
}

/// Tells of a call that took too long.
fn exceeded(events: &Events, overrun: Overrun) {
    let Overrun { id, method, elapsed, budget } = overrun;
    // The budget may have gone meanwhile.
    let Some(budget) = budget else { return };
    let plugin = id.plugin_key.clone();
    let what = Measured::Call { method: method_name(&id, method), capability: id };
    events.over_budget(OverBudget { plugin, what, elapsed, budget });
}

fn method_name(id: &CapabilityId, place: usize) -> &'static str {
    table::method(id.kind, place).map_or("", |method| method.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Listener;
    use matriline_capability::{CallError, Capability, CapabilityType, Sink, Value};
    use matriline_registry::Entry;
    use matriline_registry::timing::Timing;
    use std::sync::Mutex as StdMutex;
    use tracing::Dispatch;

    /// The hook for calls is one for the process, so one keeper is at work at a time.
    static ONE: StdMutex<()> = StdMutex::new(());

    /// A capability that takes a millisecond.
    struct Sleeps(CapabilityId, Arc<Timings>);

    impl Capability for Sleeps {
        fn id(&self) -> &CapabilityId {
            &self.0
        }

        fn call(&self, method: usize, _: &[Value<'_>], _: Sink<'_>) -> Result<(), CallError> {
            let began = timing::now();
            std::thread::sleep(Duration::from_millis(1));
            if let Some(ticks) = self.1.record(method, began) {
                timing::exceeded(&self.0, method, &self.1, ticks);
            }
            Ok(())
        }
    }

    fn told(events: &Events) -> Arc<StdMutex<Vec<String>>> {
        let told = Arc::new(StdMutex::new(Vec::new()));
        let mine = told.clone();
        events.subscribe(Listener::OverBudget(Box::new(move |over| {
            mine.lock().unwrap().push(over.to_string());
        })));
        told
    }

    #[test]
    fn phases_are_added_up_and_told_of_beyond_the_budget() {
        let _one = ONE.lock().unwrap();
        let events = Arc::new(Events::new(None, Dispatch::none()));
        let told = told(&events);
        let keeper = Timekeeper::new(events);
        let second = Duration::from_secs(1);
        keeper.record("p", Phase::Import, second);
        keeper.set_budgets(Budgets { import: Some(second), ..Budgets::default() }, &Registry::default());
        keeper.record("p", Phase::Import, second);
        keeper.record("p", Phase::Import, 3 * second);
        keeper.record("p", Phase::OnLoad, 9 * second);
        assert_eq!(keeper.measure("p", Phase::OnUnload, || 5), 5);
        let phases = keeper.timings("p", &Registry::default()).phases;
        let import = Timing { count: 3, total: 5 * second, worst: 3 * second, last: 3 * second };
        assert_eq!(phases.import, import);
        assert_eq!(phases.of(Phase::Discover).count, 0);
        assert_eq!(phases.of(Phase::OnUnload).count, 1);
        assert_eq!(keeper.timings("q", &Registry::default()), PluginTimings::default());
        assert_eq!(*told.lock().unwrap(), ["Plugin `p` took 3.0s for `import`, and may take 1.0s"]);
    }

    #[test]
    fn the_steps_of_a_load_are_recorded_one_after_the_other() {
        let _one = ONE.lock().unwrap();
        let keeper = Timekeeper::new(Arc::default());
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("running"), "no folder, so no marker").unwrap();
        let (marker, _) = Marker::open(data.path());
        let answer = keeper.follow(&marker, "p", |steps| {
            steps.enter(Phase::Environment);
            steps.enter(Phase::Import);
            steps.enter(Phase::Register);
            7
        });
        assert_eq!(answer, 7);
        let phases = keeper.timings("p", &Registry::default()).phases;
        let counts = Phase::ALL.map(|phase| phases.of(phase).count);
        assert_eq!(counts, [0, 1, 1, 1, 0, 0]);
    }

    #[test]
    fn calls_are_named_and_told_of_beyond_the_budget() {
        let _one = ONE.lock().unwrap();
        let events = Arc::new(Events::new(None, Dispatch::none()));
        let keeper = Timekeeper::new(events.clone());
        let (registry, timings) = (Registry::default(), Arc::new(Timings::new(1)));
        let id = CapabilityId { kind: CapabilityType::Script, name: "a".into(), plugin_key: "p".into() };
        let watch = keeper.watch(&timings, 0);
        let entry = Arc::new(Entry::watched(Box::new(Sleeps(id.clone(), timings)), true, watch));
        registry.add("p", vec![entry.clone()]).unwrap();
        entry.capability().call(0, &[], &mut |_| ()).unwrap();
        let methods = keeper.timings("p", &registry).methods;
        assert_eq!((&methods[0].capability, methods[0].method), (&id, "execute"));
        assert_eq!((methods.len(), methods[0].timing.count), (1, 1));

        let told = told(&events);
        exceeded(&events, Overrun { id, method: 0, elapsed: Duration::from_secs(2), budget: None });
        keeper.set_budgets(Budgets { call: Some(Duration::from_micros(1)), ..Budgets::default() }, &registry);
        entry.capability().call(0, &[], &mut |_| ()).unwrap();
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 1);
        assert!(
            told[0].starts_with("Plugin `p` took ") && told[0].contains(" in `execute` of capability `a`"),
            "{told:?}"
        );
    }
}
