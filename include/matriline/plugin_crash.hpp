#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What a plugin was doing.
enum class PluginActivity : unsigned char {
    /// Its module was being imported.
    Importing = 0,
    /// Its capabilities were being made, or their `on_load` ran.
    Loading = 1,
    /// A capability was being called.
    Calling = 2,
    /// Its `on_unload` ran, or its modules were being dropped.
    Unloading = 3,
};

/// A plugin that was running when an earlier process on the data folder died.
struct PluginCrash {
    std::string plugin_key;
    PluginActivity activity = PluginActivity::Importing;
    /// What was being called; nothing for another activity. The end of a very long name is missing.
    std::optional<PluginCapabilityIdentifier> capability;
    /// When that process was last seen alive.
    std::chrono::system_clock::time_point when;
    /// All of it, in a sentence.
    std::string text;
};

MATRILINE_END_NAMESPACE
