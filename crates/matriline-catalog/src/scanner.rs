//! Scans again and again.

use crate::backup::Leftovers;
use crate::cache::{self, UnsavedCache};
use crate::memory::Memory;
use crate::scan::scan;
use crate::stamp::Limit;
use crate::{Catalog, ScanControl, ScanOptions};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Scans the plugin folders and remembers what it has read, so that the next scan reads only what has changed.
///
/// A plugin is read again if one of its files or folders has another device, number, size, time of writing or time of
/// change, or one of these times is less than 2 s before the beginning of the scan that read it. What has not changed
/// is the same [`crate::CatalogEntry`] in both catalogs.
///
/// A program that writes a file through a memory map is seen only when the kernel notes the time of its writing, which
/// it does when the program flushes the map, closes it, or the system writes the file back.
pub struct Scanner {
    data_dir: Arc<Path>,
    options: ScanOptions,
    /// `None` until the first scan looks for the cache.
    memory: Option<Arc<Memory>>,
    is_unsaved: bool,
    clock: fn() -> SystemTime,
}

impl fmt::Debug for Scanner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { data_dir, options, is_unsaved, .. } = self;
        let mut shown = out.debug_struct("Scanner");
        shown.field("data_dir", data_dir).field("options", options).field("is_unsaved", is_unsaved);
        shown.finish_non_exhaustive()
    }
}

impl Scanner {
    /// A scanner without a memory of its own: the first scan looks for the cache of an earlier process.
    pub fn new(data_dir: impl Into<PathBuf>, options: ScanOptions) -> Self {
        Self {
            data_dir: data_dir.into().into(),
            options,
            memory: None,
            is_unsaved: false,
            clock: SystemTime::now,
        }
    }

    /// Another clock, which only decides what is too young to be remembered.
    pub fn with_clock(self, clock: fn() -> SystemTime) -> Self {
        Self { clock, ..self }
    }

    /// What the next scan will be made with.
    pub fn options(&self) -> &ScanOptions {
        &self.options
    }

    /// Scans with other options from now on. Everything is read again if they matter for what was read.
    pub fn set_options(&mut self, options: ScanOptions) {
        self.options = options;
    }

    /// Scans as [`Catalog::scan`] does; `None` if it was cancelled, which leaves the memory as it was.
    ///
    /// Nothing is written, but a backup that an install has marked as its own ([`crate::BACKUP_MARKER`]) and left behind
    /// is removed if its plugin is whole. Blocks for the time of the scan.
    pub fn scan(&mut self, control: &ScanControl) -> Option<Catalog> {
        let limit = Limit::of_scan_at((self.clock)());
        let memory =
            self.memory.get_or_insert_with(|| Arc::new(cache::read(&self.data_dir).unwrap_or_default()));
        let mut found = scan(&self.data_dir, &self.options, memory, Some(limit), control)?;
        self.is_unsaved |= found.is_news;
        *memory = Arc::new(std::mem::take(&mut found.memory));
        Some(Catalog::of(found, &self.options, Leftovers::Remove))
    }

    /// What is remembered, if the file in the data folder does not tell it yet. To be written when there is time.
    pub fn take_unsaved(&mut self) -> Option<UnsavedCache> {
        let memory = self.memory.as_ref().filter(|_| self.is_unsaved)?;
        self.is_unsaved = false;
        Some(UnsavedCache { data_dir: self.data_dir.clone(), memory: memory.clone() })
    }
}
