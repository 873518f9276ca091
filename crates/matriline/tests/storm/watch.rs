//! What each thread of the storm is at, and the end of a storm in which one hangs.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use matriline::PluginManager;
use matriline::python::Interpreter;

/// The longest that an act may take: twice what the loader waits for a call.
const LIMIT: Duration = Duration::from_secs(20);

/// What the threads are at.
pub(crate) struct Watch {
    at: Vec<Mutex<(Instant, String)>>,
    pub(crate) acts: AtomicU64,
    stop: AtomicBool,
    problems: Mutex<Vec<String>>,
}

impl Watch {
    pub(crate) fn new(threads: usize) -> Self {
        // Python's stacks are written to stderr by a signal, whoever holds the GIL.
        let listen = c"import faulthandler, signal\nfaulthandler.register(signal.SIGUSR1, file=2)";
        Interpreter::with(|py| py.run(listen, None, None).unwrap());
        let at = std::iter::repeat_with(|| Mutex::new((Instant::now(), String::new())));
        Self {
            at: at.take(threads).collect(),
            acts: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            problems: Mutex::default(),
        }
    }

    /// The thread begins an act.
    pub(crate) fn begin(&self, thread: usize, act: String) {
        *self.at[thread].lock().unwrap() = (Instant::now(), act);
        self.acts.fetch_add(1, Ordering::Relaxed);
    }

    /// What the thread is at.
    pub(crate) fn act(&self, thread: usize) -> String {
        self.at[thread].lock().unwrap().1.clone()
    }

    /// Something is not as it must be: the storm ends.
    pub(crate) fn report(&self, problem: String) {
        self.problems.lock().unwrap().push(problem);
        self.stop.store(true, Ordering::Release);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Watches until `end`, and then until `is_done`. A thread that hangs ends the process with a report.
    pub(crate) fn keep(&self, end: Instant, manager: &PluginManager, is_done: impl Fn() -> bool) {
        while !is_done() {
            std::thread::sleep(Duration::from_millis(20));
            if Instant::now() >= end {
                self.stop.store(true, Ordering::Release);
            }
            let hangs = self.at.iter().any(|at| at.lock().unwrap().0.elapsed() > LIMIT);
            if hangs {
                self.tell(manager);
                std::process::abort();
            }
        }
    }

    /// Panics with all problems.
    pub(crate) fn judge(&self) {
        let problems = self.problems.lock().unwrap();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    #[allow(clippy::print_stderr, reason = "the report of a process that is about to abort")]
    fn tell(&self, manager: &PluginManager) {
        eprintln!("An act takes longer than {LIMIT:?}");
        for (thread, at) in self.at.iter().enumerate() {
            let (since, act) = &*at.lock().unwrap();
            eprintln!("thread {thread}: `{act}` for {:.1?}", since.elapsed());
        }
        let loader = manager.loader();
        eprintln!("being loaded: {:?}", loader.plugin_loads_in_progress());
        for key in loader.loaded_plugins() {
            for entry in loader.loaded_plugin_capabilities(&key) {
                eprintln!("loaded: {} with {} calls inside", entry.id(), entry.gate().inside());
            }
        }
        // SAFETY: sends this process a signal that has a handler.
        unsafe { libc::raise(libc::SIGUSR1) };
        let process = std::process::id().to_string();
        let native = ["-p", &process, "-batch", "-ex", "thread apply all backtrace 30"];
        match Command::new("gdb").args(native).output() {
            Ok(output) => eprintln!("{}", String::from_utf8_lossy(&output.stdout)),
            Err(error) => eprintln!("`gdb` cannot tell the native stacks: {error}"),
        }
    }
}
