//! All plugins of an application.

use crate::CatalogEntry;
use crate::names::is_ignored_folder;
use crate::read::{broken, read};
use matriline_manifest::{Problem, Target};
use std::collections::HashMap;
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The folder of the data folder that holds one folder for each plugin.
pub const PLUGINS_FOLDER: &str = "orca_plugins";

/// The plugins that were installed when the folder was scanned; data, not live objects.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Sorted by folder.
    entries: Vec<CatalogEntry>,
    /// The entry that a key stands for: the valid one, else the first.
    by_key: HashMap<String, usize>,
    problem: Option<String>,
}

impl Catalog {
    /// Reads all plugin folders in `<data_dir>/orca_plugins`. `target` is what the plugins will run on.
    ///
    /// A missing folder is an empty catalog. What can't be read is an entry with an error, or
    /// [`Catalog::problem`] if it is the folder of all plugins. Blocks for the time of the reading; any thread.
    pub fn scan(data_dir: &Path, target: &Target) -> Self {
        let root = data_dir.join(PLUGINS_FOLDER);
        let mut candidates = Vec::new();
        let problem = find_candidates(&root, &mut candidates).err().map(|error| {
            let root = root.display();
            format!("The folder `{root}` of all plugins can't be read ({error}): make it a folder that can be listed")
        });
        candidates.sort_by(|a, b| a.folder().cmp(b.folder()));
        let read = |candidate| match candidate {
            Candidate::Folder(folder) => read(folder, target),
            Candidate::Broken(folder, message) => broken(folder, message),
        };
        let entries = candidates.into_iter().map(read).collect();
        Self::of_entries(entries, problem)
    }

    /// All entries, sorted by folder.
    pub fn entries(&self) -> &[CatalogEntry] {
        &self.entries
    }

    /// The plugins that can be loaded, each key once.
    pub fn valid(&self) -> impl Iterator<Item = &CatalogEntry> {
        self.entries.iter().filter(|entry| entry.is_valid())
    }

    /// The plugins that can't be loaded.
    pub fn invalid(&self) -> impl Iterator<Item = &CatalogEntry> {
        self.entries.iter().filter(|entry| !entry.is_valid())
    }

    /// The plugin of a key: the one that can be loaded, else the first that can't.
    pub fn get(&self, plugin_key: &str) -> Option<&CatalogEntry> {
        self.by_key.get(plugin_key).map(|&index| &self.entries[index])
    }

    /// The plugin of a key, if it can be loaded.
    pub fn get_valid(&self, plugin_key: &str) -> Option<&CatalogEntry> {
        self.get(plugin_key).filter(|entry| entry.is_valid())
    }

    /// Why the folder of all plugins could not be read.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Of several valid entries with one key, the first stays valid and the others get an error.
    fn of_entries(mut entries: Vec<CatalogEntry>, problem: Option<String>) -> Self {
        let mut by_key: HashMap<String, usize> = HashMap::with_capacity(entries.len());
        for index in 0..entries.len() {
            let key = &entries[index].descriptor.plugin_key;
            let Some(&first) = by_key.get(key) else {
                by_key.insert(key.clone(), index);
                continue;
            };
            if !entries[index].is_valid() {
                continue;
            }
            if entries[first].is_valid() {
                let duplicate = duplicate(&entries[first], &entries[index]);
                entries[index].problems.push(duplicate);
            } else {
                by_key.insert(key.clone(), index);
            }
        }
        Self { entries, by_key, problem }
    }
}

fn duplicate(first: &CatalogEntry, second: &CatalogEntry) -> Problem {
    let key = &first.descriptor.plugin_key;
    let (first, second) = (first.folder.display(), second.folder.display());
    Problem::error(format!(
        "Duplicate plugin key `{key}`, `{first}` is used and `{second}` is not: rename the entry file of one, or remove its folder"
    ))
}

/// A name in the folder of all plugins that stands for a plugin.
enum Candidate {
    Folder(PathBuf),
    Broken(PathBuf, String),
}

impl Candidate {
    fn folder(&self) -> &Path {
        let (Self::Folder(folder) | Self::Broken(folder, _)) = self;
        folder
    }
}

/// What was found before an error stays.
fn find_candidates(root: &Path, candidates: &mut Vec<Candidate>) -> io::Result<()> {
    let entries = match fs::read_dir(root) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if !is_ignored_folder(&entry.file_name()) {
            candidates.extend(candidate(&entry));
        }
    }
    Ok(())
}

/// `None` for a file, and for what has vanished since it was listed.
fn candidate(entry: &DirEntry) -> Option<Candidate> {
    let kind = entry.file_type().ok()?;
    if !kind.is_symlink() {
        return kind.is_dir().then(|| Candidate::Folder(entry.path()));
    }
    let link = entry.path();
    match fs::metadata(&link) {
        Ok(data) => data.is_dir().then_some(Candidate::Folder(link)),
        Err(error) => {
            let message = format!(
                "The folder is a link that can't be followed ({error}): point it to the plugin's folder, or remove it"
            );
            Some(Candidate::Broken(link, message))
        }
    }
}
