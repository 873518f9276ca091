//! Finds the entry file of one plugin folder.

use crate::EntryKind;
use crate::names::is_ignored_file;
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What the names in a plugin folder make of it.
pub(crate) struct Layout {
    pub(crate) kind: EntryKind,
    pub(crate) entry: PathBuf,
    pub(crate) bundled_wheels: Vec<PathBuf>,
}

/// The layout of a folder, or what is wrong with it and what would fix it.
///
/// One `.py` is the entry, and wheels beside it are its dependencies. Without a `.py`, one wheel is the entry.
pub(crate) fn layout(folder: &Path) -> Result<Layout, String> {
    let Files { mut scripts, mut wheels } = files(folder).map_err(unreadable)?;
    match (scripts.len(), wheels.len()) {
        (1, _) => Ok(Layout { kind: EntryKind::Script, entry: scripts.remove(0), bundled_wheels: wheels }),
        (0, 1) => {
            let bundled_wheels = bundled_wheels(&folder.join("wheels")).map_err(unreadable)?;
            Ok(Layout { kind: EntryKind::Wheel, entry: wheels.remove(0), bundled_wheels })
        }
        (0, 0) => {
            Err("The folder has no `.py` and no `.whl` file: put the plugin's file into it, or remove it"
                .to_owned())
        }
        (0, _) => Err(several("`.whl` files and no `.py`", &wheels)),
        _ => Err(several("`.py` files", &scripts)),
    }
}

#[derive(Default)]
struct Files {
    scripts: Vec<PathBuf>,
    wheels: Vec<PathBuf>,
}

/// The files with an extension of plugins, sorted.
fn files(folder: &Path) -> io::Result<Files> {
    let mut files = Files::default();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(extension) = Path::new(&name).extension() else { continue };
        let list = match extension.as_encoded_bytes() {
            b"py" => &mut files.scripts,
            b"whl" => &mut files.wheels,
            _ => continue,
        };
        if !is_ignored_file(&name) && is_file(&entry) {
            list.push(entry.path());
        }
    }
    files.scripts.sort();
    files.wheels.sort();
    Ok(files)
}

/// True for a file or a link to one. A link to nothing counts: reading it then says what is wrong.
fn is_file(entry: &DirEntry) -> bool {
    match entry.file_type() {
        Ok(kind) if kind.is_symlink() => fs::metadata(entry.path()).map_or(true, |data| data.is_file()),
        Ok(kind) => kind.is_file(),
        Err(_) => false,
    }
}

fn bundled_wheels(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match files(folder) {
        Ok(files) => Ok(files.wheels),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

fn unreadable(error: io::Error) -> String {
    format!("The folder can't be read ({error}): check its permissions")
}

fn several(kind: &str, paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths.iter().filter_map(|path| path.file_name()).collect();
    let list: Vec<_> = names.iter().map(|name| format!("`{}`", name.display())).collect();
    format!("The folder has several {kind}, {}: keep one of them", list.join(" and "))
}
