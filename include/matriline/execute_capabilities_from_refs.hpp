#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "matriline/log.hpp"
#include "matriline/plugin_capability_ref.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/plugin_manager.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// Calls `run(capability, reference)`, the capability as a `std::shared_ptr<T>`, for each value of a setting that
/// resolves through a preset's `plugins` array to a capability of class `T`, in the order of the setting; a value
/// listed twice runs twice.
///
/// Of several references to a value the one runs that `PluginResolver` judges: the first whose plugin has an enabled
/// capability of the type, else a disabled one, else the first whose plugin is not loaded, else the first.
/// A value that does not resolve is skipped with a warning in the log; with null `plugins` none resolves. What
/// `run` throws ends the run.
/// Threads: any.
template <class T, class Run>
void execute_capabilities_from_refs(const std::vector<std::string> &capabilities,
                                    const std::vector<std::string> *plugins, PluginCapabilityType type, Run &&run) {
    const auto warn = [](const std::string &value, const std::string &plugin, const char *problem) {
        log(LogLevel::Warn, "matriline::refs", plugin, "The capability `" + value + "` " + problem + "; it is skipped");
    };
    PluginLoader &loader = PluginManager::instance().get_loader();
    // how well a reference serves, the smaller the better
    const auto rank = [&](const PluginCapabilityRef &reference) {
        const std::string &key = reference.plugin_key();
        if (const auto found = loader.get_plugin_capability_by_name(key, type, reference.capability_name)) {
            return found->enabled ? 0 : 1;
        }
        return loader.is_plugin_loaded(key) ? 3 : 2;
    };
    const auto find = [&](const std::string &value) {
        std::optional<PluginCapabilityRef> best;
        int best_rank = 4;
        if (plugins != nullptr) {
            for (const std::string &text : *plugins) {
                auto reference = parse_capability_ref(text);
                if (!reference || reference->capability_name != value) {
                    continue;
                }
                if (const int found = rank(*reference); found < best_rank) {
                    best = std::move(reference);
                    best_rank = found;
                }
            }
        }
        return best;
    };

    for (const std::string &value : capabilities) {
        if (value.empty()) {
            continue;
        }
        const auto reference = find(value);
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
