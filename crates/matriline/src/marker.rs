//! The mark of what plugins run, which outlives the process.
//!
//! Each process keeps a file `<data_dir>/running/<pid>-<letters>.marker` mapped. What a thread runs is a number in a
//! slot of the file, stored at the beginning of a call and taken back at its end: no system call, and the page belongs
//! to the system, so that the number is still there after `os._exit`, an abort or a kill. The process holds a lock on
//! its file, which the system takes away from the dead; the next start reads the files without a lock.
//!
//! A process that exits in order, or shuts its manager down, leaves no file.

mod layout;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, TryLockError};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use matriline_capability::CapabilityType;
use matriline_registry::inside;
use matriline_registry::lock::Mutex;
use matriline_roots::{FileLock, LOCK_WAIT, open_regular};

use layout::{LENGTH, Row};
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

/// Where markers lie, below the data folder. No plugin may write there.
const FOLDER: &str = "running";
const END: &str = ".marker";

/// What a plugin was doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Activity {
    /// Its module was being imported.
    Importing,
    /// Its capabilities were being made, or their `on_load` ran.
    Loading,
    /// A capability was being called.
    Calling {
        /// Its type.
        kind: CapabilityType,
        /// Its name; the end of a very long one is missing.
        capability: String,
    },
    /// Its `on_unload` ran, or its modules were being dropped.
    Unloading,
}

/// A plugin that was running when a process died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// The key of the plugin.
    pub plugin: String,
    /// What it was doing.
    pub activity: Activity,
    /// When the process was last seen alive: not after its end, and not long before it if it was at work.
    pub when: SystemTime,
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, activity, .. } = self;
        match activity {
            Activity::Importing => {
                write!(f, "The application died while plugin `{plugin}` was being imported")
            }
            Activity::Loading => write!(f, "The application died while plugin `{plugin}` was being loaded"),
            Activity::Calling { kind, capability } => write!(
                f,
                "The application died while capability `{capability}` ({kind}) of plugin `{plugin}` was running"
            ),
            Activity::Unloading => {
                write!(f, "The application died while plugin `{plugin}` was being unloaded")
            }
        }
    }
}

/// The marker of this process; there is one at a time, until [`end`](Self::end).
#[derive(Debug)]
pub(crate) struct Marker {
    /// What the rows of the table stand for; `None` where there is no file.
    rows: Mutex<Option<HashMap<Row, u32>>>,
}

impl Marker {
    /// Reads and removes what dead processes left, and makes the marker of this one.
    ///
    /// Where the folder cannot be written there is no marker, and a warning says so.
    pub(crate) fn open(data_dir: &Path) -> (Self, Vec<Crash>) {
        let (folder, mut crashes) = (data_dir.join(FOLDER), Vec::new());
        if !system::prepare() {
            return (Self { rows: Mutex::new(None) }, crashes);
        }
        match open(&folder, &mut crashes) {
            Ok(()) => (Self { rows: Mutex::new(Some(HashMap::new())) }, crashes),
            Err(cause) => {
                tracing::warn!(
                    target: "matriline::marker",
                    "A plugin that ends the application will not be found: `{}` cannot be used: {cause}; make it writable",
                    folder.display()
                );
                (Self { rows: Mutex::new(None) }, crashes)
            }
        }
    }

    /// The number that says that this plugin does that. Zero, which says nothing, where there is no file or the table is
    /// full.
    pub(crate) fn number(&self, plugin: &str, activity: &Activity) -> u32 {
        let mut rows = self.rows.lock();
        let Some((rows, row)) = rows.as_mut().zip(Row::new(plugin, activity)) else { return 0 };
        let next = rows.len();
        if let Some(place) = rows.get(&row) {
            return layout::number(*place, activity);
        }
        let Some(place) = layout::place(next) else { return 0 };
        system::write(layout::row_offset(place), &row.to_bytes());
        rows.insert(row, place);
        layout::number(place, activity)
    }

    /// Removes the file; nothing is marked from now on.
    pub(crate) fn end(&self) {
        if self.rows.lock().take().is_some() {
            system::end();
        }
    }

    /// Runs `body` marked as that act of the plugin.
    pub(crate) fn during<R>(&self, plugin: &str, activity: &Activity, body: impl FnOnce() -> R) -> R {
        inside::mark(self.number(plugin, activity), body)
    }
}

fn open(folder: &Path, crashes: &mut Vec<Crash>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // A file that was just made is not locked yet, and must not be taken for a dead one.
    let _lock = FileLock::acquire(&folder.join(".lock"), LOCK_WAIT).map_err(io::Error::other)?;
    for entry in fs::read_dir(folder)?.flatten() {
        if entry.file_name().as_encoded_bytes().ends_with(END.as_bytes()) {
            read_and_remove(&entry.path(), crashes);
        }
    }
    let file = tempfile::Builder::new()
        .prefix(&format!("{}-", std::process::id()))
        .suffix(END)
        .tempfile_in(folder)?;
    let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    system::begin(file, &layout::header(started))
}

/// Reads the marker of a dead process. What cannot be read is left alone.
fn read_and_remove(path: &Path, crashes: &mut Vec<Crash>) {
    let Ok(mut file) = open_regular(path) else { return };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return,
    }
    let mut bytes = Vec::new();
    if file.by_ref().take(LENGTH as u64).read_to_end(&mut bytes).is_err() {
        return;
    }
    let changed = file.metadata().and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let (started, running) = layout::read(&bytes);
    let when = SystemTime::UNIX_EPOCH.checked_add(started).map_or(changed, |started| started.max(changed));
    crashes.extend(running.into_iter().map(|(plugin, activity)| Crash { plugin, activity, when }));
    if let Err(cause) = fs::remove_file(path) {
        tracing::warn!(target: "matriline::marker", "The file `{}` cannot be removed: {cause}", path.display());
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
