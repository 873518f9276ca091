#include "matriline/lifecycle_event.hpp"

#include "generated/application.hpp"
#include "host.hpp"
#include "matriline/plugin_manager.hpp"

namespace matriline::detail {

EventContextData event_context_data(const LifecycleEventContext &context) {
    return {text(context.name, "name"),
            static_cast<std::uint8_t>(context.code),
            text(context.msg, "msg"),
            text(context.id, "id"),
            text(context.previous_name, "previous_name"),
            text(context.device_id, "device_id"),
            text(context.job_id, "job_id"),
            text(context.source, "source"),
            context.index,
            context.dirty};
}

} // namespace matriline::detail

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

void PluginManager::raise_lifecycle_event(LifecycleEvent event, const LifecycleEventContext &context,
                                          const std::function<bool()> &cancelled) {
    const EventContextData data = event_context_data(context);
    const Cancelled ask{cancelled};
    checked(
        [&](Failure &failure) { raise_event(started_host(), static_cast<std::uint8_t>(event), data, ask, failure); });
}

bool PluginManager::wait_until(const std::function<bool(std::chrono::milliseconds limit)> &done,
                               std::optional<std::chrono::milliseconds> timeout) {
    const Waiter waiter{done, nullptr};
    const bool is_done = checked([&](Failure &failure) {
        const auto limited = timeout.value_or(std::chrono::milliseconds(0));
        return detail::wait_until(started_host(), timeout.has_value(), limit(limited), waiter, failure);
    });
    if (waiter.thrown) {
        std::rethrow_exception(waiter.thrown);
    }
    return is_done;
}

MATRILINE_END_NAMESPACE
