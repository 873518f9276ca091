#pragma once

#include <memory>
#include <optional>
#include <string>

#include "matriline/export.hpp"
#include "matriline/manager_options.hpp"
#include "matriline/plugin_catalog.hpp"
#include "matriline/plugin_loader.hpp"
#include "matriline/post_process.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The plugin system of the process: its catalog, its loader and what is done with both.
///
/// ```
/// auto &manager = matriline::PluginManager::instance();
/// manager.configure({data_dir, "2.4.0"});
/// if (!manager.initialize()) return report(manager.last_error());
/// manager.discover_plugins();
/// manager.get_loader().load_plugin(manager.get_catalog(), "header-stamp");
/// ```
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

    /// Unloads every plugin and refuses further calls. Does nothing when not started. It throws `Error` when
    /// a call into a plugin does not return in time, or a plugin is still being loaded; then it can be tried again.
    /// Threads: the main thread, outside of every call into a plugin.
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
