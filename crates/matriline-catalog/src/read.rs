//! Reads one plugin folder.

use crate::draft::{Draft, broken, check_kind, not_opened, stem, unreadable, unreadable_folder, unsettled};
use crate::folder::{Layout, Names, WHEELS_FOLDER};
use crate::memory::Remembered;
use crate::names::{all_joined, joined};
use crate::root::{Candidate, Root};
use crate::stamp::{Limit, Stamp, Stamps};
use crate::state::INSTALL_STATE_FILE;
use crate::sys::{Folder, ListBuffer};
use crate::{CatalogEntry, EntryKind, ScanOptions};
use matriline_manifest::{
    Manifest, Problem, check_requires_python, read_script, read_script_from, read_wheel,
};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Scripts up to this size are read with one call.
const SMALL_SCRIPT_BYTES: usize = 64 << 10;

/// What is found where a listing named a folder.
pub(crate) enum Seen {
    /// No plugin: it vanished since, or it is a link to a file.
    Nothing,
    /// What is remembered still holds.
    Same(Remembered),
    /// It was read, which took so long, and may be remembered.
    Settled(Remembered, Duration),
    /// It was read, which took so long, and the next scan has to read it again.
    Unsettled(Arc<CatalogEntry>, Duration),
}

/// Reads the folders of one root after another; one for each thread, since it owns the memory for it.
pub(crate) struct Reader<'s> {
    options: &'s ScanOptions,
    /// Which stamps may be remembered; `None` if nothing is to be.
    limit: Option<Limit>,
    names: ListBuffer,
    text: Box<[u8]>,
    path: PathBuf,
}

impl<'s> Reader<'s> {
    pub(crate) fn new(options: &'s ScanOptions, limit: Option<Limit>) -> Self {
        let text = vec![0; SMALL_SCRIPT_BYTES].into_boxed_slice();
        Self { options, limit, names: ListBuffer::new(), text, path: PathBuf::new() }
    }

    pub(crate) fn look(
        &mut self,
        root: (&Root, &Folder),
        candidate: &Candidate,
        before: Option<&Remembered>,
    ) -> Seen {
        if let Some(before) = before
            && self.is_unchanged(root.1, &candidate.name, before)
        {
            return Seen::Same(before.clone());
        }
        let began = Instant::now();
        let Some(Draft { entry, stamps }) = self.read(root, candidate) else { return Seen::Nothing };
        let (entry, took) = (Arc::new(entry), began.elapsed());
        match (stamps, self.limit) {
            (Some(stamps), Some(limit)) if stamps.are_before(limit) => {
                Seen::Settled(Remembered { entry, stamps }, took)
            }
            _ => Seen::Unsettled(entry, took),
        }
    }

    /// Whether all that an entry was made from is as it was.
    fn is_unchanged(&mut self, root: &Folder, name: &OsStr, before: &Remembered) -> bool {
        let Remembered { entry, stamps } = before;
        let file = entry.entry.as_deref().and_then(Path::file_name).unwrap_or_default();
        let mut is = |inner: &OsStr, stamp: Option<&Stamp>| {
            let Some(stamp) = stamp else { return true };
            self.path.as_mut_os_string().clear();
            self.path.push(name);
            if !inner.is_empty() {
                self.path.push(inner);
            }
            root.status(&self.path).is_ok_and(|found| found.stamp == *stamp)
        };
        is(OsStr::new(""), Some(&stamps.folder))
            && is(file, stamps.entry.as_ref())
            && is(OsStr::new(INSTALL_STATE_FILE), stamps.sidecar.as_deref())
            && is(OsStr::new(WHEELS_FOLDER), stamps.wheels.as_deref())
    }

    /// `None` for what is no plugin, or none any more.
    fn read(&mut self, (root, roots): (&Root, &Folder), candidate: &Candidate) -> Option<Draft> {
        let path = joined(&root.path, &candidate.name);
        let folder = match roots.open_folder(&candidate.name) {
            Ok(folder) => folder,
            Err(error) => return not_opened(path, candidate, &error).map(unsettled),
        };
        let draft = self.read_opened(&folder, path);
        // what was listed may be gone, or be another folder by now, and is then no broken plugin
        let is_there = draft.entry.is_valid() || roots.status(Path::new(&candidate.name)).is_ok();
        is_there.then_some(draft)
    }

    fn read_opened(&mut self, folder: &Folder, path: PathBuf) -> Draft {
        // asked for before the names are, so that what changes in between is seen by the next scan
        let stamp = self.limit.map(|_| folder.stamp()).transpose();
        let listed = stamp.and_then(|stamp| Ok((stamp, Names::of(folder, &mut self.names)?)));
        let (stamp, mut names) = match listed {
            Ok(listed) => listed,
            Err(error) => return unsettled(broken(path, unreadable_folder(&error))),
        };
        let stamps = stamp.map(|folder| Stamps { folder, entry: None, sidecar: None, wheels: None });
        let mut draft = match names.layout() {
            Err(message) => Draft { entry: broken(path, message), stamps },
            Ok(layout) => self.read_files(folder, path, layout, names.has_wheels_folder, stamps),
        };
        if names.has_sidecar {
            draft.add_sidecar(folder, names.is_sidecar_a_link);
        }
        draft.entry.limit_problems();
        if names.has_links {
            draft.stamps = None;
        }
        draft
    }

    /// Reads the entry file of a folder, and the names of the wheels that come with it.
    fn read_files(
        &mut self,
        folder: &Folder,
        path: PathBuf,
        layout: Layout,
        has_wheels_folder: bool,
        mut stamps: Option<Stamps>,
    ) -> Draft {
        let Manifest { descriptor, mut problems } = match self.manifest(folder, &layout) {
            Ok((manifest, stamp)) => {
                if let Some(stamps) = &mut stamps {
                    stamps.entry = Some(stamp);
                }
                manifest
            }
            Err(error) => {
                stamps = None;
                unreadable(&layout.entry, &error)
            }
        };
        let ScanOptions { target, requires_python, .. } = self.options;
        problems.extend(check_requires_python(&descriptor, target, *requires_python));
        problems.shrink_to_fit();
        let (kind, file) = (layout.kind, joined(&path, &layout.entry));
        let bundled_wheels = match self.bundled(folder, &path, layout, has_wheels_folder) {
            Ok(Bundled { wheels, has_links: true, .. }) => {
                stamps = None;
                wheels
            }
            Ok(Bundled { wheels, stamp, .. }) => {
                if let Some(stamps) = &mut stamps {
                    stamps.wheels = stamp.map(Box::new);
                }
                wheels
            }
            Err(error) => {
                stamps = None;
                problems.push(Problem::error(unreadable_folder(&error)));
                Vec::new()
            }
        };
        let entry = CatalogEntry {
            descriptor,
            folder: path,
            entry: Some(file),
            kind: Some(kind),
            bundled_wheels,
            problems,
            install_state: None,
        };
        Draft { entry, stamps }
    }

    fn manifest(&mut self, folder: &Folder, layout: &Layout) -> io::Result<(Manifest, Stamp)> {
        let (file, status) = folder.open_file(&layout.entry)?;
        check_kind(status)?;
        let stem = stem(&layout.entry);
        let manifest = match layout.kind {
            EntryKind::Script => self.script(stem, file, status.stamp.size)?,
            EntryKind::Wheel => read_wheel(stem, file, &self.options.target),
        };
        Ok((manifest, status.stamp))
    }

    fn script(&mut self, stem: &[u8], mut file: File, size: u64) -> io::Result<Manifest> {
        let mut read = 0;
        while read < self.text.len() {
            match file.read(&mut self.text[read..]) {
                Ok(0) => break,
                Ok(count) => read += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            // the end is where the size says, which spares the call that would tell
            if read as u64 == size {
                break;
            }
        }
        match read < self.text.len() {
            true => Ok(read_script(stem, &self.text[..read])),
            false => read_script_from(stem, self.text.chain(file)),
        }
    }

    /// The wheels that a plugin brings.
    fn bundled(
        &mut self,
        folder: &Folder,
        path: &Path,
        layout: Layout,
        has_wheels_folder: bool,
    ) -> io::Result<Bundled> {
        if layout.kind == EntryKind::Script {
            let wheels = all_joined(path, layout.bundled);
            return Ok(Bundled { wheels, ..Bundled::default() });
        }
        if !has_wheels_folder {
            return Ok(Bundled::default());
        }
        let wheels = match folder.open_folder(OsStr::new(WHEELS_FOLDER)) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Bundled::default());
            }
            wheels => wheels?,
        };
        let stamp = wheels.stamp()?;
        let names = Names::of(&wheels, &mut self.names)?;
        let (names, has_links) = names.into_wheels();
        let wheels = all_joined(&path.join(WHEELS_FOLDER), names);
        Ok(Bundled { wheels, stamp: Some(stamp), has_links })
    }
}

/// The wheels that a plugin brings.
#[derive(Default)]
struct Bundled {
    wheels: Vec<PathBuf>,
    /// Of the folder `wheels/`, if they are in there.
    stamp: Option<Stamp>,
    /// One of those in `wheels/` is a link.
    has_links: bool,
}
