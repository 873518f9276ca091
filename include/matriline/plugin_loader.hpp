#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/loaded_plugin_capability.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

class PluginCatalog;

/// Loads plugins and finds the capabilities of those that are loaded.
///
/// Before the manager is started nothing is found, and acts throw `Error` with `ErrorCode::NotStarted`.
/// Threads: any.
class MATRILINE_EXPORT PluginLoader {
public:
    PluginLoader(const PluginLoader &) = delete;
    PluginLoader &operator=(const PluginLoader &) = delete;

    /// Loads a plugin and returns when that is done. A plugin that does not load is no exception: ask
    /// `is_plugin_loaded`, then `get_plugin_load_error`.
    void load_plugin(const PluginCatalog &catalog, std::string_view key);

    /// Unloads a plugin; capabilities that are held then throw when called. True when it was loaded.
    bool unload_plugin(std::string_view key);
    /// The same: a plugin is unloaded whole, whatever the type.
    bool unload_plugin(std::string_view key, PluginCapabilityType type);

    void unload_all_plugins();

    /// Switches a capability on or off. While it is off, its calls throw `Error` with
    /// `ErrorCode::CapabilityDisabled`; it stays loaded and is still found. True when that changed something, false
    /// when it was so already or there is no such capability.
    bool enable_capability(std::string_view plugin_key, std::string_view name, PluginCapabilityType type);
    bool disable_capability(std::string_view plugin_key, std::string_view name, PluginCapabilityType type);

    bool is_plugin_loaded(std::string_view key) const;

    /// Whether no plugin is loaded and none is being loaded or unloaded.
    bool is_idle_and_empty() const;

    /// What discovery found of every loaded plugin, by key. Of a plugin that it finds no more only the key is known.
    std::vector<PluginDescriptor> get_all_loaded_plugin_descriptors() const;

    /// Why the last load of that plugin failed, with the traceback where there is one; empty when it did not.
    std::string get_plugin_load_error(std::string_view key) const;

    /// A capability, or null when its plugin is not loaded or has none of that type and name.
    std::shared_ptr<LoadedPluginCapability>
    get_plugin_capability_by_name(std::string_view plugin_key, PluginCapabilityType type, std::string_view name) const;
    std::shared_ptr<LoadedPluginCapability>
    get_plugin_capability_by_name(const PluginCapabilityIdentifier &identifier) const;

    /// The first capability of that name by plugin key, or null. With `PluginCapabilityType::Unknown` it may be of any
    /// type.
    std::shared_ptr<LoadedPluginCapability> try_get_plugin_capability_by_name_and_type(std::string_view name,
                                                                                       PluginCapabilityType type) const;

    /// All capabilities of a type, by name and then by plugin key.
    std::vector<std::shared_ptr<LoadedPluginCapability>>
    get_plugin_capabilities_by_type(PluginCapabilityType type) const;
    std::vector<std::shared_ptr<LoadedPluginCapability>> get_plugin_capabilities_by_type(std::string_view type) const;

    /// Those of one plugin, in the order of their registration.
    std::vector<std::shared_ptr<LoadedPluginCapability>>
    get_plugin_capabilities_by_type(std::string_view plugin_key, PluginCapabilityType type) const;
    std::vector<std::shared_ptr<LoadedPluginCapability>>
    get_loaded_plugin_capabilities(std::string_view plugin_key) const;

private:
    friend class PluginManager;
    PluginLoader() = default;
};

MATRILINE_END_NAMESPACE
