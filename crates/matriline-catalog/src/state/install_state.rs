//! What a sidecar says.

use super::MAX_INSTALL_STATE_BYTES;
use super::json::{Json, Members};
use super::lenient::{Reader, Rest};
use matriline_capability::CapabilityType;
use matriline_manifest::{Descriptor, is_uuid};
use serde::{Deserialize, Serialize};

/// What is remembered about one installed plugin.
///
/// The serde form is for caches; the form of the file is [`parse_install_state`](super::parse_install_state) and
/// [`to_json`](Self::to_json).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallState {
    /// Where the plugin came from, if that is known.
    pub installed_from: Option<InstalledFrom>,
    /// The version at the time of the installation, or empty.
    pub installed_version: String,
    /// The name at that time, or empty; only for people who read the file.
    pub plugin_name: String,
    /// Whether the plugin is to be loaded at the start. True if the file doesn't say, false if it says neither.
    pub enabled: bool,
    /// The plugin's identity in the cloud, a UUID; absent for local ones. It is the plugin's key then.
    pub cloud_uuid: Option<String>,
    /// Which capabilities are enabled, in the order in which the plugin registered them.
    pub capabilities: Vec<CapabilityFlag>,
    /// What the user has granted.
    pub permissions: Permissions,
    rest: Rest,
    ignored: Vec<String>,
}

/// Where a plugin came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InstalledFrom {
    /// A file of the user.
    Local,
    /// The cloud service.
    Cloud,
}

/// Whether one capability is enabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapabilityFlag {
    /// The capability's name.
    pub name: String,
    /// Its type as a text, if the plugin has several capabilities of the name.
    pub kind: Option<String>,
    /// The wish.
    pub enabled: bool,
}

/// What the user has granted to a plugin: paths, hosts and programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// Paths to read.
    pub fs_read: Vec<String>,
    /// Paths to read and write.
    pub fs_readwrite: Vec<String>,
    /// Hosts to ask by HTTP.
    pub network_http: Vec<String>,
    /// Hosts to open sockets to.
    pub network_socket: Vec<String>,
    /// Programs to start.
    pub process: Vec<String>,
    rest: Rest,
}

/// The member of a capability's object that holds its type and not a flag.
const TYPE: &str = "type";

impl Default for InstallState {
    fn default() -> Self {
        Self {
            installed_from: None,
            installed_version: String::new(),
            plugin_name: String::new(),
            enabled: true,
            cloud_uuid: None,
            capabilities: Vec::new(),
            permissions: Permissions::default(),
            rest: Rest::default(),
            ignored: Vec::new(),
        }
    }
}

impl InstallState {
    /// What a fresh installation is remembered by.
    pub fn of(descriptor: &Descriptor, installed_from: InstalledFrom) -> Self {
        let version = match descriptor.installed_version.is_empty() {
            true => &descriptor.version,
            false => &descriptor.installed_version,
        };
        let cloud = descriptor.cloud.as_ref().filter(|cloud| !cloud.uuid.is_empty());
        Self {
            installed_from: Some(installed_from),
            installed_version: version.clone(),
            plugin_name: descriptor.name.clone(),
            cloud_uuid: cloud.map(|cloud| cloud.uuid.clone()),
            ..Self::default()
        }
    }

    /// Adds to what a plugin says about itself what the sidecar knows better: that it came from the cloud, and the
    /// version that was installed. The key and the name are the plugin's own.
    ///
    /// A local plugin that has a version is edited in place, so its own version is the installed one. What the cloud
    /// installed keeps the version that the cloud gave it.
    pub fn describe(&self, descriptor: &mut Descriptor) {
        if let Some(uuid) = &self.cloud_uuid {
            let cloud = descriptor.cloud.get_or_insert_default();
            cloud.uuid.clone_from(uuid);
            cloud.installed = true;
        }
        let is_edited_in_place = descriptor.cloud.is_none() && !descriptor.version.is_empty();
        descriptor.installed_version = match is_edited_in_place {
            true => descriptor.version.clone(),
            false => self.installed_version.clone(),
        };
    }

    /// Whether a capability is enabled, or `None` if nothing is remembered about it.
    ///
    /// A flag that names a type is for that type alone; one without is for every capability of the name, as files
    /// of other programs have it.
    pub fn is_capability_enabled(&self, kind: CapabilityType, name: &str) -> Option<bool> {
        let named = || self.capabilities.iter().filter(|flag| flag.name == name);
        let typed = named().find(|flag| flag.kind.as_deref() == Some(kind.as_str()));
        let flag = typed.or_else(|| named().find(|flag| flag.kind.is_none()))?;
        Some(flag.enabled)
    }

    /// Remembers the flags of all capabilities, in the order in which they were registered. The type is kept where
    /// it is needed to tell two capabilities apart.
    ///
    /// Capabilities named `type` share one flag, that of the first: the member with this name holds the type.
    pub fn set_capabilities<'a>(&mut self, flags: impl IntoIterator<Item = (CapabilityType, &'a str, bool)>) {
        let flags: Vec<_> = flags.into_iter().collect();
        let is_doubled = |name: &str| flags.iter().filter(|(_, other, _)| *other == name).count() > 1;
        let flag = |&(kind, name, enabled): &(CapabilityType, &str, bool)| CapabilityFlag {
            name: name.to_owned(),
            kind: (name != TYPE && is_doubled(name)).then(|| kind.as_str().to_owned()),
            enabled,
        };
        self.capabilities = flags.iter().map(flag).collect();
    }

    /// What in the file had no effect, and what to write instead.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The text of the file: two blanks a level, members in the order of their names.
    pub fn to_json(&self) -> String {
        self.json().text("  ", MAX_INSTALL_STATE_BYTES)
    }

    fn json(&self) -> Json {
        self.rest.object(self.known())
    }

    fn known(&self) -> Members {
        let mut members = Members::new();
        let mut put = |key: &str, value| members.insert(key.to_owned(), value);
        put("capabilities", Json::array(self.capabilities.iter().map(CapabilityFlag::json)));
        if let Some(uuid) = &self.cloud_uuid {
            put("cloud_uuid", Json::of(uuid));
        }
        put("enabled", Json::of(self.enabled));
        put("installed_from", self.installed_from.map_or_else(|| Json::of(""), Json::of));
        put("installed_version", Json::of(&self.installed_version));
        put("permissions", self.permissions.json());
        put("plugin_name", Json::of(&self.plugin_name));
        members
    }

    /// Reads the members of the file's object; one of the wrong kind is as good as absent, but for `enabled`.
    pub(crate) fn of_members(members: Members) -> Self {
        const FROM: &str = "\"local\" or \"cloud\"";
        const UUID: &str = "a UUID; until then the plugin counts as a local one";
        let mut reader = Reader::of(members);
        let mut state = Self {
            installed_from: reader.take("installed_from", FROM, installed_from).flatten(),
            installed_version: reader.text("installed_version"),
            plugin_name: reader.text("plugin_name"),
            enabled: reader.flag_or_off("enabled", true),
            cloud_uuid: reader.take("cloud_uuid", UUID, cloud_uuid).flatten(),
            capabilities: reader.list("capabilities", CAPABILITIES, flags),
            ..Self::default()
        };
        let permissions = reader.take("permissions", "an object of lists of texts", Json::members);
        let (permissions, messages) = Permissions::of_members(permissions.unwrap_or_default());
        state.permissions = permissions;
        state.ignored = std::mem::take(&mut reader.messages);
        state.ignored.extend(messages);
        state.rest = reader.rest(&state.known());
        state
    }
}

const CAPABILITIES: &str = "a list of objects such as {\"<name>\": true}";

/// An empty text is nothing, and so is an empty UUID.
fn installed_from(json: &Json) -> Option<Option<InstalledFrom>> {
    match json.read::<String>()?.as_str() {
        "" => Some(None),
        _ => json.read().map(Some),
    }
}

/// The UUID becomes the plugin's key, so nothing else may pass for one: a path, a separator, another plugin's key.
fn cloud_uuid(json: &Json) -> Option<Option<String>> {
    let uuid: String = json.read()?;
    match uuid.is_empty() {
        true => Some(None),
        false => is_uuid(&uuid).then_some(Some(uuid)),
    }
}

/// Adds the flags of one object, and gives back the members that are none.
fn flags(object: Json, flags: &mut Vec<CapabilityFlag>) -> Option<Json> {
    let Some(mut members) = object.members() else { return Some(object) };
    let kind: Option<String> = members.get(TYPE).and_then(Json::read);
    if kind.is_some() {
        members.remove(TYPE);
    }
    let mut others = Members::new();
    for (name, value) in members {
        match value.read() {
            Some(enabled) => flags.push(CapabilityFlag { name, kind: kind.clone(), enabled }),
            None => drop(others.insert(name, value)),
        }
    }
    (!others.is_empty()).then(|| {
        others.extend(kind.map(|kind| (TYPE.to_owned(), Json::of(kind))));
        Json::object(&others)
    })
}

impl CapabilityFlag {
    fn json(&self) -> Json {
        let flag = (self.name.clone(), Json::of(self.enabled));
        let kind = self.kind.as_ref().filter(|_| self.name != TYPE);
        Json::object(&kind.map(|kind| (TYPE.to_owned(), Json::of(kind))).into_iter().chain([flag]).collect())
    }
}

impl Permissions {
    /// The lists with their names, to be changed.
    pub fn lists_mut(&mut self) -> [(&'static str, &mut Vec<String>); 5] {
        let Self { fs_read, fs_readwrite, network_http, network_socket, process, rest: _ } = self;
        [
            ("fs_read", fs_read),
            ("fs_readwrite", fs_readwrite),
            ("network_http", network_http),
            ("network_socket", network_socket),
            ("process", process),
        ]
    }

    /// The list of that name, to be changed.
    pub fn list_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        self.lists_mut().into_iter().find(|(known, _)| *known == name).map(|(_, list)| list)
    }

    /// The list of that name.
    pub fn list(&self, name: &str) -> Option<&[String]> {
        Some(match name {
            "fs_read" => &self.fs_read,
            "fs_readwrite" => &self.fs_readwrite,
            "network_http" => &self.network_http,
            "network_socket" => &self.network_socket,
            "process" => &self.process,
            _ => return None,
        })
    }

    fn of_members(members: Members) -> (Self, Vec<String>) {
        let mut reader = Reader::of(members);
        let mut permissions = Self {
            fs_read: reader.texts("fs_read"),
            fs_readwrite: reader.texts("fs_readwrite"),
            network_http: reader.texts("network_http"),
            network_socket: reader.texts("network_socket"),
            process: reader.texts("process"),
            rest: Rest::default(),
        };
        let messages = std::mem::take(&mut reader.messages);
        permissions.rest = reader.rest(&permissions.known());
        (permissions, messages)
    }

    fn json(&self) -> Json {
        self.rest.object(self.known())
    }

    fn known(&self) -> Members {
        let Self { fs_read, fs_readwrite, network_http, network_socket, process, rest: _ } = self;
        let known = [
            ("fs_read", fs_read),
            ("fs_readwrite", fs_readwrite),
            ("network_http", network_http),
            ("network_socket", network_socket),
            ("process", process),
        ];
        known.map(|(key, list)| (key.to_owned(), Json::of(list))).into()
    }
}
