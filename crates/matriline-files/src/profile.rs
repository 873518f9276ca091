//! One file of the slicer's format, as it is written: without what it inherits.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use matriline_host::PresetType;
use serde_json::{Map, Value};

use crate::FileError;
use crate::option::text_of;

/// What a file says of the preset itself; everything else is an option.
const ABOUT: [&str; 13] = [
    "type",
    "name",
    "from",
    "inherits",
    "instantiation",
    "version",
    "setting_id",
    "filament_id",
    "description",
    "user_id",
    "updated_time",
    "base_id",
    "is_custom_defined",
];

/// A preset as a file writes it.
pub(crate) struct Profile {
    pub(crate) path: PathBuf,
    pub(crate) kind: PresetType,
    pub(crate) name: String,
    /// The name of the preset whose options hold where this has none; empty for none.
    pub(crate) inherits: String,
    /// It came with the application.
    pub(crate) is_system: bool,
    /// It can be selected; else others only inherit from it.
    pub(crate) is_selectable: bool,
    pub(crate) options: BTreeMap<String, String>,
}

impl Profile {
    /// Reads a file; none for one of the slicer that is no preset: the index of a vendor, the model of a printer.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, FileError> {
        let bytes = std::fs::read(path).map_err(|cause| FileError::unreadable(path, cause))?;
        let parsed = serde_json::from_slice(&bytes);
        let value: Value = parsed.map_err(|cause| FileError::Json { path: path.into(), cause })?;
        let Value::Object(members) = value else { return Err(refused(path, "holds no object")) };
        let Some(kind) = kind_of(&members, path)? else { return Ok(None) };
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = text("name");
        if name.is_empty() {
            return Err(refused(path, "has no name: give it a text under `name`"));
        }
        let mut options = BTreeMap::new();
        for (key, value) in &members {
            if ABOUT.contains(&key.as_str()) {
                continue;
            }
            let value = text_of(value).ok_or_else(|| {
                refused(path, &format!("has an option `{key}` that is neither a text nor a list of texts"))
            })?;
            options.insert(key.clone(), value);
        }
        Ok(Some(Self {
            path: path.into(),
            kind,
            name,
            inherits: text("inherits"),
            is_system: text("from").eq_ignore_ascii_case("system"),
            is_selectable: text("instantiation") != "false",
            options,
        }))
    }

    /// An error about this file.
    pub(crate) fn refused(&self, problem: &str) -> FileError {
        refused(&self.path, problem)
    }
}

fn refused(path: &Path, problem: &str) -> FileError {
    FileError::Preset { path: path.into(), problem: problem.to_owned() }
}

/// What the preset is for: its type says so, else the folder it lies in. None for another file of the slicer.
fn kind_of(members: &Map<String, Value>, path: &Path) -> Result<Option<PresetType>, FileError> {
    let known = |word: &str| match word {
        "process" => Some(PresetType::Print),
        "machine" => Some(PresetType::Printer),
        "filament" => Some(PresetType::Filament),
        _ => None,
    };
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
    match members.get("type").map(|kind| kind.as_str().unwrap_or_default()) {
        Some("machine_model") => Ok(None),
        Some(word) => match known(word) {
            Some(kind) => Ok(Some(kind)),
            None => Err(refused(
                path,
                &format!("is of type `{word}`, which is none of `process`, `machine` and `filament`"),
            )),
        },
        None if members.keys().any(|key| key.ends_with("_list")) => Ok(None),
        None => match folder.as_deref().and_then(known) {
            Some(kind) => Ok(Some(kind)),
            None => {
                Err(refused(path, "does not say what it is for: give it a `type`, or put it into `process`"))
            }
        },
    }
}
