//! The activity log: a line for each act of a plugin, in `<data_dir>/log/activity.jsonl`.
//!
//! Acts are noted inside of the audit hook, so noting one is a look into a table in memory: equal acts of the same
//! moment are one line with a count, and when the table is full an act is only counted. A thread that starts with the
//! first act writes what the table holds, twice a second and at the end.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use matriline_policy::{Activity, AuditAct, Verdict};
use matriline_python::audit::take_repeats;
use matriline_python::{logged, logged_to};
use matriline_registry::lock::{Condvar, Mutex};
use tracing::Dispatch;

use super::activity_file::ActivityFile;
use crate::Error;

/// How many different acts wait to be written. What comes beyond is counted, and the count is written.
const MOST_WAITING: usize = 4096;

/// How long acts are gathered before they are written: repeats within that time are one line.
const GATHERING: Duration = Duration::from_millis(500);

/// How often reads that were counted where they happen are looked at while nothing else happens.
const COUNTING: Duration = Duration::from_secs(10);

/// How long an export waits for the writer.
const WRITING: Duration = Duration::from_secs(10);

/// What happened, but for when and how often.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Happened {
    pub(crate) act: AuditAct,
    pub(crate) verdict: Verdict,
    pub(crate) rule: &'static str,
}

/// A line to be.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) happened: Happened,
    /// When it happened first.
    pub(crate) time: Timestamp,
    /// How often.
    pub(crate) count: u64,
}

/// What is noted and not written yet.
#[derive(Default)]
struct Waiting {
    /// By what happened: its place in the order, when, how often.
    acts: HashMap<Happened, (usize, Timestamp, u64)>,
    dropped: u64,
    /// How many acts were noted, and how many of those are on the disk.
    noted: u64,
    written: u64,
    /// Somebody waits for the disk, or the end has come.
    is_urgent: bool,
    is_closed: bool,
    writer: Option<JoinHandle<()>>,
}

struct Shared {
    waiting: Mutex<Waiting>,
    noted: Condvar,
    written: Condvar,
    file: ActivityFile,
    /// Where the acts go as debug messages, if they do.
    verbose: Mutex<Option<Dispatch>>,
}

/// The log of one manager.
pub(crate) struct ActivityLog(Arc<Shared>);

impl ActivityLog {
    pub(crate) fn new(file: ActivityFile) -> Self {
        Self(Arc::new(Shared {
            waiting: Mutex::default(),
            noted: Condvar::default(),
            written: Condvar::default(),
            file,
            verbose: Mutex::default(),
        }))
    }

    /// Whether acts are debug messages in the application's log as well.
    pub(crate) fn set_verbose(&self, dispatch: Option<Dispatch>) {
        *self.0.verbose.lock() = dispatch;
    }

    /// Notes an act. Never waits for anything but other threads that note acts.
    pub(crate) fn note(&self, activity: Activity) {
        let mut waiting = self.0.waiting.lock();
        if waiting.is_closed {
            return;
        }
        waiting.add(activity);
        if waiting.writer.is_none() {
            let shared = self.0.clone();
            let writer = thread::Builder::new().name("matriline-activity".into());
            // without a thread acts wait, and are counted when there are too many
            waiting.writer = writer.spawn(move || shared.write_until_closed()).ok();
        }
        self.0.noted.notify_one();
    }

    /// Writes everything that was noted so far to one file, oldest first.
    ///
    /// # Errors
    /// [`Error::File`].
    pub(crate) fn export(&self, path: &std::path::Path) -> Result<(), Error> {
        self.flush();
        self.0.file.export(path)
    }

    /// Waits until what was noted so far is on the disk.
    pub(crate) fn flush(&self) {
        self.note_repeats();
        let deadline = Instant::now() + WRITING;
        let mut waiting = self.0.waiting.lock();
        let goal = waiting.noted;
        waiting.is_urgent = true;
        self.0.noted.notify_one();
        while waiting.written < goal && waiting.writer.is_some() && Instant::now() < deadline {
            self.0.written.wait_until(&mut waiting, deadline);
        }
    }

    /// Reads of a file that was read before are counted where they happen.
    fn note_repeats(&self) {
        take_repeats().into_iter().for_each(|read| self.note(read));
    }

    /// Writes what waits, and notes nothing more.
    pub(crate) fn close(&self) {
        self.note_repeats();
        let writer = {
            let mut waiting = self.0.waiting.lock();
            waiting.is_closed = true;
            self.0.noted.notify_one();
            waiting.writer.take()
        };
        // a log callback may end the manager on the writer itself; one that panicked has said so
        let others = writer.filter(|writer| writer.thread().id() != thread::current().id());
        let _ = others.map(JoinHandle::join);
    }
}

impl Drop for ActivityLog {
    fn drop(&mut self) {
        self.close();
    }
}

impl Waiting {
    fn add(&mut self, activity: Activity) {
        let Activity { act, verdict, rule, count } = activity;
        let (order, count) = (self.acts.len(), u64::from(count));
        self.noted += 1;
        match self.acts.entry(Happened { act, verdict, rule }) {
            Entry::Occupied(mut known) => known.get_mut().2 += count,
            Entry::Vacant(free) if order < MOST_WAITING => {
                free.insert((order, Timestamp::now(), count));
            }
            Entry::Vacant(_) => self.dropped += count,
        }
    }
}

impl Shared {
    fn write_until_closed(&self) {
        let mut has_failed = false;
        while let Some((lines, dropped, noted)) = self.gather() {
            let verbose = self.verbose.lock().clone();
            if let Some(dispatch) = &verbose {
                logged_to(dispatch, || lines.iter().for_each(Line::tell));
            }
            match self.file.append(&lines, dropped) {
                Ok(()) => has_failed = false,
                Err(error) if !has_failed => {
                    has_failed = true;
                    logged(|| {
                        tracing::warn!(target: "matriline::audit", "The activity of plugins is not written: {error}");
                    });
                }
                Err(_) => {}
            }
            self.waiting.lock().written = noted;
            self.written.notify_all();
        }
    }

    /// Waits for acts, and a little longer for their repeats. `None` when everything is written that ever will be.
    fn gather(&self) -> Option<(Vec<Line>, u64, u64)> {
        let mut waiting = self.waiting.lock();
        while waiting.acts.is_empty() {
            if waiting.is_closed {
                return None;
            }
            let until = Instant::now() + COUNTING;
            self.noted.wait_until(&mut waiting, until);
            if Instant::now() >= until {
                drop(waiting);
                let reads = take_repeats();
                waiting = self.waiting.lock();
                reads.into_iter().for_each(|read| waiting.add(read));
            }
        }
        let until = Instant::now() + GATHERING;
        while !waiting.is_closed && !waiting.is_urgent && Instant::now() < until {
            self.noted.wait_until(&mut waiting, until);
        }
        waiting.is_urgent = false;
        let mut acts: Vec<_> = std::mem::take(&mut waiting.acts).into_iter().collect();
        let (dropped, noted) = (std::mem::take(&mut waiting.dropped), waiting.noted);
        drop(waiting);
        acts.sort_unstable_by_key(|(_, (order, ..))| *order);
        let lines = acts.into_iter().map(|(happened, (_, time, count))| Line { happened, time, count });
        Some((lines.collect(), dropped, noted))
    }
}

impl Line {
    /// As a message in the application's log.
    fn tell(&self) {
        let Happened { act, verdict, rule } = &self.happened;
        let (plugin, event, targets) = (act.plugin_key.as_str(), &act.event, act.targets.join("`, `"));
        let decision = decision(*verdict);
        tracing::debug!(target: "matriline::audit", plugin, "[AUDIT EVENT] `{event}` of `{targets}` by plugin `{plugin}`: {decision} ({rule})");
    }
}

/// The word of a verdict in the log.
pub(crate) fn decision(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::Denied => "denied",
    }
}
