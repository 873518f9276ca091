//! Threads that load plugins.
//!
//! One works while the others wait: plugins that load quickly load one after the other, in the order they were asked
//! for, and do not fight for the GIL. Once a load takes longer than [`HEADSTART`], the next one no longer waits for it.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use matriline_registry::lock::{Condvar, Mutex};

/// How long a load keeps the next one waiting.
const HEADSTART: Duration = Duration::from_millis(20);
/// How long a thread waits for work before it ends.
const IDLE: Duration = Duration::from_secs(2);
/// How many loads may run at the same time.
const MOST_THREADS: usize = 32;

/// Must not panic.
type Task = Box<dyn FnOnce() + Send>;

/// The threads; they end by themselves when there is nothing to do.
#[derive(Clone, Default)]
pub(crate) struct Workers(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    pushed: Condvar,
    /// The last task has ended.
    idle: Condvar,
}

thread_local! {
    static IS_WORKER: Cell<bool> = const { Cell::new(false) };
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Task>,
    /// The number of each thread that runs a task, and when it began with it.
    running: Vec<(u64, Instant)>,
    threads: usize,
    last_number: u64,
}

impl Queue {
    fn is_idle(&self) -> bool {
        self.tasks.is_empty() && self.running.is_empty()
    }
}

impl Workers {
    /// Has a task done soon. False, and nothing is done, when no thread can be had.
    pub(crate) fn push(&self, task: impl FnOnce() + Send + 'static) -> bool {
        let mut queue = self.0.queue.lock();
        queue.tasks.push_back(Box::new(task));
        if queue.threads == queue.running.len() {
            self.add_thread(&mut queue);
        }
        if queue.threads == 0 {
            queue.tasks.pop_back();
            return false;
        }
        self.0.pushed.notify_one();
        true
    }

    /// Waits until no task runs or waits, so long at most: what a task holds is let go a moment after it has told of its
    /// end. Does nothing inside of a task.
    pub(crate) fn wait_until_idle(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let mut queue = self.0.queue.lock();
        while !(IS_WORKER.get() || queue.is_idle() || Instant::now() >= deadline) {
            self.0.idle.wait_until(&mut queue, deadline);
        }
    }

    fn add_thread(&self, queue: &mut Queue) {
        if queue.threads == MOST_THREADS {
            return;
        }
        queue.last_number += 1;
        let (workers, number) = (self.clone(), queue.last_number);
        let work = move || {
            IS_WORKER.set(true);
            while let Some(task) = workers.next(number) {
                task();
                let mut queue = workers.0.queue.lock();
                queue.running.retain(|(running, _)| *running != number);
                if queue.is_idle() {
                    workers.0.idle.notify_all();
                }
            }
        };
        let spawned = std::thread::Builder::new().name("plugin loader".into()).spawn(work);
        queue.threads += usize::from(spawned.is_ok());
    }

    /// The next task for this thread, which waits for its turn; `None` when it may end.
    fn next(&self, number: u64) -> Option<Task> {
        let idle_until = Instant::now() + IDLE;
        let mut queue = self.0.queue.lock();
        loop {
            let now = Instant::now();
            // the moment at which the youngest of the tasks that run has had its time
            let turn = queue.running.iter().map(|(_, begun)| *begun + HEADSTART).max().unwrap_or(now);
            if turn <= now
                && let Some(task) = queue.tasks.pop_front()
            {
                queue.running.push((number, now));
                if !queue.tasks.is_empty() && queue.threads == queue.running.len() {
                    self.add_thread(&mut queue);
                }
                return Some(task);
            }
            if queue.tasks.is_empty() && now >= idle_until {
                queue.threads -= 1;
                return None;
            }
            let until = if queue.tasks.is_empty() { idle_until } else { turn };
            self.0.pushed.wait_until(&mut queue, until);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn quick_tasks_run_in_their_order() {
        let workers = Workers::default();
        let (send, receive) = channel();
        for number in 0..50 {
            let send = send.clone();
            assert!(workers.push(move || send.send(number).unwrap()));
        }
        drop(send);
        assert_eq!(receive.iter().collect::<Vec<_>>(), (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn an_idle_moment_comes_when_tasks_have_let_go() {
        let workers = Workers::default();
        let held = Arc::new(());
        for _ in 0..20 {
            let (inside, again) = (held.clone(), workers.clone());
            workers.push(move || {
                again.wait_until_idle(Duration::from_secs(30));
                drop(inside);
            });
        }
        workers.wait_until_idle(Duration::from_secs(30));
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[test]
    fn a_slow_task_does_not_delay_the_others() {
        let workers = Workers::default();
        let ((finish, wait), (send, receive)) = (channel::<()>(), channel());
        let slow = send.clone();
        workers.push(move || {
            let _ = wait.recv();
            slow.send("slow").unwrap();
        });
        for _ in 0..3 {
            let send = send.clone();
            workers.push(move || send.send("quick").unwrap());
        }
        let mut done: Vec<_> = receive.iter().take(3).collect();
        finish.send(()).unwrap();
        done.extend(receive.iter().take(1));
        assert_eq!(done, ["quick", "quick", "quick", "slow"]);
    }
}
