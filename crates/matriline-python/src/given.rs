//! What plugins have given to the application: windows they have opened, functions to be called back. It ends with them.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use matriline_registry::lock::{Condvar, Mutex};
use pyo3::prelude::*;

use crate::desk;
use crate::exception::raised;
use crate::identity::{Captured, Identity, host_call};
use crate::interpreter::Interpreter;
use crate::log::logged;

/// Something that a plugin has opened.
pub trait Opened: Send + Sync {
    /// Who opened it.
    fn maker(&self) -> &Captured;

    /// Closes it without telling the plugin, and lets go of the plugin's functions.
    fn end(&self, py: Python<'_>);

    /// Closes it if a thread of the plugin waits for that.
    fn dismiss(&self) {}
}

static OPENED: Mutex<Vec<Arc<dyn Opened>>> = Mutex::new(Vec::new());

/// The number of the next window, from 1.
pub fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// It is there until it is forgotten, or ends with its plugin.
pub fn remember(opened: Arc<dyn Opened>) {
    OPENED.lock().push(opened);
}

/// It is over, and its functions were let go of.
pub fn forget(opened: &dyn Opened) {
    let same = |other: &Arc<dyn Opened>| std::ptr::addr_eq(Arc::as_ptr(other), std::ptr::from_ref(opened));
    let gone = {
        let mut all = OPENED.lock();
        all.iter().position(same).map(|place| all.swap_remove(place))
    };
    drop(gone);
}

/// Lets go of what the application has let go of: a notification that nobody can click any more.
pub fn sweep(py: Python<'_>) {
    let gone: Vec<_> = OPENED.lock().extract_if(.., |opened| Arc::strong_count(opened) == 1).collect();
    for opened in gone {
        opened.end(py);
    }
}

fn is_of(opened: &dyn Opened, identity: &Arc<Identity>) -> bool {
    opened.maker().plugin().is_some_and(|maker| Arc::ptr_eq(maker, identity))
}

/// Closes the dialogs of a plugin that is to be unloaded, so that calls return that wait for them.
pub fn dismiss(identity: &Arc<Identity>) {
    let its: Vec<_> = OPENED.lock().iter().filter(|opened| is_of(&***opened, identity)).cloned().collect();
    its.iter().for_each(|opened| opened.dismiss());
}

/// Closes what a plugin has opened, and waits a while for its functions that run.
pub fn release(py: Python<'_>, identity: &Arc<Identity>) {
    let its: Vec<_> = OPENED.lock().extract_if(.., |opened| is_of(&**opened, identity)).collect();
    for opened in its {
        opened.end(py);
    }
    if INSIDE.get() == 0 {
        let number = number(identity);
        let deadline = Instant::now() + PATIENCE;
        host_call(|| desk::wait(Some(deadline), |until| wait_until_left(number, until)));
    }
}

/// How long unloading waits for functions that run.
const PATIENCE: Duration = Duration::from_secs(2);

thread_local! {
    /// How many functions of plugins, called back, this thread is inside of.
    static INSIDE: Cell<usize> = const { Cell::new(0) };
}

/// The loads whose functions run, each as often as it has some.
static RUNNING: Mutex<Vec<usize>> = Mutex::new(Vec::new());
static LEFT: Condvar = Condvar::new();

fn number(identity: &Arc<Identity>) -> usize {
    Arc::as_ptr(identity).addr()
}

fn wait_until_left(number: usize, until: Option<Instant>) -> Option<()> {
    let mut running = RUNNING.lock();
    while running.contains(&number) {
        match until {
            Some(until) if Instant::now() >= until => return None,
            Some(until) => LEFT.wait_until(&mut running, until),
            None => LEFT.wait(&mut running),
        }
    }
    Some(())
}

/// A function of a plugin runs on this thread until this goes.
struct Inside(Option<usize>);

impl Inside {
    fn enter(maker: &Captured) -> Self {
        let number = maker.plugin().map(number);
        RUNNING.lock().extend(number);
        INSIDE.set(INSIDE.get() + 1);
        Self(number)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(INSIDE.get() - 1);
        let mut running = RUNNING.lock();
        if let Some(place) = running.iter().position(|number| Some(*number) == self.0) {
            running.swap_remove(place);
        }
        LEFT.notify_all();
    }
}

/// Calls a function back, as who made it. `find` answers it, unless it is gone; `call` calls it. What it raises is
/// logged.
pub fn call_back(
    maker: &Captured,
    what: &str,
    find: impl FnOnce(Python<'_>) -> Option<Py<PyAny>>,
    call: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<()>,
) {
    let _inside = Inside::enter(maker);
    let run = |py: Python<'_>| {
        let Some(function) = find(py) else { return };
        maker.run(py, || {
            let function = function.into_bound(py);
            if let Err(error) = call(&function) {
                let raised = raised(py, &error);
                let plugin = maker.plugin().map_or("", |plugin| plugin.key());
                logged(|| {
                    tracing::error!(target: "matriline::call", plugin, "Plugin `{plugin}` raised `{}` in `{what}`: {}\n{}", raised.kind, raised.message, raised.traceback);
                });
            }
        });
    };
    Interpreter::with(run);
}
