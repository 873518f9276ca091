#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "answers.hpp"
#include "rust/cxx.h"
#include "host_sink.hpp"
#include "matriline/error.hpp"
#include "matriline/execution_result.hpp"
#include "matriline/loaded_plugin_capability.hpp"
#include "matriline/log.hpp"
#include "matriline/manager_options.hpp"
#include "matriline/post_process.hpp"
#include "matriline/subscription.hpp"
#include "trycatch.hpp"

/// The C++ half of the private bridge: what Rust sees of the public classes, and calls.
namespace matriline::detail {

struct CapabilityHandle;
struct OverBudgetData;
struct StepData;
struct Task;

using ExecutionResult = matriline::ExecutionResult;
using LoadedPluginCapability = matriline::LoadedPluginCapability;

/// Where a bridge function puts its error. `check` throws it.
class Failure {
public:
    /// Says that there is an error before it is made, so that it is not lost when memory is short.
    void begin() { failed_ = true; }
    void set(Error error) { error_ = std::make_unique<Error>(std::move(error)); }
    void check() const {
        if (error_) {
            throw *error_;
        }
        if (failed_) {
            throw std::bad_alloc();
        }
    }
    /// The error instead, if there is one.
    std::optional<Error> error() const {
        if (failed_ && !error_) {
            throw std::bad_alloc();
        }
        return error_ ? std::optional<Error>(*error_) : std::nullopt;
    }

private:
    bool failed_ = false;
    std::unique_ptr<Error> error_;
};

struct CapabilityList {
    std::vector<std::shared_ptr<LoadedPluginCapability>> capabilities;
};

struct LogSink {
    LogCallback callback;
};

struct PostSink {
    PostFunction post;
};

/// Who is told of events, of which kind the alternative says.
struct Subscriber {
    std::variant<PluginCallback, CapabilityCallback, OverBudgetCallback> callback;
};

struct StepSink {
    const PostProcessReport &report;
    /// What the report threw first.
    std::exception_ptr thrown;
};

void fail(Failure &failure, std::int32_t code, rust::Str message, rust::Str plugin, rust::Str traceback);
void set_result(ExecutionResult &result, std::uint8_t status, rust::Str message, rust::Str data);
std::shared_ptr<LoadedPluginCapability> make_shell(rust::Box<CapabilityHandle> handle, std::uint8_t kind,
                                                   rust::Str name, rust::Str plugin_key);
void push_capability(CapabilityList &list, std::shared_ptr<LoadedPluginCapability> capability);
void write_log(const LogSink &sink, std::uint8_t level, rust::Str target, rust::Str plugin, rust::Str text);
void post_task(const PostSink &sink, rust::Box<Task> task);
void tell_plugin(const Subscriber &subscriber, rust::Str key);
void tell_capability(const Subscriber &subscriber, std::uint8_t kind, rust::Str name, rust::Str key);
void tell_over_budget(const Subscriber &subscriber, const OverBudgetData &over);
void report_step(StepSink &sink, const StepData &step);

[[noreturn]] void throw_not_utf8(const char *argument);

/// Text as Rust takes it, borrowed. Throws `Error` when it is not UTF-8.
inline rust::Str text(std::string_view value, const char *argument) {
    try {
        return rust::Str(value.data(), value.size());
    } catch (const std::invalid_argument &) {
        throw_not_utf8(argument);
    }
}

/// Text that Rust checks itself, where every nanosecond counts.
inline rust::Slice<const std::uint8_t> bytes(std::string_view value) {
    return {reinterpret_cast<const std::uint8_t *>(value.data()), value.size()};
}

inline std::string_view view(rust::Str text) {
    return {text.data(), text.size()};
}

} // namespace matriline::detail
