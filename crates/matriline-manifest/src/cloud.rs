//! What a cloud service adds to a plugin's own words.

use serde::{Deserialize, Serialize};

/// The cloud's knowledge about a plugin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudOverlay {
    /// The plugin's identity in the cloud, which is also its key.
    pub uuid: String,
    /// Whether a package is on this machine.
    pub installed: bool,
    /// Whether the cloud has a newer version than the installed one.
    pub update_available: bool,
    /// Whether the user may not have the plugin, or no more.
    pub unauthorized: bool,
    /// Whether the user published it.
    pub is_mine: bool,
    /// The latest version, for a plugin without a changelog.
    pub latest_version: String,
    /// Labels to show, in the cloud's own words; nothing is chosen by them.
    pub display_types: Vec<String>,
    /// The releases, newest first ([`sort_changelog`]).
    pub changelog: Vec<ChangelogEntry>,
    /// What opens the plugin's page in a browser, or empty.
    pub sharing_token: String,
    /// Where its picture is, or empty.
    pub thumbnail_url: String,
}

/// One release of a plugin in the cloud.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangelogEntry {
    /// The identity of the entry.
    pub changelog_id: String,
    /// The plugin's.
    pub plugin_uuid: String,
    /// The released version.
    pub version: String,
    /// What changed.
    pub changelog: String,
    /// When, in seconds since 1970.
    pub created_time: i64,
}

/// Sorts the newest release to the front; of one time, the greater version text.
pub fn sort_changelog(changelog: &mut [ChangelogEntry]) {
    changelog.sort_by(|a, b| (b.created_time, &b.version).cmp(&(a.created_time, &a.version)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_release_comes_first() {
        let entry = |created_time, version: &str| ChangelogEntry {
            created_time,
            version: version.to_owned(),
            ..ChangelogEntry::default()
        };
        let mut changelog = [entry(1, "9"), entry(2, "1"), entry(2, "3")];
        sort_changelog(&mut changelog);
        assert_eq!(changelog, [entry(2, "3"), entry(2, "1"), entry(1, "9")]);
    }
}
