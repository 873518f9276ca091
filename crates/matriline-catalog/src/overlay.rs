//! What the cloud knows, laid over what is on the disk.

use crate::CatalogEntry;
use matriline_manifest::{Descriptor, Problem, is_newer};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The error of a plugin that is neither on this machine nor in the cloud any more.
pub const NOT_IN_CLOUD: &str = "Plugin was not found in the cloud.";

/// The entries of a catalog with the cloud's knowledge.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    /// Those that were there, in their order, then those that only the cloud has. What the cloud doesn't know is
    /// shared, not copied.
    pub entries: Vec<Arc<CatalogEntry>>,
    /// Records that had to be left out.
    pub problems: Vec<Problem>,
}

/// What the cloud answered about single plugins, by their UUIDs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CloudMarks {
    /// Those that the user may not have, or no more.
    pub unauthorized: Vec<String>,
    /// Those that the cloud doesn't know, or no more.
    pub not_found: Vec<String>,
}

impl CatalogEntry {
    /// True if the plugin is on this machine, whether or not it can be loaded; false for one that only the cloud has.
    pub fn has_local_package(&self) -> bool {
        !self.folder.as_os_str().is_empty()
    }
}

/// Lays the records of a cloud service over the entries of a catalog.
///
/// A record belongs to the entry with its key, else with its UUID; of several, to one that can be loaded. It then
/// tells everything but what is true on this machine: folder, problems and installed version stay, and so does what
/// the record leaves empty. A record without an entry becomes one, which can't be loaded until it is installed.
pub fn merge_cloud(entries: &[Arc<CatalogEntry>], records: &[Descriptor]) -> Merged {
    let mut merged = Merged { entries: entries.to_vec(), problems: Vec::new() };
    let mut places = Places::of(entries);
    for record in records {
        let Some(cloud) = record.cloud.as_ref().filter(|cloud| !cloud.uuid.is_empty()) else {
            merged.problems.push(Problem::warning(format!(
                "The cloud's record of `{}` is left out: it needs a UUID",
                record.name
            )));
            continue;
        };
        let mut record = record.clone();
        if record.plugin_key.is_empty() {
            record.plugin_key.clone_from(&cloud.uuid);
        }
        let index = match places.find(&record.plugin_key, &cloud.uuid) {
            Some(index) => {
                let entry = &mut merged.entries[index];
                *entry = Arc::new(overlaid(entry, record));
                index
            }
            None => {
                merged.entries.push(Arc::new(overlaid(&only_in_cloud(), record)));
                merged.entries.len() - 1
            }
        };
        places.add(index, &merged.entries[index].descriptor);
    }
    merged
}

/// The entries with the cloud's latest marks, those that stay as they are shared.
pub(crate) fn mark_cloud(entries: &[Arc<CatalogEntry>], marks: &CloudMarks) -> Vec<Arc<CatalogEntry>> {
    let mark = |entry: &Arc<CatalogEntry>| {
        let Some(cloud) = &entry.descriptor.cloud else { return entry.clone() };
        let mut marked = CatalogEntry::clone(entry);
        clear_not_found(&mut marked);
        if marks.not_found.contains(&cloud.uuid) && !marked.has_local_package() {
            marked.problems.push(Problem::error(NOT_IN_CLOUD));
        }
        let has_update = has_update(&marked);
        if let Some(overlay) = &mut marked.descriptor.cloud {
            overlay.update_available = has_update;
        }
        marked.descriptor.set_unauthorized(marks.unauthorized.contains(&cloud.uuid));
        if marked == **entry { entry.clone() } else { Arc::new(marked) }
    };
    entries.iter().map(mark).collect()
}

/// Where the entry of a key or a UUID is.
struct Places {
    by_key: HashMap<String, usize>,
    by_uuid: HashMap<String, usize>,
}

impl Places {
    /// Those that can be loaded come first.
    fn of(entries: &[Arc<CatalogEntry>]) -> Self {
        let mut places = Self { by_key: HashMap::new(), by_uuid: HashMap::new() };
        for is_valid in [true, false] {
            for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.is_valid() == is_valid)
            {
                places.add(index, &entry.descriptor);
            }
        }
        places
    }

    /// The first one of a key or UUID stays.
    fn add(&mut self, index: usize, descriptor: &Descriptor) {
        self.by_key.entry(descriptor.plugin_key.clone()).or_insert(index);
        if let Some(cloud) = &descriptor.cloud {
            self.by_uuid.entry(cloud.uuid.clone()).or_insert(index);
        }
    }

    fn find(&self, key: &str, uuid: &str) -> Option<usize> {
        self.by_key.get(key).or_else(|| self.by_uuid.get(uuid)).copied()
    }
}

fn overlaid(entry: &CatalogEntry, record: Descriptor) -> CatalogEntry {
    let mut merged = CatalogEntry { descriptor: record, ..entry.clone() };
    clear_not_found(&mut merged);
    merged.descriptor.fill_from(&entry.descriptor);
    merged.descriptor.installed_version = match entry.has_local_package() {
        true => entry.descriptor.installed_version.clone(),
        false => String::new(),
    };
    let has_update = has_update(&merged);
    if let Some(cloud) = &mut merged.descriptor.cloud {
        cloud.installed = entry.has_local_package();
        cloud.update_available = has_update && !cloud.unauthorized;
    }
    merged
}

/// Whether the cloud has something newer than what is installed.
fn has_update(entry: &CatalogEntry) -> bool {
    let (latest, installed) =
        (entry.descriptor.latest_available_version(), &entry.descriptor.installed_version);
    entry.has_local_package()
        && entry.is_valid()
        && !installed.is_empty()
        && !latest.is_empty()
        && is_newer(latest, installed)
}

fn clear_not_found(entry: &mut CatalogEntry) {
    entry.problems.retain(|problem| problem.message != NOT_IN_CLOUD);
}

fn only_in_cloud() -> CatalogEntry {
    CatalogEntry {
        descriptor: Descriptor::default(),
        folder: PathBuf::new(),
        entry: None,
        kind: None,
        bundled_wheels: Vec::new(),
        problems: Vec::new(),
        install_state: None,
    }
}
