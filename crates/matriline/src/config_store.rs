//! The stored configurations, and those that the edited preset puts in their place.
//!
//! The file may change under us, by another process or by a roll-back: what was read counts for as long as the file has
//! the same stamp, and a stamp that is younger than two seconds is not trusted, since an edit may follow in the same
//! tick of the clock.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use matriline_capability::{CapabilityId, CapabilityType};
use matriline_catalog::PLUGINS_FOLDER;
use matriline_catalog::state::{CONFIG_FILE, ConfigEntry, Overrides, PluginConfig, StateError};
use matriline_registry::lock::Mutex;

/// The overrides of configurations in the preset that is edited, as the application keeps them: the text of an option.
///
/// Which preset that is depends on the type of the capability: the one whose options name such capabilities, print or
/// printer.
///
/// Threads: any; called without the GIL and without a lock of ours.
pub trait PresetConfigs: Send + Sync {
    /// The text of the option; empty without overrides, `None` without such a preset.
    fn overrides(&self, kind: CapabilityType) -> Option<String>;

    /// Puts a text in its place.
    fn set_overrides(&self, kind: CapabilityType, text: &str);
}

/// A configuration as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredConfig {
    /// JSON, mostly an object.
    pub config: String,
    /// The version of the plugin that it was stored by, or empty.
    pub plugin_version: String,
}

impl StoredConfig {
    fn of(entry: &ConfigEntry) -> Self {
        Self { config: entry.config().to_owned(), plugin_version: entry.plugin_version() }
    }
}

/// What is kept of the configuration of a capability.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapabilityConfig {
    /// For all presets.
    pub base: Option<StoredConfig>,
    /// By the edited preset, in the place of `base`.
    pub preset: Option<StoredConfig>,
}

impl CapabilityConfig {
    /// The one that the capability works with.
    pub fn effective(&self) -> Option<&StoredConfig> {
        self.preset.as_ref().or(self.base.as_ref())
    }
}

pub(crate) struct ConfigStore {
    data_dir: PathBuf,
    presets: Option<Arc<dyn PresetConfigs>>,
    read: Mutex<Option<(Stamp, Arc<PluginConfig>)>>,
}

impl ConfigStore {
    pub(crate) fn new(data_dir: PathBuf, presets: Option<Arc<dyn PresetConfigs>>) -> Self {
        Self { data_dir, presets, read: Mutex::default() }
    }

    /// What is kept for a capability.
    pub(crate) fn get(&self, id: &CapabilityId) -> CapabilityConfig {
        let preset = self.overrides(id.kind).and_then(|overrides| overrides.get(id).map(StoredConfig::of));
        CapabilityConfig { base: self.base().get(id).map(StoredConfig::of), preset }
    }

    pub(crate) fn has_base(&self, id: &CapabilityId) -> bool {
        self.base().has(id)
    }

    /// Stores a configuration for all presets. False if it was stored already.
    pub(crate) fn save_base(
        &self,
        id: &CapabilityId,
        version: &str,
        config: &str,
    ) -> Result<bool, StateError> {
        let mut stored = PluginConfig::load(&self.data_dir);
        let changed = stored.set(id, version, config)?;
        let saved = stored.save()?;
        if let Some(path) = saved.set_aside {
            tracing::warn!(target: "matriline::config", "The file of configurations could not be understood; it lies in `{}` now", path.display());
        }
        Ok(changed)
    }

    /// Changes the overrides of the edited preset; `None` without such a preset.
    ///
    /// # Errors
    /// Overrides that cannot be read are left to the user, and what `change` says.
    pub(crate) fn change_overrides(
        &self,
        kind: CapabilityType,
        change: impl FnOnce(&mut Overrides) -> Result<bool, StateError>,
    ) -> Result<Option<bool>, StateError> {
        let Some(presets) = &self.presets else { return Ok(None) };
        let Some(text) = presets.overrides(kind) else { return Ok(None) };
        let mut overrides = Overrides::parse(&text)?;
        let changed = change(&mut overrides)?;
        if changed {
            presets.set_overrides(kind, &overrides.to_text());
        }
        Ok(Some(changed))
    }

    /// The overrides of the edited preset; those that cannot be read override nothing.
    fn overrides(&self, kind: CapabilityType) -> Option<Overrides> {
        let text = self.presets.as_ref()?.overrides(kind)?;
        let parsed = Overrides::parse(&text);
        parsed.inspect_err(|error| tracing::warn!(target: "matriline::config", "{error}")).ok()
    }

    fn base(&self) -> Arc<PluginConfig> {
        let stamp = self.stamp();
        let read = self.read.lock().clone();
        if let Some((at, config)) = read
            && at == stamp
            && at.is_settled()
        {
            return config;
        }
        let config = Arc::new(PluginConfig::load(&self.data_dir));
        if let Some(problem) = config.problem() {
            tracing::warn!(target: "matriline::config", "{problem}");
        }
        *self.read.lock() = Some((stamp, config.clone()));
        config
    }

    fn stamp(&self) -> Stamp {
        let path = self.data_dir.join(PLUGINS_FOLDER).join(CONFIG_FILE);
        let metadata = std::fs::metadata(path).ok();
        Stamp(metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len()))))
    }
}

/// When the file was written and how long it is; nothing without a file.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp(Option<(SystemTime, u64)>);

impl Stamp {
    fn is_settled(self) -> bool {
        const TICK: Duration = Duration::from_secs(2);
        self.0.is_none_or(|(written, _)| written.elapsed().is_ok_and(|age| age > TICK))
    }
}
