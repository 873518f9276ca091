//! What a scan leaves for the next one.

use crate::CatalogEntry;
use crate::root::Candidate;
use crate::stamp::Stamps;
use std::ffi::OsStr;
use std::sync::Arc;

/// The entries of an earlier scan, each with what it was made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    /// Of the options of that scan.
    pub(crate) fingerprint: String,
    pub(crate) roots: Vec<RootMemory>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct RootMemory {
    /// The cloud user whose plugins these are; empty for local ones.
    pub(crate) user: String,
    /// Sorted by the names of their folders.
    pub(crate) plugins: Vec<Remembered>,
}

#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    /// Without the problems that other entries make.
    pub(crate) entry: Arc<CatalogEntry>,
    pub(crate) stamps: Stamps,
}

impl Memory {
    pub(crate) fn root(&self, user: &str) -> Option<&RootMemory> {
        self.roots.iter().find(|root| root.user == user)
    }
}

impl RootMemory {
    /// For each candidate, what is remembered of its folder. Both are sorted.
    pub(crate) fn of_each(&self, candidates: &[Candidate]) -> Vec<Option<&Remembered>> {
        let mut plugins = self.plugins.iter().peekable();
        let mut find = |candidate: &Candidate| {
            let name = candidate.name.as_os_str();
            while plugins.next_if(|plugin| plugin.name() < name).is_some() {}
            plugins.next_if(|plugin| plugin.name() == name)
        };
        candidates.iter().map(&mut find).collect()
    }
}

impl Remembered {
    /// The name of its folder.
    pub(crate) fn name(&self) -> &OsStr {
        self.entry.folder.file_name().unwrap_or_default()
    }
}
