#include "glue.hpp"

#include "generated/bridge.hpp"

namespace matriline::detail {

void fail(Failure &failure, std::int32_t code, rust::Str message, rust::Str plugin, rust::Str traceback) {
    failure.begin();
    failure.set(Error(static_cast<ErrorCode>(code), std::string(message), std::string(plugin), std::string(traceback)));
}

void set_result(ExecutionResult &result, std::uint8_t status, rust::Str message, rust::Str data) {
    result.status = static_cast<PluginResult>(status);
    result.message.assign(message.data(), message.size());
    result.data.assign(data.data(), data.size());
}

void push_capability(CapabilityList &list, std::shared_ptr<LoadedPluginCapability> capability) {
    list.capabilities.push_back(std::move(capability));
}

void write_log(const LogSink &sink, std::uint8_t level, rust::Str target, rust::Str plugin, rust::Str text) {
    sink.callback(static_cast<LogLevel>(level), view(target), view(plugin), view(text));
}

void post_task(const PostSink &sink, rust::Box<Task> task) {
    // a `std::function` wants to be copied
    const auto shared = std::make_shared<rust::Box<Task>>(std::move(task));
    sink.post([shared] { (*shared)->run(); });
}

void report_step(StepSink &sink, const StepData &data) {
    if (!sink.report || sink.thrown) {
        return;
    }
    PostProcessStep step;
    step.capability.type = static_cast<PluginCapabilityType>(data.kind);
    step.capability.name = std::string(data.name);
    step.capability.plugin_key = std::string(data.plugin_key);
    step.elapsed = std::chrono::nanoseconds(data.nanoseconds);
    if (data.failed) {
        step.error.emplace(static_cast<ErrorCode>(data.code), std::string(data.message), std::string(data.plugin),
                           std::string(data.traceback));
    } else {
        set_result(step.result.emplace(), data.status, data.message, data.data);
    }
    try {
        sink.report(step);
    } catch (abi::__forced_unwind &) {
        throw;
    } catch (...) {
        sink.thrown = std::current_exception();
    }
}

void throw_not_utf8(const char *argument) {
    throw Error(ErrorCode::InvalidArgument,
                "The text `" + std::string(argument) + "` is not UTF-8; convert it before the call");
}

} // namespace matriline::detail
