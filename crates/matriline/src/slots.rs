//! What becomes of each plugin: one slot a key, held by whoever works on it.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::Instant;

use matriline_capability::CapabilityId;
use matriline_orca::LoadedPlugin;
use matriline_registry::Entry;
use matriline_registry::lock::{Condvar, Mutex};

use crate::Error;
use crate::loading::Job;

/// The slots. A key without one is that of a plugin that is not loaded.
#[derive(Default)]
pub(crate) struct Slots {
    table: Mutex<Table>,
    /// A slot is not held by the thread any more that held it.
    let_go: Condvar,
}

#[derive(Default)]
struct Table {
    slots: HashMap<String, Slot>,
    /// Nothing is loaded any more.
    is_closed: bool,
}

struct Slot {
    state: State,
    /// A load that was asked for while the slot is taken, and begins when it is free.
    next: Option<Arc<Job>>,
}

enum State {
    /// A worker loads it, or will soon. The slot stays taken until the worker has stopped, also when it is cancelled.
    Loading(Arc<Job>),
    /// The load has succeeded, and that thread writes it down; it cannot be cancelled any more.
    Settled(Arc<Job>, ThreadId),
    /// It is loaded.
    Loaded(LoadedPlugin),
    /// That thread unloads it, or keeps it from being loaded.
    Unloading(ThreadId),
    /// Its capabilities are closed, but calls did not come out.
    Stuck(Stuck),
}

/// A plugin and its capabilities, which are closed; calls may still be inside.
pub(crate) struct Stuck {
    pub(crate) plugin: LoadedPlugin,
    pub(crate) entries: Vec<Arc<Entry>>,
}

/// What asking for a load leads to.
pub(crate) enum Asked {
    /// It is loaded.
    Loaded,
    /// This job begins now.
    Begin(Arc<Job>),
    /// This job is under way, or begins when the slot is free.
    Under(Arc<Job>),
    /// It was to be unloaded, and calls of this capability did not come out.
    Stuck(Arc<Entry>),
    /// The same, but they have come out by now: it is to be unloaded, and the job begins then.
    Finish(Stuck),
    /// Nothing is loaded any more.
    Closed,
}

/// What becomes of a load that waits for a slot.
pub(crate) enum Next {
    /// It stays.
    Stays,
    /// It ends: the plugin is to be off.
    Ends,
    /// This one waits in its place.
    Is(Arc<Job>),
}

/// What taking a slot has come to. One that is taken is the caller's until [`Slots::free`] or [`Slots::get_stuck`].
pub(crate) enum Taken {
    /// It is not loaded.
    NotLoaded,
    /// The plugin.
    Loaded(LoadedPlugin),
    /// The same, of one that was stuck.
    Stuck(Stuck),
    /// Not taken: it is being loaded, which is cancelled.
    Cancelled(Arc<Job>),
    /// Not taken: the load that was given begins when the thread that has it gives it free.
    Queued,
    /// Not taken: another thread has it.
    Busy,
    /// Not taken: the caller itself has it.
    Held,
}

impl Slots {
    pub(crate) fn ask(&self, job: Arc<Job>) -> Asked {
        let mut table = self.table.lock();
        if table.is_closed {
            return Asked::Closed;
        }
        let Some(slot) = table.slots.get_mut(&job.key) else {
            let slot = Slot { state: State::Loading(job.clone()), next: None };
            table.slots.insert(job.key.clone(), slot);
            return Asked::Begin(job);
        };
        match &slot.state {
            State::Loaded(_) => Asked::Loaded,
            State::Settled(running, _) => Asked::Under(running.clone()),
            State::Loading(running) if !running.is_cancelled() => Asked::Under(running.clone()),
            State::Loading(_) | State::Unloading(_) => match &slot.next {
                Some(next) if !next.is_cancelled() => Asked::Under(next.clone()),
                _ => {
                    slot.set_next(Some(job.clone()));
                    Asked::Under(job)
                }
            },
            State::Stuck(Stuck { entries, .. }) => {
                if let Some(entry) = entries.iter().find(|entry| entry.gate().inside() > 0) {
                    return Asked::Stuck(entry.clone());
                }
                slot.set_next(Some(job));
                match std::mem::replace(&mut slot.state, State::Unloading(thread::current().id())) {
                    State::Stuck(stuck) => Asked::Finish(stuck),
                    _ => unreachable!("it was stuck"),
                }
            }
        }
    }

    /// From now on a load has succeeded; false when it was cancelled before.
    pub(crate) fn settle(&self, job: &Arc<Job>) -> bool {
        let mut table = self.table.lock();
        match table.slots.get_mut(&job.key) {
            Some(slot) if !job.is_cancelled() => {
                slot.state = State::Settled(job.clone(), thread::current().id());
                true
            }
            _ => false,
        }
    }

    /// Makes what a settled load has loaded the plugin of its slot, with what `publish` does.
    pub(crate) fn commit(&self, key: &str, plugin: LoadedPlugin, publish: impl FnOnce()) {
        let mut table = self.table.lock();
        if let Some(slot) = table.slots.get_mut(key) {
            publish();
            slot.state = State::Loaded(plugin);
        }
        self.let_go.notify_all();
    }

    /// Takes the slot of a plugin, loaded or not, and waits so long for a thread that has it.
    pub(crate) fn take(&self, key: &str, next: &Next, deadline: Instant) -> Taken {
        let own = thread::current().id();
        let mut table = self.table.lock();
        loop {
            let is_closed = table.is_closed;
            let Some(slot) = table.slots.get_mut(key) else {
                let mut slot = Slot { state: State::Unloading(own), next: None };
                slot.apply(next, is_closed);
                table.slots.insert(key.into(), slot);
                return Taken::NotLoaded;
            };
            match std::mem::replace(&mut slot.state, State::Unloading(own)) {
                State::Loaded(plugin) => {
                    slot.apply(next, is_closed);
                    return Taken::Loaded(plugin);
                }
                State::Stuck(stuck) => {
                    slot.apply(next, is_closed);
                    return Taken::Stuck(stuck);
                }
                State::Loading(job) => {
                    job.cancel();
                    slot.state = State::Loading(job.clone());
                    slot.apply(next, is_closed);
                    return Taken::Cancelled(job);
                }
                State::Unloading(holder) if matches!(next, Next::Is(_)) => {
                    slot.state = State::Unloading(holder);
                    slot.apply(next, is_closed);
                    return Taken::Queued;
                }
                other @ (State::Settled(_, holder) | State::Unloading(holder)) => {
                    slot.state = other;
                    if matches!(next, Next::Ends) {
                        slot.set_next(None);
                    }
                    if holder == own {
                        return Taken::Held;
                    }
                    if Instant::now() >= deadline {
                        return Taken::Busy;
                    }
                }
            }
            self.let_go.wait_until(&mut table, deadline);
        }
    }

    /// The slot is free; answers the load that begins now.
    pub(crate) fn free(&self, key: &str) -> Option<Arc<Job>> {
        let mut table = self.table.lock();
        self.let_go.notify_all();
        let slot = table.slots.get_mut(key)?;
        match slot.next.take() {
            Some(job) => {
                slot.state = State::Loading(job.clone());
                Some(job)
            }
            None => {
                table.slots.remove(key);
                None
            }
        }
    }

    /// The plugin could not be unloaded; answers the load that waited for it.
    pub(crate) fn get_stuck(&self, key: &str, stuck: Stuck) -> Option<Arc<Job>> {
        let mut table = self.table.lock();
        self.let_go.notify_all();
        let slot = table.slots.get_mut(key)?;
        slot.state = State::Stuck(stuck);
        slot.next.take()
    }

    /// The load of a plugin that is under way or will begin.
    pub(crate) fn job(&self, key: &str) -> Option<Arc<Job>> {
        self.table.lock().slots.get(key).and_then(Slot::job)
    }

    /// All loads that are under way or will begin.
    pub(crate) fn jobs(&self) -> Vec<Arc<Job>> {
        self.table.lock().slots.values().filter_map(Slot::job).collect()
    }

    /// Refuses loads from now on, and cancels those of all plugins.
    pub(crate) fn close(&self) {
        let mut table = self.table.lock();
        table.is_closed = true;
        for slot in table.slots.values_mut() {
            slot.set_next(None);
            if let State::Loading(job) = &slot.state {
                job.cancel();
            }
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.table.lock().is_closed
    }

    /// Whether that capability is loaded and has a page for its configuration.
    pub(crate) fn has_config_ui(&self, id: &CapabilityId) -> bool {
        match self.table.lock().slots.get(&id.plugin_key).map(|slot| &slot.state) {
            Some(State::Loaded(plugin)) => plugin.has_config_ui(id),
            _ => false,
        }
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.table.lock().slots.keys().cloned().collect();
        keys.sort();
        keys
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.table.lock().slots.is_empty()
    }

    /// What is loaded, stuck or not, for a loader that ends.
    pub(crate) fn drain(&self) -> (Vec<LoadedPlugin>, Vec<Stuck>) {
        let (mut loaded, mut all_stuck) = (Vec::new(), Vec::new());
        for slot in std::mem::take(&mut self.table.lock().slots).into_values() {
            match slot.state {
                State::Loaded(plugin) => loaded.push(plugin),
                State::Stuck(stuck) => all_stuck.push(stuck),
                State::Loading(_) | State::Settled(..) | State::Unloading(_) => {}
            }
        }
        (loaded, all_stuck)
    }
}

impl Slot {
    fn apply(&mut self, next: &Next, is_closed: bool) {
        match next {
            Next::Stays => {}
            Next::Ends => self.set_next(None),
            Next::Is(job) if is_closed => {
                job.end(Err(Error::ShutDown));
                job.told();
            }
            Next::Is(job) => self.set_next(Some(job.clone())),
        }
    }

    /// A load that waited and gives its place up is over.
    fn set_next(&mut self, next: Option<Arc<Job>>) {
        let is_same = |former: &Arc<Job>| next.as_ref().is_some_and(|next| Arc::ptr_eq(next, former));
        if let Some(former) = std::mem::replace(&mut self.next, next.clone()).filter(|job| !is_same(job)) {
            let plugin = former.key.clone();
            former.end(Err(Error::Cancelled { plugin }));
            former.told();
        }
    }

    fn job(&self) -> Option<Arc<Job>> {
        let running = match &self.state {
            State::Loading(job) | State::Settled(job, _) => Some(job),
            _ => None,
        };
        self.next.as_ref().or(running).cloned()
    }
}
