//! What is installed: the plugin folders of an application, read into data.
//!
//! A plugin is a folder `<data_dir>/orca_plugins/<name>/` with one entry file, a `.py` or a `.whl`; plugins of a cloud
//! user lie in `orca_plugins/_subscribed/<user>/`. [`Catalog::scan`] reads every one and keeps what it finds, good or
//! bad: a broken plugin is an entry with an error, never the end of the scan. No plugin code runs.
//!
//! The choice that shapes this crate: an entry is made from its own folder alone and never changes, so whoever
//! scans again shares it. A [`Scanner`] keeps the stamps of all files it has read and looks at those first; with the
//! cache in the data folder even the first scan of a process reads only what has changed. [`Discovery`] does it on a
//! thread of its own.
//!
//! Entries are sorted by folder, so two scans of one tree are equal whatever the file system's order.

mod backup;
mod cache;
mod catalog;
mod control;
mod discovery;
mod draft;
mod entry;
mod folder;
mod keys;
mod memory;
mod names;
mod options;
mod overlay;
mod read;
mod root;
mod scan;
mod scanner;
mod sort;
mod stamp;
pub mod state;
mod status;
mod sys;

pub use cache::UnsavedCache;
pub use catalog::{Catalog, PLUGINS_FOLDER};
pub use control::{Progress, ScanControl};
pub use discovery::{Discovery, Done};
pub use entry::{CatalogEntry, EntryKind};
pub use names::{BACKUP_MARKER, SUBSCRIBED_FOLDER, is_safe_folder_name};
pub use options::ScanOptions;
pub use overlay::{CloudMarks, Merged, NOT_IN_CLOUD, merge_cloud};
pub use scanner::Scanner;
pub use sort::{SortKey, SortOrder, SortRow, compare_natural, sort_plugins};
pub use status::{PluginSource, PluginStatus};
