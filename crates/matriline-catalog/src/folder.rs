//! Finds the entry file of one plugin folder.

use crate::EntryKind;
use crate::names::is_ignored_file;
use crate::state::INSTALL_STATE_FILE;
use crate::sys::{Folder, Kind, ListBuffer};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

/// The names in a plugin folder that matter.
#[derive(Default)]
pub(crate) struct Names {
    /// Sorted, as are the wheels.
    scripts: Vec<OsString>,
    wheels: Vec<OsString>,
    /// There is a folder `wheels/`, or a link of that name.
    pub(crate) has_wheels_folder: bool,
    pub(crate) has_sidecar: bool,
    pub(crate) is_sidecar_a_link: bool,
    /// A link's target may become another kind of file without a trace in this folder.
    pub(crate) has_links: bool,
    /// A file whose ending would be that of an entry file in lower case.
    upper_case: Option<OsString>,
}

/// What the names in a plugin folder make of it.
pub(crate) struct Layout {
    pub(crate) kind: EntryKind,
    pub(crate) entry: OsString,
    /// The wheels beside a script.
    pub(crate) bundled: Vec<OsString>,
}

/// How many names a message lists.
const MAX_NAMES: usize = 5;

/// The folder beside a wheel with the wheels it brings.
pub(crate) const WHEELS_FOLDER: &str = "wheels";

impl Names {
    /// Reads the names in a folder.
    pub(crate) fn of(folder: &Folder, buffer: &mut ListBuffer) -> io::Result<Self> {
        let mut names = Self::default();
        folder.list(buffer, &mut |name, kind| {
            let list = match Path::new(name).extension().map(OsStr::as_encoded_bytes) {
                Some(b"py") => &mut names.scripts,
                Some(b"whl") => &mut names.wheels,
                ending => {
                    let is_upper_case = |ending: &[u8]| {
                        ending.eq_ignore_ascii_case(b"py") || ending.eq_ignore_ascii_case(b"whl")
                    };
                    if ending.is_some_and(is_upper_case) {
                        names.upper_case.get_or_insert_with(|| name.to_owned());
                    }
                    names.is_sidecar_a_link |= kind == Kind::Link && name == INSTALL_STATE_FILE;
                    names.has_sidecar |= name == INSTALL_STATE_FILE;
                    names.has_wheels_folder |=
                        matches!(kind, Kind::Folder | Kind::Link) && name == WHEELS_FOLDER;
                    names.has_links |=
                        kind == Kind::Link && (name == INSTALL_STATE_FILE || name == WHEELS_FOLDER);
                    return;
                }
            };
            if !is_ignored_file(name) {
                names.has_links |= kind == Kind::Link;
                if is_file(folder, name, kind) {
                    list.push(name.to_owned());
                }
            }
        })?;
        names.scripts.sort_unstable();
        names.wheels.sort_unstable();
        Ok(names)
    }

    /// The layout of the folder, or what is wrong with it and what would fix it.
    ///
    /// One `.py` is the entry, and wheels beside it are its dependencies. Without a `.py`, one wheel is the entry.
    pub(crate) fn layout(&mut self) -> Result<Layout, String> {
        let Self { scripts, wheels, .. } = self;
        match (scripts.len(), wheels.len()) {
            (1, _) => Ok(Layout {
                kind: EntryKind::Script,
                entry: scripts.remove(0),
                bundled: std::mem::take(wheels),
            }),
            (0, 1) => Ok(Layout { kind: EntryKind::Wheel, entry: wheels.remove(0), bundled: Vec::new() }),
            (0, 0) => Err(match &self.upper_case {
                Some(name) => format!(
                    "The folder has no `.py` and no `.whl` file, and the ending of `{}` does not count: write it in lower case",
                    name.display()
                ),
                None => {
                    "The folder has no `.py` and no `.whl` file: put the plugin's file into it, or remove it"
                        .to_owned()
                }
            }),
            (0, _) => Err(several("`.whl` files and no `.py`", wheels)),
            _ => Err(several("`.py` files", scripts)),
        }
    }

    /// The wheels, and whether one of them is a link.
    pub(crate) fn into_wheels(self) -> (Vec<OsString>, bool) {
        (self.wheels, self.has_links)
    }
}

/// True for a file or a link to one. A link to nothing counts: reading it then says what is wrong.
fn is_file(folder: &Folder, name: &OsStr, kind: Kind) -> bool {
    match kind {
        Kind::Link => folder.status(Path::new(name)).map_or(true, |status| status.kind == Kind::File),
        kind => kind == Kind::File,
    }
}

fn several(kind: &str, names: &[OsString]) -> String {
    let shown = &names[..names.len().min(MAX_NAMES)];
    let mut list: Vec<_> = shown.iter().map(|name| format!("`{}`", name.display())).collect();
    if names.len() > shown.len() {
        list.push(format!("{} more", names.len() - shown.len()));
    }
    format!("The folder has several {kind}, {}: keep one of them", list.join(" and "))
}
