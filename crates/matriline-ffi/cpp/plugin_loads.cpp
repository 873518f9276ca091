#include "matriline/plugin_loads.hpp"

#include "host.hpp"
#include "matriline/plugin_manager.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

struct PluginLoads::State {
    rust::Box<Loads> loads;
};

namespace {

PluginLoad copied(const LoadData &data) {
    PluginLoad load;
    load.plugin_key = std::string(data.plugin_key);
    load.stage = static_cast<LoadStage>(data.stage);
    load.line = std::string(data.line);
    if (data.code != 0) {
        load.error.emplace(static_cast<ErrorCode>(data.code), std::string(data.message), load.plugin_key,
                           std::string(data.traceback));
    }
    return load;
}

} // namespace

PluginLoads::PluginLoads(std::unique_ptr<State> state) : state_(std::move(state)) {}
PluginLoads::PluginLoads(PluginLoads &&) noexcept = default;
PluginLoads &PluginLoads::operator=(PluginLoads &&) noexcept = default;
PluginLoads::~PluginLoads() = default;

std::vector<PluginLoad> PluginLoads::loads() const {
    std::vector<PluginLoad> loads;
    for (const LoadData &data : checked([&](Failure &failure) { return state_->loads->data(failure); })) {
        loads.push_back(copied(data));
    }
    return loads;
}

LoadProgress PluginLoads::progress() const {
    const auto progress = checked([&](Failure &failure) { return state_->loads->progress(failure); });
    return {progress.done, progress.total};
}

std::vector<PluginLoad> PluginLoads::failures() const {
    std::vector<PluginLoad> failures;
    for (PluginLoad &load : loads()) {
        if (load.error) {
            failures.push_back(std::move(load));
        }
    }
    return failures;
}

void PluginLoads::wait() const {
    checked([&](Failure &failure) { state_->loads->wait(false, 0, failure); });
}

bool PluginLoads::wait(std::chrono::milliseconds timeout) const {
    return checked([&](Failure &failure) { return state_->loads->wait(true, limit(timeout), failure); });
}

void PluginLoads::cancel() const {
    checked([&](Failure &failure) { state_->loads->cancel(failure); });
}

PluginLoads PluginManager::load_enabled() {
    auto loads = checked([](Failure &failure) { return detail::load_enabled(started_host(), failure); });
    return PluginLoads(std::make_unique<PluginLoads::State>(PluginLoads::State{std::move(loads)}));
}

PluginLoads PluginManager::load_enabled_among(const std::vector<std::string> &keys) {
    const auto among = texts(keys, "keys");
    auto loads = checked([&](Failure &failure) { return detail::load_enabled_among(started_host(), among, failure); });
    return PluginLoads(std::make_unique<PluginLoads::State>(PluginLoads::State{std::move(loads)}));
}

PluginLoads PluginManager::load_plugins(const std::vector<std::string> &keys) {
    const auto named = texts(keys, "keys");
    auto loads = checked([&](Failure &failure) { return detail::load_plugins(started_host(), named, failure); });
    return PluginLoads(std::make_unique<PluginLoads::State>(PluginLoads::State{std::move(loads)}));
}

MATRILINE_END_NAMESPACE
