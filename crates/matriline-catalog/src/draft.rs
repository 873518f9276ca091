//! An entry in the making.

use crate::CatalogEntry;
use crate::root::Candidate;
use crate::stamp::{Stamp, Stamps};
use crate::state::{INSTALL_STATE_FILE, InstallState, MAX_INSTALL_STATE_BYTES, parse_install_state, remedy};
use crate::sys::{Folder, Kind, Status};
use matriline_manifest::{Descriptor, Manifest, Problem, plugin_key_from_stem};
use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// What could be found out about one folder.
pub(crate) struct Draft {
    pub(crate) entry: CatalogEntry,
    /// `None` if they do not tell all that the entry depends on, or nobody asks.
    pub(crate) stamps: Option<Stamps>,
}

impl Draft {
    /// Adds what the sidecar says. One that can't be used is as good as none, but its owner should know.
    pub(crate) fn add_sidecar(&mut self, folder: &Folder, is_link: bool) {
        let Self { entry, stamps } = self;
        match read_sidecar(folder, is_link) {
            Ok((Ok(state), stamp)) => {
                state.describe(&mut entry.descriptor);
                entry.problems.extend(state.ignored().iter().map(Problem::warning));
                if let Some(uuid) = &state.cloud_uuid {
                    entry.descriptor.plugin_key.clone_from(uuid);
                }
                entry.install_state = Some(Box::new(state));
                if let Some(stamps) = stamps {
                    stamps.sidecar = Some(Box::new(stamp));
                }
            }
            Ok((Err(reason), stamp)) => {
                entry.problems.push(unusable_sidecar(&format!("can't be understood ({reason}): correct it")));
                if let Some(stamps) = stamps {
                    stamps.sidecar = Some(Box::new(stamp));
                }
            }
            // it has gone since it was listed
            Err(error) if error.kind() == ErrorKind::NotFound => *stamps = None,
            Err(error) => {
                let what = format!("can't be read ({error}): {}", remedy(&error));
                entry.problems.push(unusable_sidecar(&what));
                *stamps = None;
            }
        }
    }
}

fn unusable_sidecar(what: &str) -> Problem {
    Problem::warning(format!(
        "The file `{INSTALL_STATE_FILE}` {what}, or remove it; until then the plugin is treated as one that was put there by hand"
    ))
}

/// A link is not followed: a change of the state would replace it, not write through it.
fn read_sidecar(folder: &Folder, is_link: bool) -> io::Result<(Result<InstallState, String>, Stamp)> {
    if is_link {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is a symbolic link"));
    }
    let (file, status) = folder.open_file(OsStr::new(INSTALL_STATE_FILE))?;
    check_kind(status)?;
    let mut bytes = Vec::with_capacity(1024);
    file.take(MAX_INSTALL_STATE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let state = match bytes.len() > MAX_INSTALL_STATE_BYTES {
        true => Err(format!("it is larger than {MAX_INSTALL_STATE_BYTES} bytes")),
        false => parse_install_state(&bytes),
    };
    Ok((state, status.stamp))
}

/// The entry of a folder that can't be opened.
pub(crate) fn not_opened(path: PathBuf, candidate: &Candidate, error: &io::Error) -> Option<CatalogEntry> {
    let message = match (candidate.is_link, error.kind()) {
        (_, ErrorKind::PermissionDenied) => unreadable_folder(error),
        (_, ErrorKind::NotADirectory) | (false, ErrorKind::NotFound) => return None,
        (true, _) => format!(
            "The folder is a link that can't be followed ({error}): point it to the plugin's folder, or remove it"
        ),
        (false, _) => unreadable_folder(error),
    };
    Some(broken(path, message))
}

/// The entry of a folder without an entry file. Its key comes from the folder's name.
pub(crate) fn broken(folder: PathBuf, message: String) -> CatalogEntry {
    CatalogEntry {
        descriptor: nameless(folder.file_name().unwrap_or_default()),
        folder,
        entry: None,
        kind: None,
        bundled_wheels: Vec::new(),
        problems: vec![Problem::error(message)],
        install_state: None,
    }
}

pub(crate) fn unsettled(entry: CatalogEntry) -> Draft {
    Draft { entry, stamps: None }
}

/// What was opened has to be a file.
pub(crate) fn check_kind(status: Status) -> io::Result<()> {
    match status.kind {
        Kind::File => Ok(()),
        Kind::Folder => Err(io::Error::new(ErrorKind::InvalidInput, "it is a folder")),
        Kind::Link | Kind::Other => Err(io::Error::new(ErrorKind::InvalidInput, "it is no regular file")),
    }
}

pub(crate) fn unreadable_folder(error: &io::Error) -> String {
    format!("The folder can't be read ({error}): check its permissions")
}

pub(crate) fn unreadable(name: &OsStr, error: &io::Error) -> Manifest {
    let message = format!("The file `{}` can't be read ({error}): {}", name.display(), remedy(error));
    Manifest { descriptor: nameless(name), problems: vec![Problem::error(message)] }
}

fn nameless(name: &OsStr) -> Descriptor {
    Descriptor { plugin_key: plugin_key_from_stem(stem(name)), ..Descriptor::default() }
}

pub(crate) fn stem(name: &OsStr) -> &[u8] {
    Path::new(name).file_stem().map(OsStr::as_encoded_bytes).unwrap_or_default()
}
