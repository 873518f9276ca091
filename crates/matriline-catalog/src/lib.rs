//! What is installed: the plugin folders of an application, read into data.
//!
//! A plugin is a folder `<data_dir>/orca_plugins/<name>/` with one entry file, a `.py` or a `.whl`.
//! [`Catalog::scan`] reads every one and keeps what it finds, good or bad: a broken plugin is an entry with an
//! error, never the end of the scan. It only reads files: nothing is created, and no plugin code runs.
//!
//! Entries are sorted by folder, so two scans of one tree are equal whatever the file system's order.

mod catalog;
mod entry;
mod folder;
mod names;
mod read;

pub use catalog::{Catalog, PLUGINS_FOLDER};
pub use entry::{CatalogEntry, EntryKind};
pub use read::MAX_SCRIPT_BYTES;
