//! Unloading: gates closed, calls waited for, `on_unload`, modules gone, subscribers told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use matriline_capability::CapabilityId;
use matriline_orca::LoadedPlugin;
use matriline_python::{desk, identity};
use matriline_registry::{Entry, inside};

use crate::cancelling::Telling;
use crate::events::Event;
use crate::loading::{Job, LoadOptions, Loading};
use crate::marker::Activity;
use crate::slots::{Next, Stuck, Taken};
use crate::timings::Phase;
use crate::{Error, PluginLoader};

/// How long unloading waits for calls to return.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What becomes of the wish that a plugin is loaded at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// It stays: the plugin goes for an update, an error, a shutdown.
    Keep,
    /// It ends: the application or its user wants the plugin off.
    End,
}

/// What a slot held that is given free.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Was {
    Loaded,
    Off,
}

impl PluginLoader {
    /// Unloads a plugin: closes its capabilities, waits for calls inside, runs `on_unload`, lets go of its modules. It
    /// is not loaded at the next start then. A load that is under way is cancelled. Unloading what is not loaded does
    /// nothing else. Inside of one of its own calls it is unloaded when the thread's outermost call returns.
    ///
    /// # Errors
    /// [`Error::StillRunning`] when calls do not return within ten seconds; the capabilities stay closed, and unloading
    /// can be tried again. [`Error::Busy`] when another thread that installs or unloads it is not done by then.
    pub fn unload_plugin(&self, key: &str) -> Result<(), Error> {
        self.unload(key, Wish::End, &Next::Ends, soon())
    }

    /// Unloads a plugin and loads it again, as its code is now; its capabilities stay enabled or disabled. One that is
    /// not loaded is loaded.
    pub fn reload_plugin(&self, key: &str) -> Loading {
        let job = Job::new(key, LoadOptions::default());
        match self.unload(key, Wish::Keep, &Next::Is(job.clone()), soon()) {
            Ok(()) => Loading(job),
            Err(error) => Loading(Job::ended(key, Err(error))),
        }
    }

    /// Unloads every plugin. What is enabled stays so.
    ///
    /// # Errors
    /// The first of [`unload_plugin`](Self::unload_plugin), within ten seconds for all together; the others are unloaded
    /// all the same.
    pub fn unload_all_plugins(&self) -> Result<(), Error> {
        self.unload_all(self.0.slots.keys())
    }

    /// Unloads the plugins that came from the cloud: the user has signed out. What is enabled stays so.
    ///
    /// # Errors
    /// As [`unload_all_plugins`](Self::unload_all_plugins).
    pub fn unload_cloud_plugins(&self) -> Result<(), Error> {
        let catalog = self.0.catalog.load_full();
        let of_cloud =
            |key: &String| catalog.get(key).is_some_and(|entry| entry.descriptor.is_cloud_plugin());
        self.unload_all(self.0.slots.keys().into_iter().filter(of_cloud).collect())
    }

    /// No call of any of them begins any more, so that all are waited for together.
    fn unload_all(&self, keys: Vec<String>) -> Result<(), Error> {
        let entries: Vec<_> = keys.iter().flat_map(|key| self.loaded_plugin_capabilities(key)).collect();
        entries.iter().for_each(|entry| self.leaves(entry.id()));
        entries.iter().for_each(|entry| entry.gate().close());
        let deadline = soon();
        let ended: Vec<_> =
            keys.iter().map(|key| self.unload(key, Wish::Keep, &Next::Ends, deadline)).collect();
        ended.into_iter().collect()
    }

    /// Unloads a plugin that raised, and keeps why. It stays enabled: the next start gives it another chance.
    pub(crate) fn unload_failed(&self, key: &str, error: &Error) {
        self.keep_error(key, Some(error.clone()));
        if let Err(error) = self.unload(key, Wish::Keep, &Next::Stays, soon()) {
            self.logged(|| tracing::warn!(target: "matriline::load", plugin = key, "{error}"));
        }
    }

    /// What waits for the plugin to be gone is `next`.
    fn unload(&self, key: &str, wish: Wish, next: &Next, deadline: Instant) -> Result<(), Error> {
        let inside = inside::plugin(key);
        // whoever has the slot may wait for the call that this thread is inside of
        let until = if inside { Instant::now() } else { deadline };
        let taken = self.take(key, next, until);
        if wish == Wish::End
            && let Some(entry) = self.0.catalog.load().get(key)
        {
            self.logged(|| self.0.wishes.turn_off(entry));
        }
        let stuck = match taken {
            Taken::NotLoaded => {
                self.release(key, &[], Was::Off);
                return Ok(());
            }
            Taken::Cancelled(_) | Taken::Queued => return Ok(()),
            Taken::Busy | Taken::Held if inside => return Ok(()),
            Taken::Busy | Taken::Held => return Err(Error::Busy { plugin: key.into() }),
            Taken::Loaded(plugin) => self.close_plugin(plugin),
            Taken::Stuck(stuck) => stuck,
        };
        if inside {
            let loader = self.clone();
            inside::defer(move || loader.finish_and_log(stuck));
            return Ok(());
        }
        self.finish(stuck, deadline)
    }

    /// Takes the slot of a plugin. While another thread has it, what that asks the application is answered.
    fn take(&self, key: &str, next: &Next, deadline: Instant) -> Taken {
        let take = |until: Option<Instant>| match self.0.slots.take(key, next, until.unwrap_or(deadline)) {
            Taken::Busy => None,
            taken => Some(taken),
        };
        identity::host_call(|| desk::wait(Some(deadline), take)).unwrap_or(Taken::Busy)
    }

    /// Does `act` while the plugin is not loaded and nobody can load it. Answers how it is to be loaded afterwards, if
    /// it was.
    pub(crate) fn while_unloaded<R>(
        &self,
        key: &str,
        act: impl FnOnce() -> R,
    ) -> Result<(Option<LoadOptions>, R), Error> {
        let busy = || Error::Busy { plugin: key.into() };
        if inside::plugin(key) {
            return Err(busy());
        }
        let deadline = soon();
        let mut again = None;
        let unloaded = loop {
            match self.take(key, &Next::Stays, deadline) {
                Taken::NotLoaded => break None,
                Taken::Loaded(plugin) => break Some(self.close_plugin(plugin)),
                Taken::Stuck(stuck) => break Some(stuck),
                Taken::Cancelled(job) => {
                    again = Some(job.options.clone());
                    if job.wait(Some(deadline)).is_none() {
                        self.load_plugin(key, job.options.clone());
                        return Err(busy());
                    }
                }
                Taken::Queued | Taken::Busy | Taken::Held => return Err(busy()),
            }
        };
        let was = if unloaded.is_some() { Was::Loaded } else { Was::Off };
        let entries = unloaded.map(|stuck| self.end_plugin(stuck, soon())).transpose()?;
        let answer = act();
        self.release(key, &entries.unwrap_or_default(), was);
        Ok((again.or((was == Was::Loaded).then(LoadOptions::default)), answer))
    }

    /// A capability is about to be unloaded or disabled: what goes on with it ends, while it can be told.
    pub(crate) fn leaves(&self, id: &CapabilityId) {
        self.agent_leaves(id);
        self.drawing_leaves(id);
    }

    fn close_plugin(&self, plugin: LoadedPlugin) -> Stuck {
        let key = plugin.identity().key();
        self.loaded_plugin_capabilities(key).iter().for_each(|entry| self.leaves(entry.id()));
        let entries = self.0.registry.remove(key);
        entries.iter().for_each(|entry| entry.gate().close());
        entries.iter().for_each(|entry| self.agent_is_gone(entry.id()));
        Stuck { plugin, entries }
    }

    fn finish(&self, stuck: Stuck, deadline: Instant) -> Result<(), Error> {
        let key = stuck.plugin.identity().key().to_owned();
        let entries = self.end_plugin(stuck, deadline)?;
        self.release(&key, &entries, Was::Loaded);
        Ok(())
    }

    /// The same where nobody takes the error.
    pub(crate) fn finish_and_log(&self, stuck: Stuck) {
        let key = stuck.plugin.identity().key().to_owned();
        if let Err(error) = self.finish(stuck, soon()) {
            self.logged(|| tracing::error!(target: "matriline::load", plugin = &*key, "{error}"));
        }
    }

    /// Waits for the calls inside, and ends the plugin.
    fn end_plugin(&self, stuck: Stuck, deadline: Instant) -> Result<Vec<Arc<Entry>>, Error> {
        let key = stuck.plugin.identity().key().to_owned();
        let telling = Telling::begin(&stuck, &self.0.dispatch);
        stuck.plugin.close_dialogs();
        let inside = |entry: &&Arc<Entry>| !wait_until_empty(entry, deadline);
        if let Some(error) =
            identity::host_call(|| stuck.entries.iter().find(inside)).map(|entry| still_running(entry))
        {
            if let Some(job) = self.0.slots.get_stuck(&key, stuck) {
                job.end(Err(error.clone()));
                job.told();
            }
            return Err(error);
        }
        identity::host_call(|| telling.wait(Instant::now() + PATIENCE));
        let Stuck { plugin, entries } = stuck;
        let loader = &self.0;
        self.logged(|| {
            loader.marker.during(&key, &Activity::Unloading, || {
                loader.timekeeper.measure(&key, Phase::OnUnload, || end(&key, plugin));
            });
        });
        Ok(entries)
    }

    /// Gives the slot free, tells the subscribers if it held a plugin, and begins the load that waits for it.
    fn release(&self, key: &str, entries: &[Arc<Entry>], was: Was) {
        let next = self.0.slots.free(key);
        if was == Was::Loaded {
            for entry in entries.iter().filter(|entry| entry.gate().is_enabled()) {
                self.tell(Event::CapabilityUnload(entry.id().clone()));
            }
            self.tell(Event::Unload(key.into()));
            self.tell(Event::Changed(key.into()));
        }
        next.into_iter().for_each(|job| self.begin(job));
    }
}

/// When waiting for calls ends that begins now.
fn soon() -> Instant {
    Instant::now() + PATIENCE
}

/// Waits for the calls inside, and answers what plugins ask the application meanwhile.
fn wait_until_empty(entry: &Entry, deadline: Instant) -> bool {
    let left = |until: Option<Instant>| {
        let limit = until.unwrap_or(deadline).saturating_duration_since(Instant::now());
        entry.gate().wait_until_empty(limit).then_some(())
    };
    desk::wait(Some(deadline), left).is_some()
}

pub(crate) fn still_running(entry: &Entry) -> Error {
    Error::StillRunning { id: entry.id().clone(), calls: entry.gate().inside() }
}

/// Runs `on_unload` and says what went wrong.
pub(crate) fn end(key: &str, plugin: LoadedPlugin) {
    let unloaded = plugin.unload();
    for (id, raised) in unloaded.raised {
        tracing::error!(target: "matriline::load", plugin = key, "Plugin on_unload failed: plugin `{key}` raised `{}` in `on_unload()` of capability `{}`: {}\n{}", raised.kind, id.name, raised.message, raised.traceback);
    }
    warn_of_threads(key, &unloaded.threads);
    tracing::info!(target: "matriline::load", plugin = key, "Unloaded plugin `{key}`");
}

/// Names the threads that a plugin left.
pub(crate) fn warn_of_threads(key: &str, threads: &[String]) {
    if !threads.is_empty() {
        let threads = threads.join(", ");
        tracing::warn!(target: "matriline::load", plugin = key, "Plugin `{key}` left threads running: {threads}; stop them in `on_unload()`");
    }
}
