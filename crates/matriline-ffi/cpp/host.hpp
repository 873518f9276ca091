#pragma once

#include <chrono>
#include <filesystem>
#include <type_traits>

#include "generated/application.hpp"
#include "generated/bridge.hpp"
#include "generated/life.hpp"
#include "matriline/lifecycle_event_context.hpp"
#include "matriline/plugin_descriptor.hpp"

namespace matriline::detail {

/// The manager that runs, or null before the first start. A host stays valid until the process ends, so that a
/// look-up needs no lock.
const Host *current_host() noexcept;

/// The same; throws `Error` with `ErrorCode::NotStarted` instead of answering null.
const Host &started_host();

/// The same for a manager that must not have been shut down.
const Host &running_host();

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

/// The message, and the traceback where there is one.
std::string full_text(const Error &error);

/// Does what may throw an `Error`, and answers whether it did not; `error` is its text then, or empty.
template <class Act>
bool succeeds(std::string &error, Act &&act) {
    try {
        act();
    } catch (const Error &failed) {
        error = full_text(failed);
        return false;
    }
    error.clear();
    return true;
}

/// A time limit as Rust takes it; none that is negative.
inline std::uint64_t limit(std::chrono::milliseconds timeout) {
    return timeout.count() > 0 ? static_cast<std::uint64_t>(timeout.count()) : 0;
}

/// A path as Rust takes it. Throws `Error` when it is not UTF-8.
inline rust::String owned(const std::filesystem::path &path) {
    const std::string native = path.u8string();
    const rust::Str checked = text(native, "path");
    return rust::String(checked.data(), checked.size());
}

/// What an event tells, lent. Throws `Error` for text that is not UTF-8.
EventContextData event_context_data(const LifecycleEventContext &context);

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
