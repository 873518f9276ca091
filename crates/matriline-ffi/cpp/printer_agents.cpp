#include "matriline/printer_agents.hpp"

#include "generated/values.hpp"
#include "host.hpp"

namespace matriline::detail {

bool call_function(const FunctionSink &sink, rust::Slice<const GivenData> args) {
    return sink.call(args);
}

void give_task(const FunctionSink &sink, rust::Box<PluginTask> task) {
    sink.give(std::move(task));
}

void set_number(Reply &reply, std::int64_t number) {
    reply.number = number;
}

void add_text(Reply &reply, rust::Str text) {
    reply.texts.emplace_back(text.data(), text.size());
}

} // namespace matriline::detail

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

std::vector<PrinterAgentEntry> PrinterAgents::list() {
    std::vector<PrinterAgentEntry> entries;
    for (const AgentData &data :
         checked([](Failure &failure) { return list_printer_agents(running_host(), failure); })) {
        PrinterAgentEntry &entry = entries.emplace_back();
        entry.info = {std::string(data.id), std::string(data.name), std::string(data.version),
                      std::string(data.description)};
        if (!data.plugin_key.empty()) {
            entry.capability = {PluginCapabilityType::PrinterConnection, std::string(data.capability),
                                std::string(data.plugin_key)};
        }
    }
    return entries;
}

std::shared_ptr<PrinterAgentPluginCapability> PrinterAgents::get(std::string_view id, std::chrono::milliseconds timeout) {
    const rust::Str checked_id = text(id, "id");
    const auto found = checked([&](Failure &failure) {
        return find_printer_agent(running_host(), checked_id, limit(timeout), failure);
    });
    return found ? std::dynamic_pointer_cast<PrinterAgentPluginCapability>(found->instance) : nullptr;
}

MATRILINE_END_NAMESPACE
