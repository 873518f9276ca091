//! All plugins of an application.

use crate::backup::{self, Leftovers};
use crate::keys::Keys;
use crate::memory::Memory;
use crate::overlay::mark_cloud;
use crate::scan::{Found, scan};
use crate::{CatalogEntry, CloudMarks, Merged, ScanControl, ScanOptions, merge_cloud};
use matriline_manifest::{Descriptor, Problem};
use matriline_refs::{InstalledPlugins, Package};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The folder of the data folder that holds one folder for each plugin.
pub const PLUGINS_FOLDER: &str = "orca_plugins";

/// The plugins that were installed when the folders were scanned; data, not live objects.
///
/// A copy shares its entries, as two catalogs of one [`crate::Scanner`] share those that did not change.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    entries: Vec<Arc<CatalogEntry>>,
    keys: Keys,
    /// The places of the entries that the scan has read, and how long each took.
    readings: Vec<(usize, Duration)>,
    problems: Vec<Problem>,
}

impl Catalog {
    /// Reads all plugin folders in `<data_dir>/orca_plugins`, and those in `_subscribed/<user>` there if the options
    /// name a user.
    ///
    /// A missing folder is an empty catalog. What can't be read is an entry with an error, or one of
    /// [`Catalog::problems`]. Nothing is written and nothing is remembered. Blocks for the time of the reading; any
    /// thread.
    pub fn scan(data_dir: &Path, options: &ScanOptions) -> Self {
        match scan(data_dir, options, &Memory::default(), None, &ScanControl::new()) {
            Some(found) => Self::of(found, options, Leftovers::Keep),
            // nobody else holds the control
            None => Self::default(),
        }
    }

    /// All entries, sorted by folder, local ones before those of the user.
    pub fn entries(&self) -> &[Arc<CatalogEntry>] {
        &self.entries
    }

    /// The plugins that can be loaded, each key once; with the cloud's knowledge, also those that are yet to be
    /// installed.
    pub fn valid(&self) -> impl Iterator<Item = &Arc<CatalogEntry>> {
        self.entries.iter().filter(|entry| entry.is_valid())
    }

    /// The plugins that can't be loaded.
    pub fn invalid(&self) -> impl Iterator<Item = &Arc<CatalogEntry>> {
        self.entries.iter().filter(|entry| !entry.is_valid())
    }

    /// The plugin of a key: the one that can be loaded, else the first that can't.
    pub fn get(&self, plugin_key: &str) -> Option<&Arc<CatalogEntry>> {
        self.keys.find(plugin_key, &self.entries).map(|index| &self.entries[index])
    }

    /// The plugin of a key, if it can be loaded.
    pub fn get_valid(&self, plugin_key: &str) -> Option<&Arc<CatalogEntry>> {
        self.get(plugin_key).filter(|entry| entry.is_valid())
    }

    /// The keys of the plugins to load at the start: those that can be loaded and whose sidecar says *enabled*. One
    /// without a sidecar is not among them.
    pub fn enabled_keys(&self) -> impl Iterator<Item = &str> {
        self.valid().filter(|entry| entry.is_enabled()).map(|entry| entry.descriptor.plugin_key.as_str())
    }

    /// This catalog with what a cloud service knows, each plugin of the cloud one of `records`: entries get what the
    /// cloud knows better, and plugins that are only in the cloud are added as entries without a folder.
    pub fn with_cloud(&self, records: &[Descriptor]) -> Self {
        let Merged { entries, problems } = merge_cloud(&self.entries, records);
        Self::of_entries(entries, self.problems.iter().cloned().chain(problems).collect())
    }

    /// This catalog with the cloud's latest marks in the place of earlier ones.
    ///
    /// An unauthorized plugin gets no updates, and an installed copy goes on working. A plugin that the cloud doesn't
    /// have is an error only if it isn't on this machine either.
    pub fn with_marks(&self, marks: &CloudMarks) -> Self {
        Self::of_entries(mark_cloud(&self.entries, marks), self.problems.clone())
    }

    /// What is left when the user signs out: the plugins that did not come from the cloud. The files of the others
    /// stay, and are found again by a scan for their user.
    pub fn without_cloud(&self) -> Self {
        let is_local = |entry: &&Arc<CatalogEntry>| !entry.descriptor.is_cloud_plugin();
        Self::of_entries(self.entries.iter().filter(is_local).cloned().collect(), self.problems.clone())
    }

    /// This catalog without the plugins of these keys.
    pub fn without(&self, keys: &[String]) -> Self {
        let stays = |entry: &&Arc<CatalogEntry>| !keys.contains(&entry.descriptor.plugin_key);
        Self::of_entries(self.entries.iter().filter(stays).cloned().collect(), self.problems.clone())
    }

    /// What is wrong with the folders of plugins themselves: one that can't be read, a user that names no folder, a
    /// backup that is the only copy of a plugin, a folder that is only named as a backup.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The entries that this scan has read, and how long each took; the others were known from an earlier one.
    pub fn readings(&self) -> impl Iterator<Item = (&Arc<CatalogEntry>, Duration)> {
        self.readings.iter().map(|(place, took)| (&self.entries[*place], *took))
    }

    pub(crate) fn of(found: Found, options: &ScanOptions, leftovers: Leftovers) -> Self {
        let Found { roots, entries, readings, mut problems, .. } = found;
        backup::tidy(&roots, options, leftovers, &mut problems);
        Self { readings, ..Self::of_entries(entries, problems) }
    }

    /// Of several valid entries with one key, the first stays valid and the others get an error.
    fn of_entries(mut entries: Vec<Arc<CatalogEntry>>, problems: Vec<Problem>) -> Self {
        let mut keys = Keys::with_capacity(entries.len());
        for index in 0..entries.len() {
            let Some(first) = keys.insert(index, &entries) else { continue };
            if !entries[index].is_valid() {
                continue;
            }
            if entries[first].is_valid() {
                let duplicate = duplicate(&entries[first], &entries[index]);
                // what a scanner remembers stays without it: the other may go
                let entry = CatalogEntry::clone(&entries[index]);
                let problems = entry.problems.iter().cloned().chain([duplicate]).collect();
                entries[index] = Arc::new(CatalogEntry { problems, ..entry });
            } else {
                keys.replace(first, index, &entries);
            }
        }
        Self { entries, keys, readings: Vec::new(), problems }
    }
}

impl FromIterator<Arc<CatalogEntry>> for Catalog {
    /// The catalog of entries that are had already, in their order.
    fn from_iter<I: IntoIterator<Item = Arc<CatalogEntry>>>(entries: I) -> Self {
        Self::of_entries(entries.into_iter().collect(), Vec::new())
    }
}

impl InstalledPlugins for Catalog {
    fn package(&self, plugin_key: &str) -> Package {
        match self.get(plugin_key) {
            Some(entry) if entry.has_local_package() => match entry.error() {
                None => Package::Installed,
                Some(error) => Package::Invalid(error.into()),
            },
            _ => Package::Absent,
        }
    }
}

fn duplicate(first: &CatalogEntry, second: &CatalogEntry) -> Problem {
    let key = &first.descriptor.plugin_key;
    let (first, second) = (first.folder.display(), second.folder.display());
    Problem::error(format!(
        "Duplicate plugin key `{key}`, `{first}` is used and `{second}` is not: rename the entry file of one, or remove its folder"
    ))
}
