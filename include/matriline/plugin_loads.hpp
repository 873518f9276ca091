#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "matriline/error.hpp"
#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What a load is doing.
enum class LoadStage : unsigned char {
    /// It waits for a thread, or for the plugin to be unloaded.
    Queued = 0,
    /// The packages that the plugin depends on are found or installed.
    Environment = 1,
    /// The plugin is imported, registers, and starts.
    Python = 2,
    /// It is over, well or not.
    Over = 3,
};

/// A load as it was when it was asked about.
struct PluginLoad {
    std::string plugin_key;
    LoadStage stage = LoadStage::Queued;
    /// The last line that the installer of packages printed, for a progress display; empty when there is none.
    std::string line;
    /// Why it failed; nothing while it runs and when it went well.
    std::optional<Error> error;
};

/// How many loads are over, well or not, and of how many.
struct LoadProgress {
    std::size_t done = 0;
    std::size_t total = 0;
};

/// Loads that were asked for together and run side by side. Letting it go stops none of them.
///
/// ```
/// const auto loads = manager.load_enabled();
/// while (!loads.wait(100ms)) show(loads.progress());
/// for (const auto &failed : loads.failures()) report(failed.plugin_key, *failed.error);
/// ```
///
/// Threads: any, outside of the plugins that are being loaded.
class MATRILINE_EXPORT PluginLoads {
public:
    PluginLoads(PluginLoads &&) noexcept;
    PluginLoads &operator=(PluginLoads &&) noexcept;
    ~PluginLoads();

    /// The loads, in the order in which they were asked for.
    std::vector<PluginLoad> loads() const;

    LoadProgress progress() const;

    /// Those that have failed so far, each with its error.
    std::vector<PluginLoad> failures() const;

    /// Waits until all are over. Subscribers have been told then, unless they take longer than a second.
    void wait() const;

    /// The same, for so long at most. True when all are over.
    bool wait(std::chrono::milliseconds timeout) const;

    /// Stops those that are not over soon; nothing of them will remain. Code of a plugin that runs already is not
    /// interrupted. They fail with `ErrorCode::LoadCancelled`.
    void cancel() const;

private:
    friend class PluginManager;
    struct State;
    explicit PluginLoads(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

MATRILINE_END_NAMESPACE
