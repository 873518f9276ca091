#include "matriline/printer_agents.hpp"

#include <array>

#include "generated/printer_agent_functions.hpp"
#include "generated/values.hpp"
#include "host.hpp"
#include "matriline/own_printer_agent.hpp"

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

namespace {

std::shared_ptr<PrinterAgentPluginCapability> agent(const std::shared_ptr<LoadedPluginCapability> &found) {
    return found ? std::dynamic_pointer_cast<PrinterAgentPluginCapability>(found->instance) : nullptr;
}

} // namespace

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
    return agent(found);
}

std::shared_ptr<PrinterAgentPluginCapability> PrinterAgents::select(std::string_view id,
                                                                    const PrinterAgentFunctions &functions) {
    const rust::Str checked_id = text(id, "id");
    const auto leaf = [](std::shared_ptr<FunctionSink> sink) { return LeafData{rust::Str(), 0, 0.0, std::move(sink)}; };
    const std::array<LeafData, 9> leaves{leaf(sink_of_server_fn(functions.server)),
                                         leaf(sink_of_ssdp_fn(functions.ssdp)),
                                         leaf(sink_of_topic_fn(functions.printer_connected)),
                                         leaf(sink_of_topic_fn(functions.subscribe_failure)),
                                         leaf(sink_of_message_fn(functions.message)),
                                         leaf(sink_of_user_message_fn(functions.user_message)),
                                         leaf(sink_of_local_connect_fn(functions.local_connect)),
                                         leaf(sink_of_message_fn(functions.local_message)),
                                         leaf(sink_of_queue_on_main_fn(functions.queue_on_main))};
    return agent(checked([&](Failure &failure) {
        return select_printer_agent(running_host(), checked_id, {leaves.data(), leaves.size()}, failure);
    }));
}

void PrinterAgents::deselect() {
    checked([](Failure &failure) { deselect_printer_agent(running_host(), failure); });
}

std::optional<std::string> PrinterAgents::selected() {
    const rust::String id =
        checked([](Failure &failure) { return selected_printer_agent(running_host(), failure); });
    return id.empty() ? std::nullopt : std::optional<std::string>(std::string(id));
}

std::vector<OwnPrinterAgent> orca_printer_agents() {
    std::vector<OwnPrinterAgent> agents;
    for (const OwnAgentData &data : own_printer_agents()) {
        agents.push_back({std::string(data.id), std::string(data.name)});
    }
    return agents;
}

MATRILINE_END_NAMESPACE
