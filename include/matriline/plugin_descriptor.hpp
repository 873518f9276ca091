#pragma once

#include <string>
#include <vector>

#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What discovery found in one plugin folder. It is data: having it does not mean that the plugin is loaded.
struct PluginDescriptor {
    /// What the plugin is known by: the name of its entry file without the extension.
    std::string plugin_key;
    std::string name;
    std::string description;
    std::string author;
    std::string version;
    /// The package that a wheel's entry imports; empty for a `.py` plugin.
    std::string entry_package;
    std::vector<std::string> dependencies;
    /// The plugin's folder; set for invalid plugins too.
    std::string plugin_root;
    /// The file that is loaded; empty when there is none.
    std::string entry_path;
    /// What keeps the plugin from being loaded; empty when nothing does.
    std::string error;
    /// Everything that discovery noticed, warnings included.
    std::vector<std::string> problems;

    bool has_error() const { return !error.empty(); }
};

MATRILINE_END_NAMESPACE
