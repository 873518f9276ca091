#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// How a plugin stands to the cloud.
enum class PluginUpdateStatus : unsigned char {
    /// Local, or as new as the cloud's.
    Normal,
    /// The cloud has a newer version.
    UpdateAvailable,
    /// The user may not have this plugin, or no more.
    Unauthorized,
};

/// What discovery found in one plugin folder. It is data: having it does not mean that the plugin is loaded.
struct MATRILINE_EXPORT PluginDescriptor {
    /// What the cloud knows of a plugin.
    struct CloudState {
        /// Its identity there, which is also its key.
        std::string uuid;
        /// Whether a package is on this machine.
        bool installed = false;
        bool update_available = false;
        /// Whether the user may not have it, or no more.
        bool unauthorized = false;
        /// Whether the user published it.
        bool is_mine = false;
    };

    /// One release of a plugin in the cloud.
    struct ChangelogEntry {
        std::string changelog_id;
        std::string plugin_uuid;
        std::string version;
        std::string changelog;
        /// In seconds since 1970.
        std::int64_t created_time = 0;
    };

    /// What the plugin is known by: the name of its entry file without the extension, or the UUID of a cloud plugin.
    std::string plugin_key;
    std::string name;
    std::string description;
    std::string author;
    /// The version of the manifest; of a cloud plugin the latest one.
    std::string version;
    /// The latest version in the cloud, for a plugin without a changelog.
    std::string latest_version;
    /// The version that was installed; empty for a plugin that is not.
    std::string installed_version;
    /// The types of the capabilities that the plugin gave; known while it is loaded.
    std::vector<PluginCapabilityType> capability_types;
    /// Labels to show, in the cloud's own words; nothing is chosen by them.
    std::vector<std::string> display_types;
    /// The package that a wheel's entry imports; empty for a `.py` plugin.
    std::string entry_package;
    std::vector<std::string> dependencies;
    /// The versions of Python the plugin asks for; empty when it asks for none.
    std::string requires_python;
    /// The texts of `[tool.orcaslicer.plugin.settings]`.
    std::map<std::string, std::string> settings;
    /// The plugin's folder; set for invalid plugins too.
    std::string plugin_root;
    /// The file that is loaded; empty when there is none.
    std::string entry_path;
    /// The releases in the cloud, newest first.
    std::vector<ChangelogEntry> changelog;
    /// What keeps the package from being loaded, else why its last load failed or what was reported of it since; empty
    /// when nothing is wrong.
    std::string error;
    /// Everything that discovery noticed, warnings and notes included.
    std::vector<std::string> problems;
    /// Present for a plugin of the cloud.
    std::optional<CloudState> cloud;
    /// Whether the package can be loaded.
    bool metadata_valid = false;
    /// What opens the plugin's page in a browser, or empty.
    std::string sharing_token;
    /// Where its picture is, or empty.
    std::string thumbnail_url;

    bool is_cloud_plugin() const { return cloud.has_value(); }

    /// Whether a package is on this machine.
    bool has_local_package() const;

    /// `error` without blanks around it.
    std::string normalized_error() const;
    bool has_error() const { return !normalized_error().empty(); }

    /// No access comes before an update.
    PluginUpdateStatus update_status() const;

    /// The newest version one could have: of the first entry of the changelog that names one, else the cloud's latest,
    /// else the manifest's.
    std::string latest_available_version() const;

    /// The first of `capability_types`, else `Unknown`.
    PluginCapabilityType primary_capability_type() const;

    /// The text that stands for the primary type: `post-processing`, …
    std::string_view type_label() const;
};

MATRILINE_END_NAMESPACE
