//! What becomes of each plugin: one slot a key, held by whoever works on it.

use std::collections::HashMap;
use std::sync::Arc;

use matriline_orca::LoadedPlugin;
use matriline_registry::Entry;
use matriline_registry::lock::Mutex;

use crate::Error;
use crate::loading::Job;

/// The slots. A key without one is that of a plugin that is not loaded.
#[derive(Default)]
pub(crate) struct Slots(Mutex<HashMap<String, Slot>>);

struct Slot {
    state: State,
    /// A load that was asked for while the slot is taken, and begins when it is free.
    next: Option<Arc<Job>>,
}

enum State {
    /// A worker loads it, or will soon. The slot stays taken until the worker has stopped, also when it is cancelled.
    Loading(Arc<Job>),
    /// It is loaded.
    Loaded(LoadedPlugin),
    /// Some thread is unloading it.
    Unloading,
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
}

/// What unloading has to do.
pub(crate) enum Taken {
    /// Nothing: it is not loaded.
    NotLoaded,
    /// Nothing: it was being loaded, which is cancelled.
    Cancelled,
    /// Nothing: another thread does it.
    Unloading,
    /// The plugin, whose slot is taken until [`Slots::free`] or [`Slots::get_stuck`].
    Loaded(LoadedPlugin),
    /// The same, of one that was stuck.
    Stuck(Stuck),
}

impl Slots {
    pub(crate) fn ask(&self, job: Arc<Job>) -> Asked {
        let mut slots = self.0.lock();
        let Some(slot) = slots.get_mut(&job.key) else {
            let slot = Slot { state: State::Loading(job.clone()), next: None };
            slots.insert(job.key.clone(), slot);
            return Asked::Begin(job);
        };
        match &slot.state {
            State::Loaded(_) => Asked::Loaded,
            State::Stuck(Stuck { entries, .. }) => {
                let inside = entries.iter().max_by_key(|entry| entry.gate().inside());
                inside.map_or(Asked::Loaded, |entry| Asked::Stuck(entry.clone()))
            }
            State::Loading(running) if !running.is_cancelled() => Asked::Under(running.clone()),
            State::Loading(_) | State::Unloading => match &slot.next {
                Some(next) if !next.is_cancelled() => Asked::Under(next.clone()),
                _ => {
                    slot.set_next(Some(job.clone()));
                    Asked::Under(job)
                }
            },
        }
    }

    /// Makes what a job has loaded the plugin of its slot, with what `publish` does, unless the job was cancelled.
    pub(crate) fn commit(
        &self,
        job: &Job,
        plugin: LoadedPlugin,
        publish: impl FnOnce(),
    ) -> Result<(), LoadedPlugin> {
        let mut slots = self.0.lock();
        match slots.get_mut(&job.key) {
            Some(slot) if !job.is_cancelled() => {
                publish();
                slot.state = State::Loaded(plugin);
                Ok(())
            }
            _ => Err(plugin),
        }
    }

    /// Takes a plugin to unload it. `then` is loaded afterwards, in the place of any load that was asked for.
    pub(crate) fn take(&self, key: &str, then: Option<Arc<Job>>) -> Taken {
        let mut slots = self.0.lock();
        let Some(slot) = slots.get_mut(key) else { return Taken::NotLoaded };
        slot.set_next(then);
        match std::mem::replace(&mut slot.state, State::Unloading) {
            State::Loaded(plugin) => Taken::Loaded(plugin),
            State::Stuck(stuck) => Taken::Stuck(stuck),
            State::Unloading => Taken::Unloading,
            State::Loading(job) => {
                job.cancel();
                slot.state = State::Loading(job);
                Taken::Cancelled
            }
        }
    }

    /// The same, and takes the slot of a plugin that is not loaded as well ([`Taken::NotLoaded`]).
    pub(crate) fn occupy(&self, key: &str) -> Taken {
        let mut slots = self.0.lock();
        if !slots.contains_key(key) {
            slots.insert(key.into(), Slot { state: State::Unloading, next: None });
            return Taken::NotLoaded;
        }
        drop(slots);
        self.take(key, None)
    }

    /// The slot is free; answers the load that begins now.
    pub(crate) fn free(&self, key: &str) -> Option<Arc<Job>> {
        let mut slots = self.0.lock();
        let slot = slots.get_mut(key)?;
        match slot.next.take() {
            Some(job) => {
                slot.state = State::Loading(job.clone());
                Some(job)
            }
            None => {
                slots.remove(key);
                None
            }
        }
    }

    /// The plugin could not be unloaded; answers the load that waited for it.
    pub(crate) fn get_stuck(&self, key: &str, stuck: Stuck) -> Option<Arc<Job>> {
        let mut slots = self.0.lock();
        let slot = slots.get_mut(key)?;
        slot.state = State::Stuck(stuck);
        slot.next.take()
    }

    /// The load of a plugin that is under way or will begin.
    pub(crate) fn job(&self, key: &str) -> Option<Arc<Job>> {
        self.0.lock().get(key).and_then(Slot::job)
    }

    /// All loads that are under way or will begin.
    pub(crate) fn jobs(&self) -> Vec<Arc<Job>> {
        self.0.lock().values().filter_map(Slot::job).collect()
    }

    /// Cancels the loads of all plugins.
    pub(crate) fn cancel_all(&self) {
        for slot in self.0.lock().values_mut() {
            slot.set_next(None);
            if let State::Loading(job) = &slot.state {
                job.cancel();
            }
        }
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.0.lock().keys().cloned().collect();
        keys.sort();
        keys
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().is_empty()
    }

    /// What is loaded, stuck or not, for a loader that ends.
    pub(crate) fn drain(&self) -> (Vec<LoadedPlugin>, Vec<Stuck>) {
        let (mut loaded, mut all_stuck) = (Vec::new(), Vec::new());
        for slot in std::mem::take(&mut *self.0.lock()).into_values() {
            match slot.state {
                State::Loaded(plugin) => loaded.push(plugin),
                State::Stuck(stuck) => all_stuck.push(stuck),
                State::Loading(_) | State::Unloading => {}
            }
        }
        (loaded, all_stuck)
    }
}

impl Slot {
    /// A load that waited and gives its place up is over.
    fn set_next(&mut self, next: Option<Arc<Job>>) {
        if let Some(job) = std::mem::replace(&mut self.next, next) {
            let plugin = job.key.clone();
            job.end(Err(Error::Cancelled { plugin }));
            job.told();
        }
    }

    fn job(&self) -> Option<Arc<Job>> {
        let running = match &self.state {
            State::Loading(job) => Some(job),
            _ => None,
        };
        self.next.as_ref().or(running).cloned()
    }
}
