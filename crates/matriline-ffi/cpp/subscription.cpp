#include "matriline/subscription.hpp"

#include "host.hpp"
#include "matriline/plugin_loader.hpp"
#include "matriline/plugin_timings.hpp"

namespace matriline::detail {

namespace {

PluginCapabilityIdentifier identifier(std::uint8_t kind, rust::Str name, rust::Str key) {
    return {static_cast<PluginCapabilityType>(kind), std::string(name), std::string(key)};
}

template <class Callback>
Subscription add(Happening to, Callback callback) {
    if (!callback) {
        throw Error(ErrorCode::InvalidArgument, "The function to subscribe is empty; give one that can be called");
    }
    const auto subscriber = std::make_shared<Subscriber>(Subscriber{std::move(callback)});
    return Subscription{checked([&](Failure &failure) { return subscribe(running_host(), to, subscriber, failure); })};
}

} // namespace

void tell_plugin(const Subscriber &subscriber, rust::Str key) {
    std::get<PluginCallback>(subscriber.callback)(std::string(key));
}

void tell_capability(const Subscriber &subscriber, std::uint8_t kind, rust::Str name, rust::Str key) {
    std::get<CapabilityCallback>(subscriber.callback)(identifier(kind, name, key));
}

void tell_over_budget(const Subscriber &subscriber, const OverBudgetData &data) {
    OverBudget over;
    over.plugin_key = std::string(data.plugin);
    if (data.is_call) {
        over.capability = identifier(data.kind, data.name, data.plugin);
        over.method = std::string(data.method);
    } else {
        over.phase = static_cast<PluginPhase>(data.phase);
    }
    over.elapsed = std::chrono::nanoseconds(data.elapsed_ns);
    over.budget = std::chrono::nanoseconds(data.budget_ns);
    over.text = std::string(data.text);
    std::get<OverBudgetCallback>(subscriber.callback)(over);
}

} // namespace matriline::detail

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

Subscription PluginLoader::subscribe_on_load_callback(PluginCallback callback) {
    return add(Happening::Load, std::move(callback));
}

Subscription PluginLoader::subscribe_on_unload_callback(PluginCallback callback) {
    return add(Happening::Unload, std::move(callback));
}

Subscription PluginLoader::subscribe_on_capability_load_callback(CapabilityCallback callback) {
    return add(Happening::CapabilityLoad, std::move(callback));
}

Subscription PluginLoader::subscribe_on_capability_unload_callback(CapabilityCallback callback) {
    return add(Happening::CapabilityUnload, std::move(callback));
}

Subscription PluginLoader::subscribe_on_changed_callback(PluginCallback callback) {
    return add(Happening::Changed, std::move(callback));
}

Subscription PluginLoader::subscribe_on_over_budget_callback(OverBudgetCallback callback) {
    return add(Happening::OverBudget, std::move(callback));
}

bool PluginLoader::unsubscribe(Subscription subscription) {
    const Host *host = current_host();
    return host != nullptr && checked([&](Failure &failure) {
               return detail::unsubscribe(*host, static_cast<std::uint64_t>(subscription), failure);
           });
}

MATRILINE_END_NAMESPACE
