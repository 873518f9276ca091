//! Finds entries by their keys.

use crate::CatalogEntry;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::sync::Arc;

/// A table of indices into the entries of a catalog, one for each key. The keys themselves stay in the entries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Keys {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { table: HashTable::with_capacity(capacity), hasher: DefaultHashBuilder::default() }
    }

    pub(crate) fn find(&self, key: &str, entries: &[Arc<CatalogEntry>]) -> Option<usize> {
        let is_it = |&index: &u32| key_of(entries, index) == key;
        self.table.find(self.hasher.hash_one(key), is_it).map(|&index| index as usize)
    }

    /// Adds an entry, unless one with its key is there already, which is the answer.
    pub(crate) fn insert(&mut self, index: usize, entries: &[Arc<CatalogEntry>]) -> Option<usize> {
        let key = &entries[index].descriptor.plugin_key;
        if let Some(there) = self.find(key, entries) {
            return Some(there);
        }
        let hash = |key: &str| self.hasher.hash_one(key);
        self.table.insert_unique(hash(key), narrow(index), |&other| hash(key_of(entries, other)));
        None
    }

    /// Puts an entry in the place of one with the same key.
    pub(crate) fn replace(&mut self, old: usize, new: usize, entries: &[Arc<CatalogEntry>]) {
        let hash = self.hasher.hash_one(entries[old].descriptor.plugin_key.as_str());
        if let Some(index) = self.table.find_mut(hash, |&index| index as usize == old) {
            *index = narrow(new);
        }
    }
}

fn key_of(entries: &[Arc<CatalogEntry>], index: u32) -> &str {
    &entries[index as usize].descriptor.plugin_key
}

/// No file system holds so many folders that this fails.
fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("There are fewer than 2^32 plugin folders")
}
