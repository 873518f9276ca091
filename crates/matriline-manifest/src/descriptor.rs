//! What a plugin says about itself.

use crate::{CloudOverlay, EntryPoint, Problem, Severity, WantedPermissions};
use matriline_capability::CapabilityType;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The data of one plugin, whether or not it can be loaded.
///
/// Where its folder and its entry file are is not said here: that is the catalog's knowledge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// The plugin's identity: made from the name of its entry file ([`crate::plugin_key_from_stem`]), or the UUID of
    /// a plugin of the cloud.
    pub plugin_key: String,
    /// The name to show; empty for a script without a metadata block. Holds no `;`.
    pub name: String,
    /// One line about the plugin, or empty.
    pub description: String,
    /// Who wrote it, or empty.
    pub author: String,
    /// The version as it was written, or empty; after a merge with the cloud the cloud's latest.
    pub version: String,
    /// The version that was installed, as the sidecar says; empty for a plugin that is not installed.
    pub installed_version: String,
    /// The types of the capabilities that the plugin gave; known once it has been loaded.
    #[serde(skip)]
    pub capability_types: Vec<CapabilityType>,
    /// The package to import, for wheels only.
    pub entry_package: Option<String>,
    /// Requirements in the form of PEP 508, as they were written.
    pub dependencies: Vec<String>,
    /// The Python versions the plugin asks for, in the form of PEP 440.
    pub requires_python: Option<String>,
    /// The texts of `[tool.orcaslicer.plugin.settings]`; a value that is not a text is kept as it was written.
    pub settings: BTreeMap<String, String>,
    /// What it asks its user for in `[tool.matriline.permissions]`, for scripts only; none if that is nothing.
    pub permissions_wanted: Option<Box<WantedPermissions>>,
    /// The keys without a meaning here, by their dotted path, with their values in TOML.
    pub extra: BTreeMap<String, String>,
    /// The entry points of the group `octoprint.plugin`, for wheels only.
    pub entry_points: Vec<EntryPoint>,
    /// What the cloud knows about the plugin; present for plugins of the cloud only.
    pub cloud: Option<Box<CloudOverlay>>,
}

impl Descriptor {
    /// True for a plugin of the cloud. Decided by the overlay, never by the form of the key.
    pub fn is_cloud_plugin(&self) -> bool {
        self.cloud.is_some()
    }

    /// How the plugin stands to the cloud. No access comes before an update.
    pub fn update_status(&self) -> UpdateStatus {
        match &self.cloud {
            Some(cloud) if cloud.unauthorized => UpdateStatus::Unauthorized,
            Some(cloud) if cloud.update_available => UpdateStatus::UpdateAvailable,
            _ => UpdateStatus::Normal,
        }
    }

    /// The newest version one could have: of the first entry of the changelog that names one, else the cloud's
    /// latest, else the manifest's.
    pub fn latest_available_version(&self) -> &str {
        let cloud = self.cloud.as_deref();
        let logged = cloud.into_iter().flat_map(|cloud| &cloud.changelog).map(|entry| &entry.version);
        let known = logged.chain(cloud.map(|cloud| &cloud.latest_version));
        known.chain([&self.version]).find(|version| !version.is_empty()).map_or("", String::as_str)
    }

    /// The first type of capability that the plugin gave, else `Unknown`.
    pub fn primary_capability_type(&self) -> CapabilityType {
        self.capability_types.first().copied().unwrap_or(CapabilityType::Unknown)
    }

    /// Marks a plugin of the cloud as one that the user may not have (or may again), which leaves no update to
    /// offer. Nothing happens to a local plugin.
    pub fn set_unauthorized(&mut self, unauthorized: bool) {
        if let Some(cloud) = &mut self.cloud {
            cloud.unauthorized = unauthorized;
            cloud.update_available &= !unauthorized;
        }
    }

    /// Takes from `fallback` what is empty here of name, description, author, version, types, package and
    /// dependencies, and with them the settings, the wanted permissions and the other keys of the manifest.
    pub fn fill_from(&mut self, fallback: &Self) {
        fn fill<T: Clone + Default + PartialEq>(target: &mut T, fallback: &T) {
            if *target == T::default() {
                target.clone_from(fallback);
            }
        }
        fill(&mut self.name, &fallback.name);
        fill(&mut self.description, &fallback.description);
        fill(&mut self.author, &fallback.author);
        fill(&mut self.version, &fallback.version);
        fill(&mut self.capability_types, &fallback.capability_types);
        fill(&mut self.entry_package, &fallback.entry_package);
        fill(&mut self.dependencies, &fallback.dependencies);
        fill(&mut self.requires_python, &fallback.requires_python);
        fill(&mut self.settings, &fallback.settings);
        fill(&mut self.permissions_wanted, &fallback.permissions_wanted);
        fill(&mut self.extra, &fallback.extra);
        fill(&mut self.entry_points, &fallback.entry_points);
    }
}

/// How a plugin stands to the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpdateStatus {
    /// Local, or as new as the cloud's.
    Normal,
    /// The cloud has a newer version.
    UpdateAvailable,
    /// The user may not have this plugin, or no more.
    Unauthorized,
}

/// A descriptor, and what is wrong with the place it was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What could be read; complete if there is no error.
    pub descriptor: Descriptor,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

impl Manifest {
    /// True if no problem is an error: the plugin can be loaded.
    pub fn is_valid(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChangelogEntry;

    fn local() -> Descriptor {
        Descriptor {
            plugin_key: "stamp".to_owned(),
            name: "Stamp".to_owned(),
            version: "1.0".to_owned(),
            capability_types: vec![CapabilityType::Script],
            settings: BTreeMap::from([("speed".to_owned(), "3".to_owned())]),
            ..Descriptor::default()
        }
    }

    fn with_cloud(change: impl FnOnce(&mut CloudOverlay)) -> Descriptor {
        let mut cloud = CloudOverlay::default();
        change(&mut cloud);
        Descriptor { cloud: Some(Box::new(cloud)), ..local() }
    }

    fn check_status(plugin: &Descriptor, expected: UpdateStatus) {
        assert_eq!(plugin.update_status(), expected);
    }

    #[test]
    fn status_is_normal_without_a_cloud() {
        check_status(&local(), UpdateStatus::Normal);
        check_status(&with_cloud(|_| {}), UpdateStatus::Normal);
    }

    #[test]
    fn no_access_comes_before_an_update() {
        check_status(&with_cloud(|cloud| cloud.update_available = true), UpdateStatus::UpdateAvailable);
        let both = with_cloud(|cloud| (cloud.update_available, cloud.unauthorized) = (true, true));
        check_status(&both, UpdateStatus::Unauthorized);
    }

    #[test]
    fn losing_access_loses_the_update() {
        let mut plugin = with_cloud(|cloud| cloud.update_available = true);
        plugin.set_unauthorized(true);
        plugin.set_unauthorized(false);
        check_status(&plugin, UpdateStatus::Normal);
        let mut plugin = local();
        plugin.set_unauthorized(true);
        assert_eq!(plugin, local());
    }

    #[test]
    fn the_latest_version_is_the_first_one_named() {
        assert_eq!(local().latest_available_version(), "1.0");
        assert_eq!(with_cloud(|cloud| cloud.latest_version = "1.1".into()).latest_available_version(), "1.1");
        let logged = with_cloud(|cloud| {
            cloud.latest_version = "1.1".into();
            let entry = |version: &str| ChangelogEntry { version: version.into(), ..Default::default() };
            cloud.changelog = vec![entry(""), entry("1.2"), entry("1.3")];
        });
        assert_eq!(logged.latest_available_version(), "1.2");
    }

    #[test]
    fn the_first_type_is_the_primary_one() {
        assert_eq!(local().primary_capability_type(), CapabilityType::Script);
        assert_eq!(Descriptor::default().primary_capability_type(), CapabilityType::Unknown);
    }

    #[test]
    fn only_what_is_empty_is_filled() {
        let mut cloud = Descriptor { version: "1.1".to_owned(), ..Descriptor::default() };
        cloud.fill_from(&local());
        let expected = Descriptor { plugin_key: String::new(), version: "1.1".to_owned(), ..local() };
        assert_eq!(cloud, expected);
    }
}
