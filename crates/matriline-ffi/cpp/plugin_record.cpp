// What the manager knows of plugins after the act: errors, crashes, timings; and running scripts, which leaves all
// three.

#include <algorithm>

#include "host.hpp"
#include "matriline/plugin_manager.hpp"
#include "times.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

Timing copied(const TimingData &data) {
    using std::chrono::nanoseconds;
    return {data.count, nanoseconds(data.total_ns), nanoseconds(data.worst_ns), nanoseconds(data.last_ns)};
}

PluginCrash copied(const CrashData &data) {
    PluginCrash crash;
    crash.plugin_key = std::string(data.plugin_key);
    crash.activity = static_cast<PluginActivity>(data.activity);
    if (crash.activity == PluginActivity::Calling) {
        crash.capability = {static_cast<PluginCapabilityType>(data.kind), std::string(data.capability),
                            crash.plugin_key};
    }
    crash.when = time_of(data.when);
    crash.text = std::string(data.text);
    return crash;
}

BudgetData budget_data(std::optional<std::chrono::nanoseconds> budget) {
    const auto nanoseconds = std::max<std::chrono::nanoseconds::rep>(budget ? budget->count() : 0, 0);
    return {budget.has_value(), static_cast<std::uint64_t>(nanoseconds)};
}

} // namespace

bool PluginManager::set_plugin_error(std::string_view key, std::string_view error) {
    return checked([&](Failure &failure) {
        return detail::set_plugin_error(started_host(), text(key, "key"), text(error, "error"), failure);
    });
}

bool PluginManager::clear_plugin_error(std::string_view key) {
    return checked(
        [&](Failure &failure) { return detail::clear_plugin_error(started_host(), text(key, "key"), failure); });
}

ExecutionResult PluginManager::run_script_capability(std::string_view key, std::string_view name, std::string &error) {
    ExecutionResult result;
    const bool answered = succeeds(error, [&] {
        checked([&](Failure &failure) {
            run_script(started_host(), text(key, "key"), text(name, "name"), result, failure);
        });
    });
    if (!answered) {
        return ExecutionResult::failure(PluginResult::FatalError, error);
    }
    if (result.status == PluginResult::RecoverableError || result.status == PluginResult::FatalError) {
        error = result.message.empty() ? "Script plugin failed." : result.message;
    }
    return result;
}

std::vector<PluginCrash> PluginManager::crashes() const {
    std::vector<PluginCrash> crashes;
    if (const Host *host = current_host()) {
        for (const CrashData &data : checked([&](Failure &failure) { return detail::crashes(*host, failure); })) {
            crashes.push_back(copied(data));
        }
    }
    return crashes;
}

PluginTimings PluginManager::timings(std::string_view key) const {
    PluginTimings timings;
    const Host *host = current_host();
    if (host == nullptr) {
        return timings;
    }
    const auto data = checked([&](Failure &failure) { return detail::timings(*host, text(key, "key"), failure); });
    std::size_t place = 0;
    for (const TimingData &phase : data.phases) {
        timings.phases.at(place++) = copied(phase);
    }
    for (const MethodTimingData &method : data.methods) {
        timings.methods.push_back(
            {{static_cast<PluginCapabilityType>(method.kind), std::string(method.name), std::string(key)},
             std::string(method.method),
             copied(method.timing)});
    }
    return timings;
}

void PluginManager::set_budgets(const PluginBudgets &budgets) {
    rust::Vec<BudgetData> data;
    for (const auto &budget : budgets.phases) {
        data.push_back(budget_data(budget));
    }
    data.push_back(budget_data(budgets.call));
    checked([&](Failure &failure) { detail::set_budgets(started_host(), data, failure); });
}

MATRILINE_END_NAMESPACE
