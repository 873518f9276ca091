//! Reads one plugin folder.

use crate::CatalogEntry;
use crate::EntryKind;
use crate::folder::{Layout, layout};
use matriline_manifest::{
    Descriptor, Manifest, Problem, Target, plugin_key_from_stem, read_script, read_wheel,
};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How much of a script is read. A metadata block behind it is not seen, which is a warning.
pub const MAX_SCRIPT_BYTES: u64 = 16 << 20;

/// The entry of a plugin folder, which may be gone or unreadable by now.
pub(crate) fn read(folder: PathBuf, target: &Target) -> CatalogEntry {
    let layout = match layout(&folder) {
        Ok(layout) => layout,
        Err(message) => return broken(folder, message),
    };
    let Layout { kind, entry, bundled_wheels } = layout;
    let manifest = match kind {
        EntryKind::Script => script(&entry),
        EntryKind::Wheel => wheel(&entry, target),
    };
    let Manifest { descriptor, problems } = manifest.unwrap_or_else(|error| unreadable(&entry, &error));
    CatalogEntry { descriptor, folder, entry: Some(entry), kind: Some(kind), bundled_wheels, problems }
}

/// The entry of a folder without an entry file. Its key comes from the folder's name.
pub(crate) fn broken(folder: PathBuf, message: String) -> CatalogEntry {
    CatalogEntry {
        descriptor: nameless(&folder),
        folder,
        entry: None,
        kind: None,
        bundled_wheels: Vec::new(),
        problems: vec![Problem::error(message)],
    }
}

fn script(path: &Path) -> io::Result<Manifest> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_SCRIPT_BYTES + 1).read_to_end(&mut bytes)?;
    let is_longer = bytes.len() as u64 > MAX_SCRIPT_BYTES;
    if is_longer {
        // the last line may be cut inside a character
        let end = bytes.iter().rposition(|&byte| byte == b'\n').unwrap_or_default();
        bytes.truncate(end);
    }
    let mut manifest = read_script(stem(path), &bytes);
    if is_longer {
        let message = format!(
            "The file is larger than {MAX_SCRIPT_BYTES} bytes, only those are searched for a metadata block: write it at the top"
        );
        manifest.problems.push(Problem::warning(message));
    }
    Ok(manifest)
}

fn wheel(path: &Path, target: &Target) -> io::Result<Manifest> {
    Ok(read_wheel(stem(path), File::open(path)?, target))
}

fn unreadable(path: &Path, error: &io::Error) -> Manifest {
    let name = path.file_name().unwrap_or_default().display();
    let message = format!("The file `{name}` can't be read ({error}): check its permissions");
    Manifest { descriptor: nameless(path), problems: vec![Problem::error(message)] }
}

fn nameless(path: &Path) -> Descriptor {
    Descriptor { plugin_key: plugin_key_from_stem(stem(path)), ..Descriptor::default() }
}

fn stem(path: &Path) -> &[u8] {
    path.file_stem().map(OsStr::as_encoded_bytes).unwrap_or_default()
}
