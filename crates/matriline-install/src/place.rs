//! The folders that hold plugins, opened one step after the other, so that no symbolic link leads out of them.

use crate::Fault;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions};
use matriline_catalog::{PLUGINS_FOLDER, SUBSCRIBED_FOLDER, is_safe_folder_name};
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What happens where a folder is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Make,
    Tell,
}

/// An opened folder of plugins.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) path: PathBuf,
    pub(crate) dir: Dir,
}

impl Root {
    /// Opens the folder of the local plugins, or that of a user's; `None` if it is missing.
    pub(crate) fn open(data_dir: &Path, user: Option<&str>, missing: Missing) -> Result<Option<Self>, Fault> {
        let opened = match missing {
            Missing::Make => Dir::create_ambient_dir_all(data_dir, ambient_authority()),
            Missing::Tell => Ok(()),
        };
        let opened = opened.and_then(|()| Dir::open_ambient_dir(data_dir, ambient_authority()));
        let dir = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound && missing == Missing::Tell => return Ok(None),
            opened => opened.map_err(|error| Fault::io("open", data_dir, error))?,
        };
        let mut root = Self { path: data_dir.to_owned(), dir };
        let mut names = vec![PLUGINS_FOLDER];
        if let Some(user) = user {
            check_user(user)?;
            names.extend([SUBSCRIBED_FOLDER, user]);
        }
        for name in names {
            match root.child(OsStr::new(name), missing)? {
                Some(child) => root = child,
                None => return Ok(None),
            }
        }
        Ok(Some(root))
    }

    /// A folder in this one; `None` if it is missing. A symbolic link is not followed.
    pub(crate) fn child(&self, name: &OsStr, missing: Missing) -> Result<Option<Self>, Fault> {
        let path = self.path.join(name);
        let fail = |act| {
            let path = path.clone();
            move |error| Fault::io(act, &path, error)
        };
        match self.dir.symlink_metadata(name) {
            Ok(found) if found.is_symlink() => return Err(Fault::Link { path }),
            Ok(_) => {}
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(fail("open")(error)),
            Err(_) if missing == Missing::Tell => return Ok(None),
            Err(_) => match self.dir.create_dir(name) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(fail("make")(error)),
                _ => {}
            },
        }
        let dir = self.dir.open_dir(name).map_err(fail("open"))?;
        Ok(Some(Self { path, dir }))
    }

    /// The plugin's folder of this name.
    pub(crate) fn place(self, name: OsString) -> Place {
        Place { root: self, name }
    }

    /// Makes what was renamed in here survive a power cut. Where a folder can't be flushed, the system does it in time.
    pub(crate) fn flush(&self) {
        let _ = flush(&self.dir);
    }

    /// The names in here, as they can be listed.
    pub(crate) fn names(&self) -> Vec<OsString> {
        let entries = self.dir.entries().into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name()).collect()
    }

    /// Puts a file there whole: written beside, flushed, renamed.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        let beside = format!("{name}.new");
        let written = create_new(&self.dir, Path::new(&beside)).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            self.dir.rename(&beside, &self.dir, name)
        });
        written.map_err(|error| {
            // it may not be there
            let _ = self.dir.remove_file(&beside);
            Fault::io("write", &self.path.join(name), error)
        })
    }
}

/// The folder of one plugin, whether or not it is there.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) root: Root,
    pub(crate) name: OsString,
}

impl Place {
    pub(crate) fn path(&self) -> PathBuf {
        self.root.path.join(&self.name)
    }

    /// The folder, if it is there.
    pub(crate) fn open(&self) -> Result<Option<Root>, Fault> {
        self.root.child(&self.name, Missing::Tell)
    }

    /// The folder of a plugin that must be in one of the known folders of plugins.
    pub(crate) fn known(data_dir: &Path, user: Option<&str>, folder: &Path) -> Result<Self, Fault> {
        let outside = || Fault::Outside { folder: folder.to_owned() };
        // `..` at the end has no name
        let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else { return Err(outside()) };
        if name.as_encoded_bytes().starts_with(b".") || name == SUBSCRIBED_FOLDER {
            return Err(outside());
        }
        for user in [None].into_iter().chain(user.map(Some)) {
            let Some(root) = Root::open(data_dir, user, Missing::Tell)? else { continue };
            if is_same_folder(&root.path, parent) {
                return Ok(root.place(name.to_owned()));
            }
        }
        Err(outside())
    }
}

/// Makes a file in the place of whatever is there; a symbolic link, which a plugin may have put there, is not followed.
pub(crate) fn create_new(dir: &Dir, name: &Path) -> io::Result<File> {
    match dir.remove_file(name) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    dir.open_with(name, OpenOptions::new().write(true).create_new(true))
}

/// Makes what was renamed in a folder survive a power cut.
pub(crate) fn flush(dir: &Dir) -> io::Result<()> {
    if cfg!(unix) {
        // an opened `Dir` is there for its name only
        dir.open(".")?.sync_all()?;
    }
    Ok(())
}

fn check_user(user: &str) -> Result<(), Fault> {
    match is_safe_folder_name(user) {
        true => Ok(()),
        false => {
            Err(Fault::UnsafeName { name: user.to_owned(), what: "of the cloud user is none of a folder" })
        }
    }
}

fn is_same_folder(root: &Path, other: &Path) -> bool {
    root == other
        || root.canonicalize().is_ok_and(|root| other.canonicalize().is_ok_and(|other| root == other))
}
