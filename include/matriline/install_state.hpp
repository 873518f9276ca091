#pragma once

#include <string>
#include <vector>

#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What the sidecar `.install_state.json` of a plugin says.
struct InstallState {
    /// The wish of the user for one capability.
    struct Capability {
        std::string name;
        /// `Unknown` where the file names none.
        PluginCapabilityType type = PluginCapabilityType::Unknown;
        bool enabled = true;
    };

    /// `local`, `cloud`, or empty.
    std::string installed_from;
    std::string installed_version;
    std::string plugin_name;
    /// The wish of the user: the plugin is loaded at the start of the application.
    bool enabled = true;
    /// The UUID of a cloud plugin; empty for a local one.
    std::string cloud_uuid;
    std::vector<Capability> capabilities;
};

MATRILINE_END_NAMESPACE
