#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The plugin whose place a package would take.
struct ExistingPlugin {
    std::string plugin_key;
    /// Empty where it says none, as is the version.
    std::string name;
    std::string version;
    /// Whether it is loaded at the start of the application.
    bool enabled = false;
};

/// The version of a plugin that `PluginManager::roll_back_plugin` would bring back.
struct PreviousPluginVersion {
    /// Empty where it named none.
    std::string version;
    /// When another took its place.
    std::chrono::system_clock::time_point replaced;
};

/// What `PluginManager::collect_environments` did.
struct CollectedEnvironments {
    /// The names of the folders that are gone.
    std::vector<std::string> removed;
    /// How many unused ones stay because some process has them loaded.
    std::size_t held = 0;
    /// How many half-built or half-removed ones are gone.
    std::size_t halves = 0;
};

MATRILINE_END_NAMESPACE
