//! Looks at all plugin folders, on all processors.

use crate::memory::{Memory, Remembered, RootMemory};
use crate::read::{Reader, Seen};
use crate::root::{self, Candidate, Root};
use crate::stamp::Limit;
use crate::sys::{Folder, ListBuffer};
use crate::{CatalogEntry, ScanControl, ScanOptions};
use matriline_manifest::Problem;
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

/// How many folders a thread takes at a time; too few for a second thread to pay.
const CHUNK: usize = 64;
/// More threads wait for the file system only.
const MAX_THREADS: usize = 8;

/// What a scan has found.
pub(crate) struct Found {
    pub(crate) roots: Vec<Root>,
    /// In the order of the roots, then of the names.
    pub(crate) entries: Vec<Arc<CatalogEntry>>,
    /// The places of the entries that were read anew, and how long each took.
    pub(crate) readings: Vec<(usize, Duration)>,
    pub(crate) problems: Vec<Problem>,
    /// Empty without a limit.
    pub(crate) memory: Memory,
    /// Whether the memory differs from that of the scan before.
    pub(crate) is_news: bool,
}

/// Scans the roots. What `before` tells is not read again; with a `limit`, the scan leaves a memory of its own.
/// `None` if it was cancelled.
pub(crate) fn scan(
    data_dir: &Path,
    options: &ScanOptions,
    before: &Memory,
    limit: Option<Limit>,
    control: &ScanControl,
) -> Option<Found> {
    let mut problems = Vec::new();
    let roots = root::list(data_dir, options, &mut problems, &mut ListBuffer::new());
    let total = roots.iter().map(|root| root.candidates.len()).sum();
    control.begin(total);

    let fingerprint = options.fingerprint();
    let is_usable = before.fingerprint == fingerprint;
    let (mut entries, mut readings) = (Vec::with_capacity(total), Vec::new());
    let mut memory = Memory { fingerprint, roots: Vec::new() };
    let (mut same, mut settled) = (0, 0);
    for root in &roots {
        let before = before.root(&root.user).filter(|_| is_usable);
        let mut plugins = Vec::new();
        for seen in look_at_all(root, before, options, limit, control) {
            let remembered = match seen {
                Seen::Nothing => continue,
                Seen::Unsettled(entry, took) => {
                    readings.push((entries.len(), took));
                    entries.push(entry);
                    continue;
                }
                Seen::Same(remembered) => {
                    same += 1;
                    remembered
                }
                Seen::Settled(remembered, took) => {
                    readings.push((entries.len(), took));
                    settled += 1;
                    remembered
                }
            };
            entries.push(remembered.entry.clone());
            plugins.push(remembered);
        }
        plugins.shrink_to_fit();
        memory.roots.push(RootMemory { user: root.user.clone(), plugins });
    }
    if control.is_cancelled() {
        return None;
    }
    entries.shrink_to_fit();
    let known: usize = before.roots.iter().map(|root| root.plugins.len()).sum();
    let is_news = settled > 0 || same != known;
    Some(Found { roots, entries, readings, problems, memory, is_news })
}

/// In the order of the candidates; fewer if the scan is cancelled.
fn look_at_all(
    root: &Root,
    before: Option<&RootMemory>,
    options: &ScanOptions,
    limit: Option<Limit>,
    control: &ScanControl,
) -> impl Iterator<Item = Seen> {
    let candidates = &root.candidates;
    let work = Work {
        root,
        before: before.map(|before| before.of_each(candidates)),
        next: AtomicUsize::new(0),
        control,
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MAX_THREADS);
    let helpers = threads.min(candidates.len() / CHUNK).saturating_sub(1);
    let work_here = || work.run(Reader::new(options, limit));
    let mut chunks = thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers)
            // where no thread can be had, this one does all
            .filter_map(|_| {
                thread::Builder::new().name("plugin scan".into()).spawn_scoped(scope, work_here).ok()
            })
            .collect();
        let mut chunks = work_here();
        for helper in helpers {
            match helper.join() {
                Ok(others) => chunks.extend(others),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        chunks
    });
    chunks.sort_unstable_by_key(|(start, _)| *start);
    chunks.into_iter().flat_map(|(_, seen)| seen)
}

/// The candidates of one root, taken chunk by chunk by whichever thread is free.
struct Work<'s> {
    root: &'s Root,
    before: Option<Vec<Option<&'s Remembered>>>,
    next: AtomicUsize,
    control: &'s ScanControl,
}

impl Work<'_> {
    /// What was seen, with the index of the first of each chunk.
    fn run(&self, mut reader: Reader<'_>) -> Vec<(usize, Vec<Seen>)> {
        let mut chunks = Vec::new();
        let Some(folder) = &self.root.folder else { return chunks };
        loop {
            let start = self.next.fetch_add(CHUNK, Relaxed);
            let end = self.root.candidates.len().min(start + CHUNK);
            if start >= end {
                return chunks;
            }
            let mut seen = Vec::with_capacity(end - start);
            for index in start..end {
                if self.control.is_cancelled() {
                    return chunks;
                }
                seen.push(self.look(&mut reader, folder, index));
            }
            self.control.add_done(end - start);
            chunks.push((start, seen));
        }
    }

    fn look(&self, reader: &mut Reader<'_>, folder: &Folder, index: usize) -> Seen {
        let candidate: &Candidate = &self.root.candidates[index];
        let before = self.before.as_ref().and_then(|before| before[index]);
        reader.look((self.root, folder), candidate, before)
    }
}
