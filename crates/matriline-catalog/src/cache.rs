//! The memory of a scan as a file, so that the next process need not read everything again.
//!
//! The file may be deleted, damaged or old at any time: what can't be used is as good as absent. It can't add a
//! plugin, because only folders that are there are looked up in it.

use crate::folder::WHEELS_FOLDER;
use crate::memory::{Memory, Remembered, RootMemory};
use crate::names::{SUBSCRIBED_FOLDER, all_joined, is_safe_folder_name, joined};
use crate::stamp::Stamps;
use crate::state::InstallState;
use crate::{CatalogEntry, EntryKind, PLUGINS_FOLDER};
use matriline_manifest::{Descriptor, Problem};
use matriline_roots::{RootError, open_regular, replace};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Where the file is, below the data folder.
const PATH: [&str; 3] = ["cache", "matriline", "catalog"];
/// The first bytes of the file; the number is that of the format, to be raised with every change of a type that is
/// stored, in whatever crate it is. (What is stored in it has a number too, that of the readers.)
const MAGIC: &[u8] = b"matriline catalog 3\n";
/// Behind the magic: the checksum of all that follows, in the order of little-endian machines.
const CHECKSUM_BYTES: usize = 4;
/// A larger file is none of ours.
const MAX_BYTES: u64 = 1 << 30;

/// The memory of a scan that is not on the disk yet; independent of the scanner it comes from.
#[derive(Debug)]
pub struct UnsavedCache {
    pub(crate) data_dir: Arc<Path>,
    pub(crate) memory: Arc<Memory>,
}

impl UnsavedCache {
    /// Writes `<data_dir>/cache/matriline/catalog`, whole or not at all.
    ///
    /// # Errors
    /// The system's reason. Nothing is lost then but time: the next process reads the plugins again.
    pub fn write(&self) -> Result<(), RootError> {
        let path = path(&self.data_dir);
        let bytes = encode(&self.memory).map_err(io::Error::other);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        match made.and(bytes) {
            Ok(bytes) => replace(&path, &bytes),
            Err(source) => Err(RootError::Replace { path, source }),
        }
    }
}

/// What the file tells, if there is a whole one.
pub(crate) fn read(data_dir: &Path) -> Option<Memory> {
    let file = open_regular(&path(data_dir)).ok()?;
    let size = file.metadata().ok()?.len();
    if size > MAX_BYTES {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).ok()?);
    file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    decode(&bytes, data_dir)
}

fn path(data_dir: &Path) -> PathBuf {
    let mut path = data_dir.to_owned();
    path.extend(PATH);
    path
}

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    fingerprint: Cow<'a, str>,
    /// Of each root the user, and how many plugins of it follow.
    roots: Vec<(Cow<'a, str>, usize)>,
}

/// One plugin; of its paths only the names, since the data folder may be moved.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    name: Cow<'a, OsStr>,
    stamps: Cow<'a, Stamps>,
    entry: Option<(EntryKind, Cow<'a, OsStr>)>,
    bundled: Vec<Cow<'a, OsStr>>,
    descriptor: Cow<'a, Descriptor>,
    problems: Cow<'a, [Problem]>,
    state: Option<Cow<'a, InstallState>>,
}

fn encode(memory: &Memory) -> postcard::Result<Vec<u8>> {
    let roots = memory.roots.iter().map(|root| (Cow::Borrowed(&*root.user), root.plugins.len())).collect();
    let header = Header { fingerprint: Cow::Borrowed(&memory.fingerprint), roots };
    let mut bytes = postcard::to_extend(&header, [MAGIC, &[0; CHECKSUM_BYTES]].concat())?;
    for plugin in memory.roots.iter().flat_map(|root| &root.plugins) {
        bytes = postcard::to_extend(&stored(plugin), bytes)?;
    }
    let (head, body) = bytes.split_at_mut(MAGIC.len() + CHECKSUM_BYTES);
    head[MAGIC.len()..].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    Ok(bytes)
}

fn stored(remembered: &Remembered) -> Stored<'_> {
    let entry = &*remembered.entry;
    let last = |path: &'_ PathBuf| path.file_name().unwrap_or_default().to_owned();
    Stored {
        name: Cow::Borrowed(remembered.name()),
        stamps: Cow::Borrowed(&remembered.stamps),
        entry: entry.kind.zip(entry.entry.as_ref().map(last).map(Cow::Owned)),
        bundled: entry.bundled_wheels.iter().map(last).map(Cow::Owned).collect(),
        descriptor: Cow::Borrowed(&entry.descriptor),
        problems: Cow::Borrowed(&entry.problems),
        state: entry.install_state.as_deref().map(Cow::Borrowed),
    }
}

fn decode(bytes: &[u8], data_dir: &Path) -> Option<Memory> {
    let (checksum, body) = bytes.strip_prefix(MAGIC)?.split_at_checked(CHECKSUM_BYTES)?;
    if checksum != crc32fast::hash(body).to_le_bytes() {
        return None;
    }
    let (header, mut rest) = postcard::take_from_bytes::<Header<'_>>(body).ok()?;
    let mut memory = Memory { fingerprint: header.fingerprint.into_owned(), roots: Vec::new() };
    for (user, count) in header.roots {
        let path = match user.is_empty() {
            true => data_dir.join(PLUGINS_FOLDER),
            false if is_safe_folder_name(&user) => {
                data_dir.join(PLUGINS_FOLDER).join(SUBSCRIBED_FOLDER).join(&*user)
            }
            false => return None,
        };
        // each takes some bytes, whatever the number says
        let mut plugins = Vec::with_capacity(count.min(rest.len() / size_of::<Remembered>()));
        for _ in 0..count {
            let (stored, behind) = postcard::take_from_bytes::<Stored<'_>>(rest).ok()?;
            rest = behind;
            plugins.push(remembered(stored, &path)?);
        }
        plugins.shrink_to_fit();
        if !plugins.is_sorted_by(|a, b| a.name() < b.name()) {
            return None;
        }
        memory.roots.push(RootMemory { user: user.into_owned(), plugins });
    }
    rest.is_empty().then_some(memory)
}

/// `None` if a name would lead out of its folder.
fn remembered(stored: Stored<'_>, root: &Path) -> Option<Remembered> {
    let Stored { name, stamps, entry, bundled, descriptor, problems, state } = stored;
    let file = entry.as_ref().map(|(_, file)| file);
    if !file.into_iter().chain([&name]).chain(&bundled).all(|name| is_one_name(name)) {
        return None;
    }
    let bundled: Vec<OsString> = bundled.into_iter().map(Cow::into_owned).collect();
    let folder = joined(root, &name);
    let kind = entry.as_ref().map(|(kind, _)| *kind);
    let entry = CatalogEntry {
        descriptor: descriptor.into_owned(),
        entry: file.map(|file| joined(&folder, file)),
        kind,
        bundled_wheels: match kind {
            Some(EntryKind::Wheel) => all_joined(&folder.join(WHEELS_FOLDER), bundled),
            _ => all_joined(&folder, bundled),
        },
        problems: problems.into_owned(),
        install_state: state.map(|state| Box::new(state.into_owned())),
        folder,
    };
    Some(Remembered { entry: Arc::new(entry), stamps: stamps.into_owned() })
}

fn is_one_name(name: &OsStr) -> bool {
    let mut parts = Path::new(name).components();
    let is_normal = matches!(parts.next(), Some(Component::Normal(part)) if part == name);
    is_normal && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::Stamp;
    use crate::state::parse_install_state;
    use matriline_manifest::{ChangelogEntry, CloudOverlay, EntryPoint, Position, WantedPermissions};

    /// Every field of a stored type has a value of its own, as far as this crate can make one.
    fn sample() -> Memory {
        let text = |text: &str| text.to_owned();
        let cloud = CloudOverlay {
            uuid: text("uuid"),
            latest_version: text("2"),
            installed: true,
            changelog: vec![ChangelogEntry { version: text("2"), ..ChangelogEntry::default() }],
            ..CloudOverlay::default()
        };
        let descriptor = Descriptor {
            plugin_key: text("key"),
            name: text("Name"),
            description: text("One line"),
            author: text("Somebody"),
            version: text("1"),
            installed_version: text("1.0"),
            entry_package: Some(text("package")),
            dependencies: vec![text("numpy")],
            requires_python: Some(text(">=3.8")),
            settings: [(text("speed"), text("3"))].into(),
            permissions_wanted: Some(Box::new(WantedPermissions {
                process: vec![text("ls")],
                ..WantedPermissions::default()
            })),
            extra: [(text("x.y"), text("1"))].into(),
            entry_points: vec![EntryPoint { name: text("n"), module: text("m"), attribute: text("a") }],
            cloud: Some(Box::new(cloud)),
            ..Descriptor::default()
        };
        let state =
            br#"{"enabled": 0, "installed_from": "cloud", "capabilities": [{"a": true, "type": "script"}, 7],
            "permissions": {"process": ["ls", 3], "camera": []}, "more": [1.50]}"#;
        let stamp = Stamp { device: 1, inode: 2, size: 3, modified: 4, changed: -5 };
        let entry = CatalogEntry {
            descriptor,
            folder: PathBuf::from("/data/orca_plugins/a"),
            entry: Some(PathBuf::from("/data/orca_plugins/a/a.whl")),
            kind: Some(EntryKind::Wheel),
            bundled_wheels: vec![PathBuf::from("/data/orca_plugins/a/wheels/b.whl")],
            problems: vec![
                Problem::warning("Odd").at(Position { line: 1, column: 2 }),
                Problem::error("Bad"),
                Problem::note("Well"),
            ],
            install_state: Some(Box::new(parse_install_state(state).unwrap())),
        };
        let stamps = Stamps {
            folder: stamp,
            entry: Some(stamp),
            sidecar: Some(Box::new(stamp)),
            wheels: Some(Box::new(stamp)),
        };
        let plugins = vec![Remembered { entry: Arc::new(entry), stamps }];
        Memory { fingerprint: text("options"), roots: vec![RootMemory { user: String::new(), plugins }] }
    }

    /// If this fails, the stored form has changed: raise the number in `MAGIC`, and write the new sum here.
    #[cfg(unix)]
    #[test]
    fn the_number_of_the_format_follows_the_form() {
        let bytes = encode(&sample()).unwrap();
        assert_eq!((MAGIC, crc32fast::hash(&bytes)), (&b"matriline catalog 3\n"[..], 826_071_877));
    }

    #[test]
    fn the_sample_comes_back() {
        let sample = sample();
        let decoded = decode(&encode(&sample).unwrap(), Path::new("/data")).unwrap();
        assert_eq!(decoded.fingerprint, sample.fingerprint);
        let (found, expected) = (&decoded.roots[0].plugins[0], &sample.roots[0].plugins[0]);
        assert_eq!((&found.entry, &found.stamps), (&expected.entry, &expected.stamps));
    }
}
