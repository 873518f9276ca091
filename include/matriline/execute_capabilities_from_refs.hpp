#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/log.hpp"
#include "matriline/plugin_capability_ref.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/plugin_manager.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A value of a setting, and the reference of the preset that stands for it.
struct ResolvedCapability {
    std::string value;
    std::optional<PluginCapabilityRef> ref;
};

/// The references that stand for the values of a setting, in its order; an empty value is left out, with null `plugins`
/// none has a reference. Of several references to a value it is the one that `PluginResolver` judges: the first whose
/// plugin has an enabled capability of the type, else a disabled one, else the first whose plugin is not loaded, else
/// the first. Before the manager is started nothing is resolved and the answer is empty. Threads: any.
MATRILINE_EXPORT std::vector<ResolvedCapability>
resolve_capability_refs(const std::vector<std::string> &capabilities, const std::vector<std::string> *plugins,
                        PluginCapabilityType type);

/// Calls `run(capability, reference)`, the capability as a `std::shared_ptr<T>`, for each value of a setting that
/// resolves (`resolve_capability_refs`) to a capability of class `T`, in the order of the setting; a value listed twice
/// runs twice. A value that does not is skipped with a warning in the log. What `run` throws ends the run.
/// Threads: any.
template <class T, class Run>
void execute_capabilities_from_refs(const std::vector<std::string> &capabilities,
                                    const std::vector<std::string> *plugins, PluginCapabilityType type, Run &&run) {
    const auto warn = [](const std::string &value, const std::string &plugin, const char *problem) {
        log(LogLevel::Warn, "matriline::refs", plugin, "The capability `" + value + "` " + problem + "; it is skipped");
    };
    PluginLoader &loader = PluginManager::instance().get_loader();
    for (const auto &[value, reference] : resolve_capability_refs(capabilities, plugins, type)) {
        if (!reference) {
            warn(value, {}, "is in no entry of the preset's `plugins`");
            continue;
        }
        const std::string &key = reference->plugin_key();
        const auto loaded = loader.get_plugin_capability_by_name(key, type, value);
        if (!loaded) {
            warn(value, key, "is not loaded");
        } else if (!loaded->enabled) {
            warn(value, key, "is disabled");
        } else if (const auto capability = std::dynamic_pointer_cast<T>(loaded->instance)) {
            run(capability, *reference);
        } else {
            warn(value, key, "is of another class than its type says");
        }
    }
}

MATRILINE_END_NAMESPACE
