//! One file that may be a plugin.

use crate::Fault;
use matriline_catalog::EntryKind;
use matriline_manifest::{
    Descriptor, MAX_SCRIPT_BYTES, MAX_UNPACKED_BYTES, Manifest, Problem, RequiresPython, Severity, Target,
    WheelArchive, check_requires_python, is_uuid, plugin_key_from_stem, read_script_from, read_wheel,
    verify_record,
};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Read, Seek};
use std::path::Path;

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallSource {
    /// A file that the user chose.
    Local,
    /// A download, with the cloud's record of the plugin. What kind of file it is, its bytes tell.
    Cloud(Box<Descriptor>),
}

impl InstallSource {
    /// The plugin's UUID, for one of the cloud.
    pub(crate) fn uuid(&self) -> Option<&str> {
        match self {
            Self::Local => None,
            Self::Cloud(record) => Some(record.cloud.as_ref().map_or("", |cloud| &cloud.uuid)),
        }
    }
}

/// The longest name of a file or folder: a file system's 255 bytes, less what a backup's name has more.
const MAX_NAME_BYTES: usize = 220;
/// How many tags a message lists.
const MOST_TAGS: usize = 5;
/// How a zip archive begins (APPNOTE 4.3.7).
const ZIP_SIGNATURE: &[u8] = b"PK\x03\x04";

/// A file that was looked at.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) kind: EntryKind,
    pub(crate) descriptor: Descriptor,
    pub(crate) problems: Vec<Problem>,
    /// The name of the entry file, and of the folder for a plugin that has none yet.
    pub(crate) file_name: OsString,
    pub(crate) folder_name: String,
    /// Why it can't be installed.
    pub(crate) refused: Option<Fault>,
}

/// Opens a file whose kind and size are those of a package.
pub(crate) fn open(file: &Path, source: &InstallSource) -> Result<(File, EntryKind), Fault> {
    if let Some(uuid) = source.uuid().filter(|uuid| !is_uuid(uuid)) {
        return Err(Fault::Uuid { uuid: uuid.to_owned() });
    }
    let own = || file.to_owned();
    let found = match fs::metadata(file) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Err(Fault::Missing { file: own() });
        }
        found => found.map_err(|error| Fault::io("read", file, error))?,
    };
    if found.is_dir() {
        return Err(Fault::Folder { file: own() });
    }
    if !found.is_file() {
        return Err(Fault::NotAFile { file: own() });
    }
    let is_cloud = matches!(source, InstallSource::Cloud(_));
    let named = kind_of_name(file);
    if named.is_none() && !is_cloud {
        return Err(Fault::Extension { file: own() });
    }
    let opened = File::open(file).and_then(|mut opened| Ok((kind_of_bytes(&mut opened)?, opened)));
    let (bytes, opened) = opened.map_err(|error| Fault::io("read", file, error))?;
    let kind = named.filter(|_| !is_cloud).unwrap_or(bytes);
    let limit = limit(kind);
    match found.len() > limit {
        true => Err(Fault::TooLarge { file: own(), bytes: found.len(), limit }),
        false => Ok((opened, kind)),
    }
}

/// The largest package.
pub(crate) fn limit(kind: EntryKind) -> u64 {
    match kind {
        EntryKind::Script => MAX_SCRIPT_BYTES,
        EntryKind::Wheel => MAX_UNPACKED_BYTES,
    }
}

/// Reads what a package says about itself.
pub(crate) fn read(
    (content, kind): (&File, EntryKind),
    file: &Path,
    source: &InstallSource,
    (target, requires_python): (&Target, RequiresPython),
) -> Result<Package, Fault> {
    let fail = |error| Fault::io("read", file, error);
    let stem = file.file_stem().unwrap_or_default();
    let mut reader = BufReader::new(content);
    reader.rewind().map_err(fail)?;
    let Manifest { descriptor, mut problems } = match kind {
        EntryKind::Script => read_script_from(stem.as_encoded_bytes(), reader).map_err(fail)?,
        EntryKind::Wheel => read_wheel(stem.as_encoded_bytes(), reader, target),
    };
    problems.extend(check_requires_python(&descriptor, target, requires_python));
    let mut refused = refusal((content, kind), file, source, target, &descriptor, &problems);
    let (descriptor, file_name, folder_name) = match source {
        InstallSource::Local => {
            let (name, folder) = local_names(file, kind);
            (descriptor, name, folder)
        }
        InstallSource::Cloud(record) => cloud(record, descriptor, kind),
    };
    if let Some(fault) = unsafe_name(&file_name, &folder_name) {
        refused.get_or_insert(fault);
    }
    Ok(Package { kind, descriptor, problems, file_name, folder_name, refused })
}

/// Compares the files of a wheel with its `RECORD`, which reads all of it.
pub(crate) fn verify((content, kind): (&File, EntryKind), file: &Path) -> Result<(), Fault> {
    if kind == EntryKind::Script {
        return Ok(());
    }
    let damaged = |source| Fault::Record { file: file.to_owned(), source };
    let mut archive = WheelArchive::open(BufReader::new(content)).map_err(|error| damaged(error.into()))?;
    verify_record(&mut archive).map_err(damaged)
}

fn refusal(
    (content, kind): (&File, EntryKind),
    file: &Path,
    source: &InstallSource,
    target: &Target,
    descriptor: &Descriptor,
    problems: &[Problem],
) -> Option<Fault> {
    let own = || file.to_owned();
    if kind == EntryKind::Wheel {
        let tags = tags(content).unwrap_or_default();
        if !tags.is_empty() && !tags.iter().any(|tag| target.accepts(tag)) {
            let tags: Vec<_> = tags.iter().take(MOST_TAGS).map(|tag| format!("`{tag}`")).collect();
            let (tags, wanted) = (tags.join(", "), target.native_tag());
            return Some(Fault::WrongPlatform { file: own(), tags, wanted });
        }
    }
    if let Some(problem) = problems.iter().find(|problem| problem.severity == Severity::Error) {
        return Some(Fault::Unusable { file: own(), problem: problem.to_string() });
    }
    match source {
        _ if kind == EntryKind::Wheel => None,
        InstallSource::Local => descriptor.name.is_empty().then(|| Fault::NoMetadata { file: own() }),
        InstallSource::Cloud(_) => {
            let plugin_key = descriptor.plugin_key.clone();
            let says_nothing = *descriptor == Descriptor { plugin_key, ..Descriptor::default() };
            let plugin = source.uuid().unwrap_or_default().to_owned();
            (says_nothing && problems.is_empty()).then_some(Fault::NotAPackage { plugin })
        }
    }
}

/// The tags that a wheel is built for, by its file `WHEEL`; `None` if it has none that can be read.
fn tags(content: &File) -> Option<Vec<String>> {
    const MOST_BYTES: u64 = 64 << 10;
    let mut archive = WheelArchive::open(BufReader::new(content)).ok()?;
    let is_wheel = |path: &str| {
        path.split_once('/').is_some_and(|(folder, name)| folder.ends_with(".dist-info") && name == "WHEEL")
    };
    let index = archive.members().iter().position(|member| is_wheel(&member.path))?;
    let mut text = Vec::new();
    if archive.members()[index].size > MOST_BYTES {
        return None;
    }
    archive.unpack(index, &mut text).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let tags = fields.filter(|(name, _)| name.trim().eq_ignore_ascii_case("Tag"));
    Some(tags.map(|(_, tag)| tag.trim().to_owned()).collect())
}

/// The cloud's record with what only the package knows: its dependencies always, the rest where the record is empty.
fn cloud(record: &Descriptor, package: Descriptor, kind: EntryKind) -> (Descriptor, OsString, String) {
    let mut descriptor = record.clone();
    let mut uuid = String::new();
    if let Some(cloud) = &mut descriptor.cloud {
        cloud.installed = true;
        uuid.clone_from(&cloud.uuid);
    }
    descriptor.fill_from(&package);
    descriptor.dependencies = package.dependencies;
    descriptor.plugin_key.clone_from(&uuid);
    let stem = match descriptor.name.is_empty() {
        true => uuid.clone(),
        false => plugin_key_from_stem(&descriptor.name),
    };
    let stem = stem.trim_start_matches(['.', '_']);
    let stem = if stem.is_empty() { &uuid } else { stem };
    let stem: String = stem.chars().take(100).collect();
    (descriptor, format!("{stem}{}", extension(kind)).into(), uuid)
}

/// The names of a local plugin: its file keeps its own, and its folder is named as the file. Extensions are in lower
/// case, as a scan wants them.
fn local_names(file: &Path, kind: EntryKind) -> (OsString, String) {
    let mut name = file.file_stem().unwrap_or_default().to_owned();
    name.push(extension(kind));
    let folder = plugin_key_from_stem(name.as_encoded_bytes());
    (name, folder)
}

fn unsafe_name(file: &OsStr, folder: &str) -> Option<Fault> {
    let name = file.as_encoded_bytes();
    let is_odd = |byte: &u8| byte.is_ascii_control() || b"/\\:*?\"<>|".contains(byte);
    let what = if name.starts_with(b".") || name.starts_with(b"__") || folder.starts_with("__") {
        "begins as those of hidden and internal files, which are no plugins"
    } else if name.len().max(folder.len()) > MAX_NAME_BYTES {
        "has more than 220 bytes"
    } else if name.iter().any(is_odd) {
        "has letters that not every system has in names"
    } else {
        return None;
    };
    Some(Fault::UnsafeName { name: file.to_string_lossy().into_owned(), what })
}

pub(crate) fn extension(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Script => ".py",
        EntryKind::Wheel => ".whl",
    }
}

fn kind_of_name(file: &Path) -> Option<EntryKind> {
    let extension = file.extension()?;
    match extension {
        _ if extension.eq_ignore_ascii_case("py") => Some(EntryKind::Script),
        _ if extension.eq_ignore_ascii_case("whl") => Some(EntryKind::Wheel),
        _ => None,
    }
}

fn kind_of_bytes(file: &mut File) -> std::io::Result<EntryKind> {
    let mut start = Vec::new();
    file.take(ZIP_SIGNATURE.len() as u64).read_to_end(&mut start)?;
    Ok(if start == ZIP_SIGNATURE { EntryKind::Wheel } else { EntryKind::Script })
}
