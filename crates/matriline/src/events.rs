//! Who is told of what.
//!
//! Subscribers are called in the order of their subscription, on the thread the application chose, as the application
//! and without the GIL. They may subscribe, unsubscribe, load and unload: no lock is held, and an event goes to those
//! who had subscribed when it happened. One that panics is logged, and the others are called all the same.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use matriline_capability::CapabilityId;
use matriline_python::identity::host_call;
use matriline_python::{logged_to, panic_text};
use matriline_registry::lock::Mutex;
use tracing::Dispatch;

use crate::timings::OverBudget;

/// Runs what it is given on the thread of the application that is to be told of events, soon and in order: it puts
/// it into the application's event loop. Called on any thread; it must not wait for what it is given.
pub type Post = Arc<dyn Fn(Box<dyn FnOnce() + Send>) + Send + Sync>;

/// What a subscriber gives back to be called no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subscription(u64);

impl Subscription {
    /// As a number, for surfaces that have no types. No two subscriptions of a process have the same.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The subscription of a number.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The load of that plugin has ended, well or not.
    Load(String),
    /// That plugin was unloaded.
    Unload(String),
    /// That capability was loaded enabled, or was enabled.
    CapabilityLoad(CapabilityId),
    /// That capability was disabled, or unloaded while it was enabled.
    CapabilityUnload(CapabilityId),
    /// Something of that plugin changed that a list of plugins shows.
    Changed(String),
    /// Something took longer than its budget; see [`Events::over_budget`].
    OverBudget(OverBudget),
}

/// What a subscriber wants to be told of, and how.
pub(crate) enum Listener {
    Load(Box<dyn Fn(&str) + Send + Sync>),
    Unload(Box<dyn Fn(&str) + Send + Sync>),
    CapabilityLoad(Box<dyn Fn(&CapabilityId) + Send + Sync>),
    CapabilityUnload(Box<dyn Fn(&CapabilityId) + Send + Sync>),
    Changed(Box<dyn Fn(&str) + Send + Sync>),
    OverBudget(Box<dyn Fn(&OverBudget) + Send + Sync>),
}

struct Subscriber {
    token: Subscription,
    /// Not unsubscribed.
    active: AtomicBool,
    listener: Listener,
}

/// All subscribers of a manager.
#[derive(Default)]
pub(crate) struct Events {
    post: Option<Post>,
    dispatch: Dispatch,
    subscribers: Mutex<Vec<Arc<Subscriber>>>,
}

impl Events {
    /// Without subscribers. Without `post` they are called where the event happens; what goes wrong is said to
    /// `dispatch`.
    pub(crate) fn new(post: Option<Post>, dispatch: Dispatch) -> Self {
        Self { post, dispatch, subscribers: Mutex::default() }
    }

    /// Adds a subscriber, who is told from the next event on.
    pub(crate) fn subscribe(&self, listener: Listener) -> Subscription {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let token = Subscription(NEXT.fetch_add(1, Ordering::Relaxed));
        let active = AtomicBool::new(true);
        self.subscribers.lock().push(Arc::new(Subscriber { token, active, listener }));
        token
    }

    /// Calls a subscriber no more, not even for an event that is being told. A call that has begun goes on. Answers
    /// whether it had subscribed.
    pub(crate) fn unsubscribe(&self, token: Subscription) -> bool {
        let removed = {
            let mut subscribers = self.subscribers.lock();
            let place = subscribers.iter().position(|subscriber| subscriber.token == token);
            place.map(|place| subscribers.remove(place))
        };
        // What the application captured goes without the lock.
        removed.inspect(|subscriber| subscriber.active.store(false, Ordering::Release)).is_some()
    }

    /// Calls nobody any more, not even for an event that waits in the application's loop.
    pub(crate) fn end(&self) {
        let all = std::mem::take(&mut *self.subscribers.lock());
        // What the application captured goes without the lock.
        all.iter().for_each(|subscriber| subscriber.active.store(false, Ordering::Release));
    }

    /// Something took longer than its budget, which is also a warning in the log.
    pub(crate) fn over_budget(&self, over: OverBudget) {
        logged_to(&self.dispatch, || {
            tracing::warn!(target: "matriline::timing", plugin = &*over.plugin, "{over}");
        });
        self.tell(Event::OverBudget(over));
    }

    /// Tells everybody who wants to know.
    pub(crate) fn tell(&self, event: Event) {
        let all = self.subscribers.lock().clone();
        let told: Vec<_> = all.into_iter().filter(|subscriber| subscriber.listener.wants(&event)).collect();
        if told.is_empty() {
            return;
        }
        let dispatch = self.dispatch.clone();
        let tell = move || logged_to(&dispatch, || host_call(|| tell_all(&told, &event)));
        match &self.post {
            None => tell(),
            Some(post) => {
                let posted = catch_unwind(AssertUnwindSafe(|| host_call(|| post(Box::new(tell)))));
                if let Err(panic) = posted {
                    let problem = panic_text(&*panic);
                    logged_to(&self.dispatch, || {
                        tracing::error!(target: "matriline::events", "An event was lost, because the application's function for posting failed: {problem}");
                    });
                }
            }
        }
    }
}

fn tell_all(subscribers: &[Arc<Subscriber>], event: &Event) {
    for subscriber in subscribers {
        if !subscriber.active.load(Ordering::Acquire) {
            continue;
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| subscriber.listener.tell(event))) {
            let (what, about) = event.describe();
            let problem = panic_text(&*panic);
            tracing::error!(
                target: "matriline::events",
                plugin = event.plugin(),
                "Plugin {what} callback failed for `{about}`: {problem}"
            );
        }
    }
}

impl Listener {
    fn wants(&self, event: &Event) -> bool {
        use Listener::{CapabilityLoad, CapabilityUnload, Changed, Load, OverBudget, Unload};
        matches!(
            (self, event),
            (Load(_), Event::Load(_))
                | (Unload(_), Event::Unload(_))
                | (CapabilityLoad(_), Event::CapabilityLoad(_))
                | (CapabilityUnload(_), Event::CapabilityUnload(_))
                | (Changed(_), Event::Changed(_))
                | (OverBudget(_), Event::OverBudget(_))
        )
    }

    fn tell(&self, event: &Event) {
        match (self, event) {
            (Self::Load(act), Event::Load(key))
            | (Self::Unload(act), Event::Unload(key))
            | (Self::Changed(act), Event::Changed(key)) => act(key),
            (Self::CapabilityLoad(act), Event::CapabilityLoad(id))
            | (Self::CapabilityUnload(act), Event::CapabilityUnload(id)) => act(id),
            (Self::OverBudget(act), Event::OverBudget(over)) => act(over),
            // Only those are told who want it.
            _ => {}
        }
    }
}

impl Event {
    /// The words of a message: what failed, and for whom.
    fn describe(&self) -> (&'static str, String) {
        let capability = |id: &CapabilityId| format!("{}/{}", id.plugin_key, id.name);
        match self {
            Self::Load(key) => ("load completion", key.clone()),
            Self::Unload(key) => ("unload completion", key.clone()),
            Self::CapabilityLoad(id) => ("capability load", capability(id)),
            Self::CapabilityUnload(id) => ("capability unload", capability(id)),
            Self::Changed(key) => ("change", key.clone()),
            Self::OverBudget(over) => ("budget", over.plugin.clone()),
        }
    }

    fn plugin(&self) -> &str {
        match self {
            Self::Load(key) | Self::Unload(key) | Self::Changed(key) => key,
            Self::CapabilityLoad(id) | Self::CapabilityUnload(id) => &id.plugin_key,
            Self::OverBudget(over) => &over.plugin,
        }
    }
}

#[cfg(test)]
mod tests;
