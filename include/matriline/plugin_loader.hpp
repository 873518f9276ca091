#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/loaded_plugin_capability.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/plugin_install.hpp"
#include "matriline/subscription.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

class PluginCatalog;

/// Loads plugins and finds the capabilities of those that are loaded.
///
/// Before the manager is started nothing is found, and acts throw `Error` with `ErrorCode::NotStarted`. Where a
/// function takes an `error`, it never throws `Error`: it answers false and writes the text there, or empties it.
/// Waiting releases the GIL. A text that is not UTF-8 is an error with `ErrorCode::InvalidArgument`. Threads: any.
class MATRILINE_EXPORT PluginLoader {
public:
    PluginLoader(const PluginLoader &) = delete;
    PluginLoader &operator=(const PluginLoader &) = delete;

    /// Asks for a plugin to be loaded, and returns at once; the load runs on a thread of its own, beside others: it
    /// installs what the plugin depends on, imports it, makes its capabilities and runs their `on_load`. A plugin that
    /// does not load is no exception: see `wait_for_plugin_load` and `get_plugin_load_error`; an unknown or invalid one
    /// has failed when this returns.
    ///
    /// Nothing changes for a plugin that is loaded or being loaded, but that capabilities which are asked for are
    /// enabled. What is loaded is enabled: it is loaded at the next start as well.
    ///
    /// With `skip_deps` no packages are installed: the plugin gets what was installed for it before.
    /// `capabilities_to_enable` are names; of a plugin that is not loaded yet the others are disabled. An empty list is
    /// no request: each capability is what it was when the plugin was loaded last, and enabled at first.
    void load_plugin(const PluginCatalog &catalog, std::string_view key, bool skip_deps = false,
                     const std::vector<std::string> &capabilities_to_enable = {});

    /// Unloads a plugin and loads it again, as its code is now; its capabilities stay enabled or disabled. One that is
    /// not loaded is loaded. Returns when the plugin is unloaded, and does not wait for the load; that fails when calls
    /// do not return, as `unload_plugin`.
    void reload_plugin(std::string_view key);

    /// Waits for the load of a plugin, if one is under way. True when none is under way any more and the last one went
    /// well, or there was none. False when it has not ended in time, and when the last load failed, whenever that was;
    /// `error` is then that of `get_plugin_load_error`. Inside of a plugin that is being loaded it does not wait.
    bool wait_for_plugin_load(std::string_view key, std::chrono::milliseconds timeout, std::string &error) const;

    /// Waits for all loads that are under way. Subscribers have been told then, unless they take longer than a second.
    void wait_for_all_plugin_loads() const;
    /// The same, for so long at most. True when none of them is left.
    bool wait_for_all_plugin_loads(std::chrono::milliseconds timeout) const;

    /// Whether a load of the plugin is under way, cancelled or not.
    bool is_plugin_load_in_progress(std::string_view key) const;

    /// Cancels the load of a plugin; false when none is under way. It stays in progress until its thread has stopped;
    /// code of the plugin that runs already is not interrupted. Nothing of it remains, it leaves no error, and nobody
    /// is told.
    bool cancel_plugin_load(std::string_view key);

    /// False: an unload cannot be cancelled.
    bool cancel_plugin_unload(std::string_view key);

    /// Unloads a plugin: its capabilities throw from now on, calls inside are waited for, `on_unload` runs, its modules
    /// go. It is not loaded at the next start then. A load that is under way is cancelled. True, also for a plugin that
    /// is not loaded or not known. Inside of one of its own calls it is unloaded when the thread's outermost call
    /// returns.
    ///
    /// Throws `Error` with `ErrorCode::UnloadFailed` when calls do not return within ten seconds, then it can be tried
    /// again; with `ErrorCode::Busy` while another thread is unloading it.
    bool unload_plugin(std::string_view key);
    /// The same: a plugin is unloaded whole, whatever the type.
    bool unload_plugin(std::string_view key, PluginCapabilityType type);

    /// Unloads every plugin. What is enabled stays so. Throws the first `Error` of `unload_plugin`, when the others are
    /// unloaded.
    void unload_all_plugins();

    /// The same for the plugins that came from the cloud: the user has signed out.
    void unload_cloud_plugins();

    /// Switches a capability on or off, without touching Python. While it is off, its calls throw `Error` with
    /// `ErrorCode::CapabilityDisabled`; it stays loaded and is still found. It stays so when the plugin is loaded
    /// again. True when that changed something, false when it was so already or there is no such capability.
    bool enable_capability(std::string_view plugin_key, std::string_view name, PluginCapabilityType type);
    bool disable_capability(std::string_view plugin_key, std::string_view name, PluginCapabilityType type);

    bool is_plugin_loaded(std::string_view key) const;

    /// Whether no plugin is loaded and none is being loaded or unloaded.
    bool is_idle_and_empty() const;

    /// What discovery found of every loaded plugin, by key. Of a plugin that it finds no more only the key is known.
    std::vector<PluginDescriptor> get_all_loaded_plugin_descriptors() const;

    /// Why the last load of that plugin failed, with the traceback where there is one, or what was reported of it since
    /// (`PluginManager::set_plugin_error`); empty when nothing is wrong.
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

    /// Installs packages into an environment of their own, before a plugin asks for the same ones; `requirements` are
    /// written as in a plugin's `dependencies` (PEP 508). It blocks.
    bool install_packages(const std::vector<std::string> &requirements, std::string &error);

    /// What a `.py` or `.whl` file is, and which plugin it would replace. Changes nothing.
    ///
    /// False when it cannot be installed, with an `error` that begins `Plugin package inspection failed: `; what could
    /// be read is written to `plugin` and `existing` all the same. `plugin.problems` has everything that is wrong, bad
    /// or not.
    bool inspect_local_plugin_package(const std::filesystem::path &path, PluginDescriptor &plugin,
                                      std::optional<ExistingPlugin> &existing, std::string &error) const;
    /// The same; `existing` says whether there is one.
    bool inspect_local_plugin_package(const std::filesystem::path &path, PluginDescriptor &plugin, bool &existing,
                                      std::string &error) const;

    /// As those of `PluginManager`.
    bool install_plugin(const std::filesystem::path &path, std::string &error);
    bool install_plugin(const std::filesystem::path &path, PluginDescriptor &plugin, std::string &error);

    /// Writes to the sidecar that a loaded plugin is enabled, and which of its capabilities are, in case another
    /// program has changed it; loading, unloading and switching write it anyhow. False when the plugin is not loaded.
    bool write_loaded_plugin_install_state(std::string_view key);

    /// The same as `PluginCatalog::set_cloud_plugin_dir`.
    void set_cloud_user_id(std::string_view user);

    /// Calls `callback` with the key of a plugin whose load has ended, well or not: ask `is_plugin_loaded`. That goes
    /// for a load which was refused and for one of a loaded plugin too, but not for one that was cancelled.
    ///
    /// How subscribers are called is said at `PluginCallback`. They are called until they unsubscribe or the manager is
    /// shut down; its shutdown itself is not told. Subscribing throws `Error` with `ErrorCode::InvalidArgument` for an
    /// empty function.
    Subscription subscribe_on_load_callback(PluginCallback callback);

    /// Calls `callback` with the key of a plugin that was unloaded.
    Subscription subscribe_on_unload_callback(PluginCallback callback);

    /// Calls `callback` with a capability that was loaded enabled, or was enabled.
    Subscription subscribe_on_capability_load_callback(CapabilityCallback callback);

    /// Calls `callback` with a capability that was disabled, or unloaded while it was enabled.
    Subscription subscribe_on_capability_unload_callback(CapabilityCallback callback);

    /// Calls `callback` with the key of a plugin of which something changed that a list of plugins shows.
    Subscription subscribe_on_changed_callback(PluginCallback callback);

    /// Calls `callback` with what took longer than `PluginManager::set_budgets` allows.
    Subscription subscribe_on_over_budget_callback(OverBudgetCallback callback);

    /// Calls a subscriber no more, not even for an event that is being told; a call that has begun goes on. True when
    /// it had subscribed. A subscriber may do this itself.
    bool unsubscribe(Subscription subscription);

private:
    friend class PluginManager;
    PluginLoader() = default;
};

MATRILINE_END_NAMESPACE
