//! Host calls: what plugins ask of the application, answered on its main thread.
//!
//! A call waits in a queue without the GIL. The application is asked, by the function it gave for posting, to look
//! into the queue; and whatever of ours waits on the main thread looks into it as well ([`wait`]), so that an
//! application may wait for a plugin that shows a message meanwhile. On the main thread a call is answered at once.
//!
//! One thing is not answered: a call while the main thread is inside of a plugin's code that does not return, which may
//! wait for the very thread that calls. Such a call is given up after a while ([`DeskOptions::patience`]), unless it
//! was taken already: then somebody may be reading a message, and it takes as long as it takes.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use matriline_registry::lock::{Condvar, Mutex};
use matriline_registry::{Slot, inside};

use crate::identity::host_call;
use crate::log;
use crate::panicked::panic_text;

/// What is done on the main thread.
type Act = Box<dyn FnOnce() + Send>;

/// Runs what it is given on the main thread, soon and in order.
pub type Post = Arc<dyn Fn(Act) + Send + Sync>;

/// How host calls are answered.
pub struct DeskOptions {
    /// The function that posts to the main thread; without one calls are answered on the thread that asks.
    pub post: Option<Post>,
    /// How long a call waits for a main thread that is inside of a plugin's code.
    pub patience: Duration,
}

/// Why a host call has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// There is no application, or it is going.
    #[error("OrcaSlicer application is not initialized")]
    NoApplication,
    /// The main thread is inside of a plugin's code.
    #[error(
        "The application did not take the call within {} s, because its main thread waits for a plugin: do not wait, in a method that the application calls, for a thread that uses `orca.host`",
        .0.as_secs_f64()
    )]
    NotTaken(Duration),
    /// Nobody answered in time.
    #[error("Nobody answered within {} s", .0.as_secs_f64())]
    TooLate(Duration),
    /// The application panicked.
    #[error("The application failed to answer: {0}")]
    Failed(String),
}

/// How often the main thread looks into the queue while it waits for something else.
const GLANCE: Duration = Duration::from_millis(1);

/// How often a call that waits looks at what the main thread does.
const LOOK: Duration = Duration::from_millis(50);

struct Desk {
    options: DeskOptions,
    main: ThreadId,
    /// Where the main thread says that it is inside of a plugin's code.
    slot: Option<&'static Slot>,
    /// None once the desk is closed.
    queue: Mutex<Option<VecDeque<Act>>>,
}

static DESK: Mutex<Option<Arc<Desk>>> = Mutex::new(None);

/// Opens the desk, in the place of one that is open. Host calls are answered until [`close`].
///
/// Threads: the main thread of the application.
pub fn open(options: DeskOptions) {
    close();
    let (main, slot) = (thread::current().id(), inside::slot());
    let desk = Desk { options, main, slot, queue: Mutex::new(Some(VecDeque::new())) };
    *DESK.lock() = Some(Arc::new(desk));
}

/// Refuses host calls from now on. Those that wait are given up.
pub fn close() {
    // What the application captured goes without the lock.
    let desk = DESK.lock().take();
    let Some(desk) = desk else { return };
    // What is dropped here tells those who wait for it.
    let waiting = desk.queue.lock().take();
    drop(waiting);
}

fn desk() -> Option<Arc<Desk>> {
    DESK.lock().clone()
}

/// Has the application answer, and waits for it, with the GIL released meanwhile.
///
/// # Errors
/// [`Unanswered`].
///
/// Threads: any.
pub fn ask<R: Send + 'static>(act: impl FnOnce() -> R + Send + 'static) -> Result<R, Unanswered> {
    let desk = desk().ok_or(Unanswered::NoApplication)?;
    host_call(|| {
        if desk.options.post.is_none() || thread::current().id() == desk.main {
            return run(act);
        }
        let call = Arc::new(Call { state: Mutex::new(State::Queued), moved: Condvar::default() });
        let asked = Asked(call.clone());
        desk.push(Box::new(move || asked.answer(act)))?;
        call.wait(&desk)
    })
}

/// As [`ask`], but the answer must come in time, whether or not the call was taken; a later one counts for nothing.
/// Without a function that posts it is answered on a thread of its own. On the main thread the limit cannot hold.
///
/// # Errors
/// [`Unanswered`].
///
/// Threads: any.
pub fn ask_within<R: Send + 'static>(
    limit: Duration,
    act: impl FnOnce() -> R + Send + 'static,
) -> Result<R, Unanswered> {
    let desk = desk().ok_or(Unanswered::NoApplication)?;
    host_call(|| {
        let call = Arc::new(Call { state: Mutex::new(State::Queued), moved: Condvar::default() });
        let asked = Asked(call.clone());
        match desk.options.post {
            Some(_) if thread::current().id() == desk.main => return run(act),
            Some(_) => desk.push(Box::new(move || asked.answer(act)))?,
            None => {
                let answering = thread::Builder::new().name("matriline-answer".into());
                let begun = answering.spawn(move || host_call(|| asked.answer(act)));
                begun.map_err(|error| Unanswered::Failed(error.to_string()))?;
            }
        }
        call.wait_within(limit)
    })
}

/// Has the application do something, later and in order, and does not wait for it.
///
/// Threads: any.
pub fn tell(act: impl FnOnce() + Send + 'static) {
    let Some(desk) = desk() else { return };
    let act = move || {
        if let Err(error) = run(act) {
            log::logged(|| tracing::error!(target: "matriline::call", "{error}"));
        }
    };
    match desk.options.post {
        Some(_) => drop(host_call(|| desk.push(Box::new(act)))),
        None => host_call(act),
    }
}

/// Waits on behalf of the application: `wait` waits until a moment at the most, or without limit, and answers once
/// what it waits for has happened. On the main thread host calls are answered meanwhile.
pub fn wait<R>(deadline: Option<Instant>, mut wait: impl FnMut(Option<Instant>) -> Option<R>) -> Option<R> {
    let desk = desk().filter(|desk| desk.options.post.is_some() && thread::current().id() == desk.main);
    let Some(desk) = desk else { return wait(deadline) };
    loop {
        host_call(|| desk.answer_all());
        let now = Instant::now();
        let until = deadline.map_or(now + GLANCE, |deadline| deadline.min(now + GLANCE));
        if let Some(answer) = wait(Some(until)) {
            return Some(answer);
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return None;
        }
    }
}

/// Runs a part of the application, whose panics end here.
fn run<R>(act: impl FnOnce() -> R) -> Result<R, Unanswered> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|panic| Unanswered::Failed(panic_text(&*panic).into()))
}

impl Desk {
    fn push(self: &Arc<Self>, act: Act) -> Result<(), Unanswered> {
        match &mut *self.queue.lock() {
            Some(queue) => queue.push_back(act),
            None => return Err(Unanswered::NoApplication),
        }
        let desk = self.clone();
        let answer = Box::new(move || host_call(|| desk.answer_all()));
        self.options.post.as_ref().map_or(Ok(()), |post| run(|| post(answer)))
    }

    /// Answers all calls that wait.
    fn answer_all(&self) {
        while let Some(act) = self.next() {
            act();
        }
    }

    fn next(&self) -> Option<Act> {
        self.queue.lock().as_mut()?.pop_front()
    }

    fn is_main_inside(&self) -> bool {
        self.slot.is_some_and(|slot| slot.0.load(Ordering::Relaxed) != 0)
    }
}

/// A call, seen by who waits for it and by who answers.
struct Call<R> {
    state: Mutex<State<R>>,
    moved: Condvar,
}

enum State<R> {
    Queued,
    Taken,
    Over(Result<R, Unanswered>),
    /// Nobody waits any more.
    Left,
}

/// The call as it stands in the queue. Dropped without an answer, it has none.
struct Asked<R>(Arc<Call<R>>);

impl<R> Asked<R> {
    fn answer(self, act: impl FnOnce() -> R) {
        {
            let mut state = self.0.state.lock();
            match &*state {
                State::Queued => *state = State::Taken,
                _ => return,
            }
        }
        let answer = run(act);
        self.0.over(answer);
    }
}

impl<R> Drop for Asked<R> {
    fn drop(&mut self) {
        self.0.over(Err(Unanswered::NoApplication));
    }
}

impl<R> Call<R> {
    /// The first answer counts.
    fn over(&self, answer: Result<R, Unanswered>) {
        let mut state = self.state.lock();
        if matches!(*state, State::Queued | State::Taken) {
            *state = State::Over(answer);
            self.moved.notify_all();
        }
    }

    /// A call that is given up before it was taken is not answered at all.
    fn wait_within(&self, limit: Duration) -> Result<R, Unanswered> {
        let deadline = Instant::now().checked_add(limit);
        let mut state = self.state.lock();
        loop {
            match std::mem::replace(&mut *state, State::Left) {
                State::Over(answer) => return answer,
                _ if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                    return Err(Unanswered::TooLate(limit));
                }
                now => *state = now,
            }
            match deadline {
                Some(deadline) => self.moved.wait_until(&mut state, deadline),
                None => self.moved.wait(&mut state),
            }
        }
    }

    fn wait(&self, desk: &Desk) -> Result<R, Unanswered> {
        let patience = desk.options.patience;
        // How long the main thread has been inside of a plugin, without a break.
        let mut inside_since = None;
        let mut state = self.state.lock();
        loop {
            match std::mem::replace(&mut *state, State::Left) {
                State::Over(answer) => return answer,
                now => *state = now,
            }
            match (&*state, desk.is_main_inside()) {
                (State::Queued, true) => {
                    let since = *inside_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= patience {
                        *state = State::Left;
                        return Err(Unanswered::NotTaken(patience));
                    }
                    self.moved.wait_until(&mut state, Instant::now() + LOOK.min(patience));
                }
                (State::Queued, false) => {
                    inside_since = None;
                    self.moved.wait_until(&mut state, Instant::now() + LOOK);
                }
                _ => self.moved.wait(&mut state),
            }
        }
    }
}
