#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/install_state.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// How far discovery is, in plugin folders; `0` of `0` while none runs.
struct DiscoveryProgress {
    std::size_t done = 0;
    std::size_t total = 0;
};

/// The plugins that the last `PluginManager::discover_plugins` found. Everything it gives is a copy. The `error` of a
/// valid plugin is why its last load failed (`PluginLoader::get_plugin_load_error`).
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

    /// The valid plugins that are loaded and gave a capability of a type, by key.
    std::vector<PluginDescriptor> get_plugin_descriptors_by_type(PluginCapabilityType type) const;
    std::vector<PluginDescriptor> get_plugin_descriptors_by_type(std::string_view type) const;

    /// Writes what the sidecar of a plugin says now to `out`; false, and `out` as it was, for a plugin that has none.
    bool try_get_install_state(std::string_view key, InstallState &out) const;

    /// The plugins whose sidecar says now that they are enabled, which an application loads when it starts
    /// (`PluginManager::load_enabled`). A plugin without a sidecar is not among them.
    std::vector<std::string> get_enabled_plugin_keys() const;

    /// What is wrong with the folders of plugins themselves: one that cannot be read, a cloud user whose name is not
    /// that of a folder, a backup that is the only copy of a plugin, a record of the cloud that was left out.
    std::vector<std::string> get_catalog_problems() const;

    /// The folders that discovery looks for plugins in: the local one, then that of the cloud user if there is one
    /// whose name is that of a folder.
    std::vector<std::string> get_plugin_directories() const;

    /// Sets the user whose cloud plugins the next discovery looks for; an empty text for none. Throws `Error` before
    /// the manager is started.
    void set_cloud_plugin_dir(std::string_view user);

    /// Merges what the application has fetched from its cloud into what is installed, until this is called again. A
    /// record without `cloud` and its UUID is left out. Throws `Error` before the manager is started.
    void update_cloud_catalog(const std::vector<PluginDescriptor> &plugins);

    /// Forgets what `update_cloud_catalog` told: the user has signed out. Throws `Error` before the manager is started.
    void clear_cloud_plugin_catalog();

    /// Takes a plugin out of the catalog until the next discovery; false when there was none. Nothing on disk changes,
    /// and it stays loaded if it is; `PluginManager::delete_plugin` deletes one.
    bool remove_plugin(std::string_view key);

    /// Forgets why loads failed, and what else was reported of plugins. What is wrong with a package stays.
    void clear_all_plugin_errors();

    bool is_discovery_in_progress() const;

    /// Whether a discovery has come to its end, well or not, and none runs.
    bool is_discovery_complete() const;

    /// Why the last discovery failed; empty when it did not.
    std::string get_discovery_error() const;

    /// Waits until the discovery that runs has ended. True at once when none runs; `error` is then that of
    /// `get_discovery_error`. False, with `error`, when it has not ended in time.
    bool wait_for_discovery(std::chrono::milliseconds timeout, std::string &error) const;

    DiscoveryProgress get_discovery_progress() const;

    /// Stops a discovery that runs; the catalog stays as it was.
    void cancel_discovery();

private:
    friend class PluginManager;
    PluginCatalog() = default;
};

MATRILINE_END_NAMESPACE
