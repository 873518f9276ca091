//! The event loop of an application that has no windows.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Act = Box<dyn FnOnce() + Send>;

/// Runs what is posted to it, on the thread that runs it. What it runs may run a clone of it, as modal windows do.
#[derive(Clone)]
pub struct MainLoop {
    sender: Sender<Act>,
    receiver: Arc<Mutex<Receiver<Act>>>,
}

impl MainLoop {
    /// One that nothing was posted to.
    #[expect(clippy::new_without_default, reason = "a loop belongs to the thread that makes it")]
    pub fn new() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver: Arc::new(Mutex::new(receiver)) }
    }

    /// A function that posts to it.
    pub fn post(&self) -> impl Fn(Act) + Send + Sync + 'static {
        let sender = self.sender.clone();
        // Whoever posts to a loop that is gone has nobody to tell.
        move |act| drop(sender.send(act))
    }

    /// Runs what is posted until `done` answers something, for half a minute at most.
    pub fn run_until<R>(&self, mut done: impl FnMut() -> Option<R>) -> R {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(answer) = done() {
                return answer;
            }
            assert!(Instant::now() < deadline, "nothing came of it in half a minute");
            self.run_one(Duration::from_millis(1));
        }
    }

    /// Runs what is posted until nothing has been for that long.
    pub fn run_until_quiet(&self, quiet: Duration) {
        while self.run_one(quiet) {}
    }

    /// Runs what was posted so far.
    pub fn run_posted(&self) {
        self.run_until_quiet(Duration::ZERO);
    }

    /// Waits so long for something to run; false when nothing came.
    fn run_one(&self, limit: Duration) -> bool {
        let next = self.receiver.lock().unwrap().recv_timeout(limit);
        next.map(|act| act()).is_ok()
    }
}
