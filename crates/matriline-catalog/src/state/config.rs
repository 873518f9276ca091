//! The file with the configurations of all capabilities.

use super::entries::{ConfigEntry, Entries, check_config};
use super::file::Old;
use super::json::{Json, Members};
use super::{StateError, file, lock_data_folder};
use crate::PLUGINS_FOLDER;
use matriline_capability::CapabilityId;
use matriline_roots::{FileLock, Prepared, prepare};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The file in the folder of all plugins that holds their configurations.
pub const CONFIG_FILE: &str = "config.json";

/// The largest file of configurations that is read or written.
pub const MAX_CONFIG_BYTES: usize = 16 << 20;

/// The member of the file's object that is the list.
const LIST: &str = "config";

/// The configurations of all capabilities, whether or not their plugins are installed.
///
/// Changes stay in memory until they are [saved](Self::save). A capability is looked up with its type; an entry that an
/// older program has stored without one is found too, and gets the type with the next change.
#[derive(Debug, Clone)]
pub struct PluginConfig {
    data_dir: PathBuf,
    document: Document,
    changed: BTreeSet<CapabilityId>,
    problem: Option<String>,
}

/// What saving came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigSaved {
    /// Whether the file was written; it isn't if nothing changed.
    pub written: bool,
    /// Where a file lies now that couldn't be understood.
    pub set_aside: Option<PathBuf>,
}

impl PluginConfig {
    /// Reads the file of a data folder. A missing file has no configurations, and neither has one that can't be read,
    /// which is told by [`problem`](Self::problem); it stays until something is saved.
    pub fn load(data_dir: &Path) -> Self {
        let loaded = Document::read(&path(data_dir));
        let problem = loaded.as_ref().err().map(ToString::to_string);
        let document = loaded.unwrap_or_default();
        Self { data_dir: data_dir.to_owned(), document, changed: BTreeSet::new(), problem }
    }

    /// Why the file could not be read.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// The stored configuration of a capability.
    pub fn get(&self, id: &CapabilityId) -> Option<&ConfigEntry> {
        self.document.entries.get(id)
    }

    /// Whether a configuration of the capability is stored.
    pub fn has(&self, id: &CapabilityId) -> bool {
        self.get(id).is_some()
    }

    /// Changes the configuration of a capability; `config` is any JSON value, `plugin_version` that of the plugin that
    /// stores it. False if the same is stored already.
    ///
    /// # Errors
    /// [`StateError::Identity`] without a plugin key or a name, [`StateError::Config`] for what is no JSON.
    pub fn set(&mut self, id: &CapabilityId, plugin_version: &str, config: &str) -> Result<bool, StateError> {
        let changed = self.document.entries.set(id, plugin_version, check_config(id, config)?);
        if changed {
            self.changed.insert(id.clone());
        }
        Ok(changed)
    }

    /// The configurations of one plugin, a JSON list of whole entries as the file has them.
    pub fn plugin_entries(&self, plugin_key: &str) -> String {
        self.document.entries.of_plugin(plugin_key).json().as_str().to_owned()
    }

    /// Prepares a file in which a plugin has these entries and no others, as [`plugin_entries`](Self::plugin_entries)
    /// has told them, of this plugin or of one that it was before; `None` if it has them already. What was loaded before does not know of the change.
    ///
    /// The caller holds the lock of the data folder, until the file is in its place or dropped.
    ///
    /// # Errors
    /// [`StateError`], also for a file that can't be understood; it is what it was.
    pub fn prepare_entries(
        data_dir: &Path,
        plugin_key: &str,
        entries: &str,
        _lock: &FileLock,
    ) -> Result<Option<Prepared>, StateError> {
        let path = path(data_dir);
        let broken = |reason| StateError::Broken { path: path.clone(), reason };
        let list = Json::parse(entries.as_bytes()).map_err(broken)?;
        let entries =
            Entries::of_list(&list).ok_or_else(|| broken("an earlier version has no list".into()))?;
        let mut document = Document::read(&path)?;
        match document.entries.replace_plugin(plugin_key, entries) {
            true => document.prepare(&path).map(Some),
            false => Ok(None),
        }
    }

    /// Prepares a file in which the plugin of the second key has the configurations of the first, as
    /// [`prepare_entries`](Self::prepare_entries) does; `None` if there are none.
    ///
    /// # Errors
    /// [`StateError`], also for a file that can't be understood; it is what it was.
    pub fn prepare_copy(
        data_dir: &Path,
        (from, to): (&str, &str),
        _lock: &FileLock,
    ) -> Result<Option<Prepared>, StateError> {
        let path = path(data_dir);
        let mut document = Document::read(&path)?;
        let copies = document.entries.of_plugin(from);
        match !copies.is_empty() && document.entries.replace_plugin(to, copies) {
            true => document.prepare(&path).map(Some),
            false => Ok(None),
        }
    }

    /// Whether something changed since it was loaded or saved.
    pub fn is_dirty(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Writes what changed here into the file, as it is by now: changes that others have saved meanwhile are kept, and
    /// taken over. Does nothing if nothing changed.
    ///
    /// Blocks for the lock of the data folder and for the disk; any thread.
    ///
    /// # Errors
    /// [`StateError`]; the changes can then be saved later, and the file is what it was.
    pub fn save(&mut self) -> Result<ConfigSaved, StateError> {
        if !self.is_dirty() {
            return Ok(ConfigSaved::default());
        }
        let path = path(&self.data_dir);
        let _lock = lock_data_folder(&self.data_dir)?;
        let (mut document, fate) = match Document::read(&path) {
            Ok(document) => (document, Old::Replace),
            Err(StateError::Broken { .. }) => (Document::default(), Old::SetAside),
            Err(error) => return Err(error),
        };
        for id in &self.changed {
            if let Some(entry) = self.document.entries.get(id) {
                document.entries.set(id, &entry.plugin_version(), entry.config_json());
            }
        }
        let set_aside = file::write(&path, &document.text(), MAX_CONFIG_BYTES, fate)?;
        self.document = document;
        self.changed.clear();
        self.problem = None;
        Ok(ConfigSaved { written: true, set_aside })
    }
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(PLUGINS_FOLDER).join(CONFIG_FILE)
}

/// The whole file.
#[derive(Debug, Clone, Default)]
struct Document {
    entries: Entries,
    /// Members beside the list.
    unknown: Members,
}

impl Document {
    fn read(path: &Path) -> Result<Self, StateError> {
        let Some(bytes) = file::read(path, MAX_CONFIG_BYTES)? else { return Ok(Self::default()) };
        Self::parse(&bytes).map_err(|reason| StateError::Broken { path: path.to_owned(), reason })
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut unknown = Json::parse(bytes)?.members().ok_or("it is no JSON object")?;
        let entries = match unknown.remove(LIST) {
            None => Entries::default(),
            Some(list) => Entries::of_list(&list).ok_or("its `config` is no list")?,
        };
        Ok(Self { entries, unknown })
    }

    fn prepare(&self, path: &Path) -> Result<Prepared, StateError> {
        let text = self.text();
        match text.len() > MAX_CONFIG_BYTES {
            true => Err(StateError::TooLarge { path: path.to_owned(), limit: MAX_CONFIG_BYTES }),
            false => Ok(prepare(path, text.as_bytes())?),
        }
    }

    /// A tab a level, and a new line at the end.
    fn text(&self) -> String {
        let list = (LIST.to_owned(), self.entries.json());
        let members = self.unknown.clone().into_iter().chain([list]).collect();
        Json::object(&members).text("\t", MAX_CONFIG_BYTES - 1) + "\n"
    }
}
