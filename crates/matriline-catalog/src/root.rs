//! The folders whose folders are plugins.

use crate::names::{SUBSCRIBED_FOLDER, backed_up_len, is_ignored_folder, is_safe_folder_name};
use crate::sys::{Folder, Kind, ListBuffer};
use crate::{PLUGINS_FOLDER, ScanOptions};
use matriline_manifest::Problem;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A folder of plugins, listed.
pub(crate) struct Root {
    /// The cloud user whose plugins these are; empty for local ones.
    pub(crate) user: String,
    pub(crate) path: PathBuf,
    /// `None` if there is no such folder.
    pub(crate) folder: Option<Folder>,
    /// Sorted by the bytes of their names.
    pub(crate) candidates: Vec<Candidate>,
    /// Folders that are named as an install names its backups, sorted.
    pub(crate) backups: Vec<OsString>,
}

/// A name that may stand for a plugin.
pub(crate) struct Candidate {
    pub(crate) name: OsString,
    pub(crate) is_link: bool,
}

/// Lists the folder of local plugins and then that of the user's. What was found before an error stays.
pub(crate) fn list(
    data_dir: &Path,
    options: &ScanOptions,
    problems: &mut Vec<Problem>,
    buffer: &mut ListBuffer,
) -> Vec<Root> {
    let local = data_dir.join(PLUGINS_FOLDER);
    let mut places = vec![(String::new(), local.clone())];
    match options.cloud_user.as_deref() {
        Some(user) if is_safe_folder_name(user) => {
            places.push((user.to_owned(), local.join(SUBSCRIBED_FOLDER).join(user)));
        }
        Some(user) => problems.push(Problem::error(format!(
            "The cloud user `{}` is no name of a folder, so the user's plugins are not looked for: sign in again",
            user.escape_debug()
        ))),
        None => {}
    }
    let mut open = |(user, path): (String, PathBuf)| {
        let mut root = Root { user, path, folder: None, candidates: Vec::new(), backups: Vec::new() };
        if let Err(error) = root.read(buffer) {
            let path = root.path.display();
            problems.push(Problem::error(format!(
                "The folder `{path}` of all plugins can't be read ({error}): make it a folder that can be listed"
            )));
        }
        root
    };
    places.into_iter().map(&mut open).collect()
}

impl Root {
    fn read(&mut self, buffer: &mut ListBuffer) -> io::Result<()> {
        let folder = match Folder::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            folder => self.folder.insert(folder?),
        };
        let (candidates, backups) = (&mut self.candidates, &mut self.backups);
        let listed = folder.list(buffer, &mut |name, kind| {
            if is_ignored_folder(name) {
                if matches!(kind, Kind::Folder | Kind::Link) && backed_up_len(name).is_some() {
                    backups.push(name.to_owned());
                }
            } else if matches!(kind, Kind::Folder | Kind::Link) {
                candidates.push(Candidate { name: name.to_owned(), is_link: kind == Kind::Link });
            }
        });
        candidates.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        backups.sort_unstable();
        listed
    }
    /// The candidate of a name.
    pub(crate) fn candidate(&self, name: &OsStr) -> Option<&Candidate> {
        let index = self.candidates.binary_search_by(|candidate| candidate.name.as_os_str().cmp(name));
        index.ok().map(|index| &self.candidates[index])
    }
}
