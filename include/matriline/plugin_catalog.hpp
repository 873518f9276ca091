#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The plugins that the last `PluginManager::discover_plugins` found. Everything it gives is a copy.
///
/// Before the manager is started it is empty. Threads: any.
class MATRILINE_EXPORT PluginCatalog {
public:
    PluginCatalog(const PluginCatalog &) = delete;
    PluginCatalog &operator=(const PluginCatalog &) = delete;

    /// The plugins that can be loaded, by key.
    std::vector<PluginDescriptor> get_plugin_catalog() const;

    /// The plugins that cannot, each with its error, by key.
    std::vector<PluginDescriptor> get_invalid_plugins() const;

    /// The valid ones, then the invalid ones.
    std::vector<PluginDescriptor> get_all_plugin_descriptors() const;

    /// Each writes the descriptor of that key to `out`, or leaves `out` alone and answers false.
    bool try_get_valid_plugin_descriptor(std::string_view key, PluginDescriptor &out) const;
    bool try_get_invalid_plugin_descriptor(std::string_view key, PluginDescriptor &out) const;
    /// Looks among the valid ones first.
    bool try_get_plugin_descriptor(std::string_view key, PluginDescriptor &out) const;

    bool has_valid_plugin_descriptor(std::string_view key) const;

    /// The folders that discovery looks for plugins in.
    std::vector<std::string> get_plugin_directories() const;

private:
    friend class PluginManager;
    PluginCatalog() = default;
};

MATRILINE_END_NAMESPACE
