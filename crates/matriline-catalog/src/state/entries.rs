//! A list of configurations, each bound to one capability.

use super::StateError;
use super::json::{self, Json, Members};
use matriline_capability::{CapabilityId, CapabilityType};
use matriline_host::json::{DEPTH, JsonError};
use std::borrow::Cow;

/// The configuration of one capability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigEntry {
    id: CapabilityId,
    members: Members,
}

impl ConfigEntry {
    /// The capability it is for. Its type is `Unknown` for an entry that older programs have written without one.
    pub fn id(&self) -> &CapabilityId {
        &self.id
    }

    /// The configuration, JSON in its shortest spelling; `{}` if the entry holds none.
    pub fn config(&self) -> &str {
        self.members.get(CONFIG).map_or("{}", Json::as_str)
    }

    pub(crate) fn config_json(&self) -> Json {
        self.members.get(CONFIG).cloned().unwrap_or_else(|| Json::object(&Members::new()))
    }

    /// The version of the plugin that the configuration was stored by, or empty.
    pub fn plugin_version(&self) -> String {
        self.members.get(PLUGIN_VERSION).and_then(Json::read).unwrap_or_default()
    }
}

const PLUGIN_KEY: &str = "plugin_key";
const CAPABILITY: &str = "capability";
const CAPABILITY_TYPE: &str = "capability_type";
const PLUGIN_VERSION: &str = "plugin_version";
const CONFIG: &str = "cap_config";

/// Configurations in the order of their file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entries(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Known(ConfigEntry),
    /// A run of items that are no entries of ours, kept as they are with the commas between them: a list of millions
    /// of numbers takes the room of its text.
    Opaque(String),
}

impl Entries {
    /// `None` for what is no list.
    pub(crate) fn of_list(list: &Json) -> Option<Self> {
        let mut entries = Vec::new();
        list.for_each_item(|item| match (entry(item), entries.last_mut()) {
            (Some(entry), _) => entries.push(Entry::Known(entry)),
            (None, Some(Entry::Opaque(run))) => {
                run.push(',');
                run.push_str(item);
            }
            (None, _) => entries.push(Entry::Opaque(item.to_owned())),
        })?;
        Some(Self(entries))
    }

    pub(crate) fn json(&self) -> Json {
        Json::array(self.0.iter().map(Entry::text))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entry of a capability: the one with its type, else one without any. Of several the last counts.
    pub(crate) fn get(&self, id: &CapabilityId) -> Option<&ConfigEntry> {
        match &self.0[self.index(id)?] {
            Entry::Known(entry) => Some(entry),
            Entry::Opaque(_) => None,
        }
    }

    /// Stores a configuration in the place of the one that [`get`](Self::get) finds, or at the end. Members of that
    /// entry without a meaning here stay. False if the same was stored already.
    pub(crate) fn set(&mut self, id: &CapabilityId, version: &str, config: Json) -> bool {
        let index = self.index(id);
        let mut members = self.get(id).map(|old| old.members.clone()).unwrap_or_default();
        let mut put = |key: &str, value| members.insert(key.to_owned(), value);
        put(PLUGIN_KEY, Json::of(&id.plugin_key));
        put(CAPABILITY, Json::of(&id.name));
        if id.kind != CapabilityType::Unknown {
            put(CAPABILITY_TYPE, Json::of(id.kind.as_str()));
        }
        put(PLUGIN_VERSION, Json::of(version));
        put(CONFIG, config);
        let entry = Entry::Known(ConfigEntry { id: id.clone(), members });
        match index {
            Some(index) if self.0[index] == entry => return false,
            Some(index) => self.0[index] = entry,
            None => self.0.push(entry),
        }
        true
    }

    /// The entries of one plugin.
    pub(crate) fn of_plugin(&self, plugin_key: &str) -> Self {
        let is_own =
            |entry: &&Entry| matches!(entry, Entry::Known(known) if known.id.plugin_key == plugin_key);
        Self(self.0.iter().filter(is_own).cloned().collect())
    }

    /// The same configurations for another plugin.
    pub(crate) fn with_key(mut self, plugin_key: &str) -> Self {
        for entry in &mut self.0 {
            if let Entry::Known(entry) = entry {
                entry.id.plugin_key = plugin_key.to_owned();
                entry.members.insert(PLUGIN_KEY.to_owned(), Json::of(plugin_key));
            }
        }
        self
    }

    /// Puts these in the place of all entries of a plugin, where the first of them was. False if they were there.
    pub(crate) fn replace_plugin(&mut self, plugin_key: &str, new: Self) -> bool {
        let new = new.with_key(plugin_key).of_plugin(plugin_key);
        if self.of_plugin(plugin_key) == new {
            return false;
        }
        let is_own =
            |entry: &Entry| matches!(entry, Entry::Known(known) if known.id.plugin_key == plugin_key);
        let at = self.0.iter().position(is_own).unwrap_or(self.0.len());
        self.0.retain(|entry| !is_own(entry));
        self.0.splice(at..at, new.0);
        true
    }

    /// Keeps the entries that a test lets pass, and all that are no entries of ours.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&CapabilityId) -> bool) {
        self.0.retain(|entry| match entry {
            Entry::Known(entry) => keep(&entry.id),
            Entry::Opaque(_) => true,
        });
    }

    fn index(&self, id: &CapabilityId) -> Option<usize> {
        let find = |kind| {
            self.0.iter().rposition(|entry| match entry {
                Entry::Known(ConfigEntry { id: own, .. }) => {
                    own.kind == kind && own.name == id.name && own.plugin_key == id.plugin_key
                }
                Entry::Opaque(_) => false,
            })
        };
        find(id.kind).or_else(|| find(CapabilityType::Unknown))
    }
}

impl Entry {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Known(entry) => Json::object(&entry.members).into_text().into(),
            Self::Opaque(run) => run.into(),
        }
    }
}

/// An entry with a whole identity. A type that isn't known here belongs to another program.
fn entry(item: &str) -> Option<ConfigEntry> {
    let members = json::members(item)?;
    let text = |key| members.get(key).and_then(Json::read::<String>);
    let kind = match members.get(CAPABILITY_TYPE) {
        None => CapabilityType::Unknown,
        Some(kind) => {
            let kind = CapabilityType::from_text(&kind.read::<String>()?);
            (kind != CapabilityType::Unknown).then_some(kind)?
        }
    };
    let id = CapabilityId { kind, name: text(CAPABILITY)?, plugin_key: text(PLUGIN_KEY)? };
    check_identity(&id).ok()?;
    Some(ConfigEntry { id, members })
}

pub(crate) fn check_identity(id: &CapabilityId) -> Result<(), StateError> {
    match id {
        _ if id.plugin_key.is_empty() => Err(StateError::Identity { missing: "a plugin key" }),
        _ if id.name.is_empty() => Err(StateError::Identity { missing: "a capability name" }),
        _ => Ok(()),
    }
}

/// A configuration as it may be stored.
pub(crate) fn check_config(id: &CapabilityId, config: &str) -> Result<Json, StateError> {
    check_identity(id)?;
    let fail = |reason| StateError::Config { capability: id.name.clone(), reason };
    let json = Json::parse(config.as_bytes()).map_err(fail)?;
    match json.depth() > DEPTH {
        true => Err(fail(JsonError::TooDeep.to_string())),
        false => Ok(json),
    }
}
