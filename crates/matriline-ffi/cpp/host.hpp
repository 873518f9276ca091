#pragma once

#include <type_traits>

#include "generated/bridge.hpp"
#include "matriline/plugin_descriptor.hpp"

namespace matriline::detail {

/// The manager that runs, or null before the first start. A host stays valid until the process ends, so that a
/// look-up needs no lock.
const Host *current_host() noexcept;

/// The same; throws `Error` with `ErrorCode::NotStarted` instead of answering null.
const Host &started_host();

/// The log of the manager that runs, or null.
const LogSink *current_log() noexcept;

/// Calls a bridge function with its `Failure` and throws what it put there.
template <class Call>
auto checked(Call &&call) {
    Failure failure;
    if constexpr (std::is_void_v<decltype(call(failure))>) {
        call(failure);
        failure.check();
    } else {
        auto answer = call(failure);
        failure.check();
        return answer;
    }
}

std::vector<std::string> copied(const rust::Vec<rust::String> &texts);
PluginDescriptor copied(const DescriptorData &data);
std::vector<PluginDescriptor> copied(const rust::Vec<DescriptorData> &list);
DescriptorData descriptor_data(const PluginDescriptor &descriptor);

rust::Vec<rust::String> texts(const std::vector<std::string> &values, const char *argument);
TextList optional_texts(const std::vector<std::string> *values, const char *argument);

inline rust::String owned(std::string_view value, const char *argument) {
    const rust::Str checked = text(value, argument);
    return rust::String(checked.data(), checked.size());
}

} // namespace matriline::detail
