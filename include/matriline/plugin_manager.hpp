#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matriline/capability_config.hpp"
#include "matriline/drawing.hpp"
#include "matriline/execution_result.hpp"
#include "matriline/export.hpp"
#include "matriline/lifecycle_event.hpp"
#include "matriline/lifecycle_event_context.hpp"
#include "matriline/manager_options.hpp"
#include "matriline/permission.hpp"
#include "matriline/plugin_audit_manager.hpp"
#include "matriline/plugin_catalog.hpp"
#include "matriline/plugin_crash.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/plugin_install.hpp"
#include "matriline/plugin_loader.hpp"
#include "matriline/plugin_loads.hpp"
#include "matriline/plugin_timings.hpp"
#include "matriline/post_process.hpp"
#include "matriline/preset.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The plugin system of the process: its catalog, its loader and what is done with both.
///
/// ```
/// auto &manager = matriline::PluginManager::instance();
/// manager.configure({data_dir, "2.4.0"});
/// if (!manager.initialize()) return report(manager.last_error());
/// manager.discover_plugins();
/// manager.load_enabled().wait();
/// ```
///
/// Before it is started, acts throw `Error` with `ErrorCode::NotStarted`. Where a function takes an `error`, it never
/// throws `Error`: it answers false and writes the text there, or empties it. Waiting releases the GIL.
class MATRILINE_EXPORT PluginManager {
public:
    PluginManager(const PluginManager &) = delete;
    PluginManager &operator=(const PluginManager &) = delete;

    /// The one manager. It is never destroyed: at the exit of the process no Python runs.
    static PluginManager &instance();

    /// Sets what the next `initialize` starts with.
    void configure(ManagerOptions options);

    /// Starts Python and the manager. False when that fails; `last_error` then says why. True when it is started
    /// already, false while another call is starting it. The log callback may ask this class while it starts.
    /// Threads: the main thread.
    bool initialize();

    /// The message of the last failed `initialize`, or empty.
    std::string last_error() const;

    bool is_initialized() const;

    /// Cancels the loads that are under way and waits for them, unloads every plugin and refuses further calls; what is
    /// enabled stays so. Nobody is told, and subscriptions end. Does nothing when not started. It throws `Error` when a
    /// call into a plugin or a load does not return within ten seconds; then it can be tried again. Afterwards
    /// `initialize` starts another manager.
    /// Threads: any, outside of calls into plugins.
    void shutdown();

    /// Reads the plugin folders anew. No code of a plugin runs. With `async` that happens on a thread of its own, and
    /// nothing happens while another discovery runs; without, it waits for that one first. The new catalog takes the
    /// place of the old one in one step, so there is nothing to `clear`: that argument is there for call sites which
    /// have it.
    /// Threads: any.
    void discover_plugins(bool async = false, bool clear = false);

    /// Waits for a discovery that runs, and reads the folders anew.
    void rescan_plugins();

    PluginCatalog &get_catalog();
    PluginLoader &get_loader();

    /// Loads every installed plugin that is enabled, as the last discovery found it, and returns at once. Plugins that
    /// were running when an earlier process died are not loaded (`crashes`).
    PluginLoads load_enabled();

    /// Loads those of the named plugins that are enabled, and no other: a start that looks for the plugin that does
    /// harm (`Bisect`).
    PluginLoads load_enabled_among(const std::vector<std::string> &keys);

    /// Loads the named plugins, enabled or not.
    PluginLoads load_plugins(const std::vector<std::string> &keys);

    /// Installs a `.py` or `.whl` file of the user, in the place of an earlier version if there is one, which is kept
    /// for `roll_back_plugin`. It blocks for the disk, and reads the plugin folders anew.
    ///
    /// A plugin that is loaded is unloaded for the moment in which its folder is exchanged, and loaded again; it stays
    /// enabled or not, as its capabilities do. When that load fails the installation has succeeded all the same; ask
    /// `PluginLoader::get_plugin_load_error`.
    ///
    /// When the package or the disk is the reason, `error` begins `Plugin installation failed: `, and nothing has
    /// changed.
    /// Threads: any, outside of calls into that plugin.
    bool install_plugin(const std::filesystem::path &path, std::string &error);

    /// The same, of a download of the cloud when `plugin` has a `cloud` with its UUID; the file fills what `plugin`
    /// leaves empty. On success `plugin` is what the catalog says of it then.
    bool install_plugin(const std::filesystem::path &path, PluginDescriptor &plugin, std::string &error);

    /// Unloads a plugin and deletes its folder. Its configuration stays for the day it is installed again.
    bool delete_plugin(std::string_view key, std::string &error);

    /// Makes a plugin of the cloud a local one, with its flags and its configuration. Its key changes.
    bool keep_installed_plugin_as_local(std::string_view key, std::string &error);
    /// The same, and writes the new key to `new_key`.
    bool keep_installed_plugin_as_local(std::string_view key, std::string &new_key, std::string &error);

    /// Brings the previous version of a plugin back, with the configuration it had, and loads it if it was loaded. A
    /// second time goes forth again.
    bool roll_back_plugin(std::string_view key, std::string &error);

    /// The version that `roll_back_plugin` would bring back, if there is one.
    std::optional<PreviousPluginVersion> get_previous_version(std::string_view key) const;

    /// Removes the environments of dependencies that no installed plugin wants and that nobody has used for so long:
    /// days rather than minutes, where applications share a data folder. One whose packages some process has loaded
    /// stays. Throws `Error` with `ErrorCode::EnvironmentFailed` for a folder that cannot be removed.
    CollectedEnvironments collect_environments(std::chrono::seconds unused_for);

    /// Reports what a plugin did wrong outside of a load, in the place of its last load error. False when the catalog
    /// has no such key.
    bool set_plugin_error(std::string_view key, std::string_view error);

    /// Forgets what a plugin did wrong. False when the catalog has no such key.
    bool clear_plugin_error(std::string_view key);

    /// Runs a script capability of a loaded plugin on the calling thread, and keeps what went wrong as the plugin's
    /// error; what went well forgets it.
    ///
    /// `error` is empty unless the script failed; else it is the script's message, or that of an exception with its
    /// traceback, and the answer is `RecoverableError` or `FatalError`. Where there is no such script, or it is
    /// switched off, that is a `FatalError` as well. A script that raises or answers `FatalError` has its plugin
    /// unloaded, which stays enabled; one that answers `RecoverableError` stays loaded. Threads: any; plugins expect
    /// the thread of the user interface.
    ExecutionResult run_script_capability(std::string_view key, std::string_view name, std::string &error);

    /// The plugins that were running when an earlier process on the data folder died, as `initialize` found. Discovery
    /// has switched them off; loading one by its key enables it again.
    std::vector<PluginCrash> crashes() const;

    /// What a plugin has taken so far. Nothing has for one that is not known.
    PluginTimings timings(std::string_view key) const;

    /// What plugins may take from now on; see `PluginLoader::subscribe_on_over_budget_callback`.
    void set_budgets(const PluginBudgets &budgets);

    /// What is kept of the configuration of a capability, whether its plugin is loaded or not. May read the disk.
    CapabilityConfig get_capability_config(const PluginCapabilityIdentifier &capability) const;

    /// Stores a configuration, any JSON value, and answers whether that changed anything. Throws `Error` with
    /// `ErrorCode::ConfigFailed` for what is no JSON, for an override that no edited preset could take or whose preset
    /// holds a text that cannot be read, and for a file that cannot be written; what was stored stays.
    bool save_capability_config(const PluginCapabilityIdentifier &capability, std::string_view config,
                                ConfigScope scope = ConfigScope::Base);

    /// Takes the override of the edited preset away, so that the configuration for all counts again. False when there
    /// is none.
    bool remove_config_override(const PluginCapabilityIdentifier &capability);

    /// Stores the configuration that a capability of a loaded plugin begins with, for all presets, and answers it.
    std::string restore_default_config(const PluginCapabilityIdentifier &capability);

    /// Whether a capability has a page of its own for its configuration, as it said when it was loaded.
    bool has_config_ui(const PluginCapabilityIdentifier &capability) const;

    /// That page, as HTML; nothing when there is none, or an empty one: the application then offers an editor of JSON.
    /// Where it throws `Error`, the editor is offered beside the error. Disabled capabilities are configured as well.
    std::optional<std::string> get_config_ui(const PluginCapabilityIdentifier &capability);

    /// The text of a preset's overrides as the preset should be saved with it: without those of capabilities that none
    /// of its options names. Nothing when `overrides` stays as it is.
    std::optional<std::string> prune_config_overrides(const Preset &preset, std::string_view overrides) const;

    /// The kinds of input that a capability of type `Visualization` can draw, the best first. It is asked once for each
    /// load.
    ///
    /// Throws `Error` when its plugin is not loaded, when it is disabled, raises or answers something else.
    /// Threads: any; waits for a call of the capability that is inside.
    std::vector<VisualizationInputSpec> drawable_inputs(std::string_view key, std::string_view name);

    /// Has a capability draw a snapshot: it begins a session, or goes on with the one it has. A snapshot that is answered
    /// with `Success` is the session's from now on; others leave it as it was, and `FatalError` ends it.
    ///
    /// Throws `Error` as `drawable_inputs` does; the session stays as it was.
    /// Threads: any, best one of its own; waits for a call of the capability that is inside.
    Drawn draw(std::string_view key, std::string_view name, const VisualizationContext &context);

    /// Ends the session of a capability, if it has one. Throws `Error` as `drawable_inputs` does; the session has ended all
    /// the same. Threads: as for `draw`.
    void end_drawing(std::string_view key, std::string_view name);
    /// What the user has allowed a plugin, whether or not it is loaded, as its sidecar lists it. Throws `Error` with
    /// `ErrorCode::PluginNotFound`, and with `ErrorCode::ConfigFailed` for a sidecar that cannot be read. So do the
    /// next three. Threads: any; they may read the disk.
    std::vector<Permission> permissions(std::string_view key) const;

    /// Takes a permission back, also from a plugin that runs: what it does next is decided without it. False when it
    /// does not have it.
    bool revoke_permission(std::string_view key, const Permission &permission);

    /// What a plugin asks for in its table `[tool.matriline.permissions]` and does not have.
    std::vector<Permission> wanted_permissions(std::string_view key) const;

    /// Has the user decide on all of that at once, by `ManagerOptions::permissions`: the dialog for after an install.
    /// True when the plugin has everything it asks for; what is granted is kept.
    bool ask_permissions(std::string_view key);

    /// What was refused to a plugin since it was loaded last, oldest first, also where it swallowed the exception: the
    /// last hundred.
    std::vector<AuditViolation> violations(std::string_view key) const;

    /// How often something was refused to a plugin since it was loaded last.
    std::uint64_t violation_count(std::string_view key) const;

    /// Writes what plugins did to one file, oldest first, a JSON object a line.
    void export_activity(const std::filesystem::path &file) const;

    /// Changes how strict the policy is with a plugin that is loaded, at once and until it is loaded again. False when
    /// it is not loaded.
    bool set_audit_mode(std::string_view key, AuditMode mode);

    /// Tells every enabled capability of every loaded plugin that something happened, one after the other, on this
    /// thread. What one raises is logged and stops nobody. For an event of slicing `cancelled` may be given: once it
    /// answers true, those who were not told yet are told nothing.
    /// Threads: any. It takes as long as the plugins do.
    void raise_lifecycle_event(LifecycleEvent event, const LifecycleEventContext &context = {},
                               const std::function<bool()> &cancelled = {});

    /// Waits until `done` answers true, for `timeout` at most, and answers whether it did. For a main thread that has
    /// to wait for something of the application that plugins have a part in, such as its slicing thread: what plugins
    /// ask the host is answered meanwhile, so that the two never wait for each other. `done` waits itself, for the time
    /// that it is given at most, and is asked again; what it throws comes out.
    ///
    /// ```
    /// manager.wait_until([&](auto limit) { return sliced.wait_for(limit) == std::future_status::ready; });
    /// ```
    /// Threads: any, outside of calls into plugins; the host is answered on the main thread alone.
    bool wait_until(const std::function<bool(std::chrono::milliseconds limit)> &done,
                    std::optional<std::chrono::milliseconds> timeout = std::nullopt);

    /// Runs the post-processing capabilities of a job in order and answers the path of the edited file; nothing
    /// when the job names no capability. A failing one ends the run with `Error`, and the working copy is gone.
    /// Threads: any; the thread that exports.
    std::optional<std::string> run_post_process_plugins(const PostProcessJob &job,
                                                        const PostProcessReport &report = {});

private:
    PluginManager();
    ~PluginManager();

    struct State;
    std::unique_ptr<State> state_;
};

MATRILINE_END_NAMESPACE
