// The printer agent that the application works with, and the agents that it brings itself.

#include <algorithm>
#include <mutex>

#include "host.hpp"
#include "matriline/printer_agents.hpp"

using namespace matriline;

namespace {

/// A plugin with one agent of its key as id. It tells of a printer when it is to search, and says what was called.
std::string agent(const std::string &id) {
    return "from orca.printer_agent import *\n"
           "calls = []\n"
           "class Agent(PrinterAgentBase):\n"
           "    def get_name(self): return 'agent'\n"
           "    def get_agent_info(self): return AgentInfo('" +
           id +
           "', 'Agent', '1.0', 'for tests')\n"
           "    def set_on_ssdp_msg_fn(self, fn):\n"
           "        self.ssdp = fn\n"
           "        return 0\n"
           "    def set_on_local_message_fn(self, fn):\n"
           "        self.message = fn\n"
           "        return 0\n"
           "    def start_discovery(self, start, sending):\n"
           "        calls.append(f'discovery {start} {sending}')\n"
           "        self.ssdp('{\"dev_id\": \"" +
           id +
           "\"}')\n"
           "        return True\n"
           "    def set_user_selected_machine(self, dev_id):\n"
           "        calls.append(f'selected {dev_id}')\n"
           "        return 0\n"
           "    def disconnect_printer(self):\n"
           "        calls.append('disconnected')\n"
           "        return 0\n"
           "    def check_cert(self):\n"
           "        if self.message is not None:\n"
           "            self.message('dev', 'text')\n"
           "        return len(calls)\n"
           "    def get_camera_url(self): return ', '.join(calls)\n"
           "@orca.plugin\n"
           "class Package(orca.base):\n"
           "    def register_capabilities(self): orca.register_capability(Agent)\n";
}

/// What agents have told.
struct Told {
    std::mutex mutex;
    std::vector<std::string> texts;

    void add(std::string text) {
        const std::lock_guard guard(mutex);
        texts.push_back(std::move(text));
    }

    PrinterAgentFunctions functions() {
        PrinterAgentFunctions functions;
        functions.ssdp = [this](std::string_view printer) { add("found " + std::string(printer)); };
        functions.local_message = [this](std::string_view dev_id, std::string_view text) {
            add(std::string(dev_id) + " " + std::string(text));
        };
        return functions;
    }
};

} // namespace

TEST_CASE("an agent is selected and left for another") {
    const DataFolder data;
    data.write_source("first", agent("first"));
    data.write_source("second", agent("second"));
    start(data, {"first", "second"});
    CHECK(PrinterAgents::selected() == std::nullopt);
    CHECK_FALSE(PrinterAgents::select("none"));
    CHECK_FALSE(PrinterAgents::select("orca"));
    Told told;
    const auto first = PrinterAgents::select("first", told.functions());
    REQUIRE(first);
    CHECK(PrinterAgents::selected() == "first");
    CHECK(told.texts == std::vector<std::string>{"found {\"dev_id\": \"first\"}"});
    first->check_cert();
    CHECK(told.texts.back() == "dev text");

    const auto second = PrinterAgents::select("second", told.functions());
    REQUIRE(second);
    CHECK(PrinterAgents::selected() == "second");
    CHECK(first->get_camera_url().value == "discovery True False, selected , disconnected");
    // it has no function any more
    const auto before = told.texts.size();
    first->check_cert();
    CHECK(told.texts.size() == before);

    PrinterAgents::deselect();
    CHECK(PrinterAgents::selected() == std::nullopt);
    CHECK(second->get_camera_url().value == "discovery True False, selected , disconnected");
    manager().shutdown();
}

TEST_CASE("an agent that goes away is deselected") {
    const DataFolder data;
    data.write_source("first", agent("first"));
    start(data, {"first"});
    Told told;
    REQUIRE(PrinterAgents::select("first", told.functions()));
    loader().unload_plugin("first");
    CHECK(PrinterAgents::selected() == std::nullopt);
    PrinterAgents::deselect();
    manager().shutdown();
}

TEST_CASE("the application brings agents of its own") {
    const DataFolder data;
    data.write_source("first", agent("mine"));
    data.write_source("second", agent("orca"));
    ManagerOptions options;
    CHECK(options.printer_agents.size() == 6);
    options.printer_agents = {{"mine", "Mine"}};
    start(data, {"first", "second"}, {}, options);
    const auto agents = PrinterAgents::list();
    REQUIRE(agents.size() == 2);
    CHECK(agents[0].info.id == "mine");
    CHECK(agents[0].info.name == "Mine");
    CHECK(agents[1].info.id == "orca");
    CHECK(loader().get_plugin_load_error("first").find("already registered by the application") != std::string::npos);
    CHECK_FALSE(PrinterAgents::get("mine"));
    manager().shutdown();
}

TEST_CASE("nothing is selected while no manager runs") {
    CHECK(error_of([] { PrinterAgents::select("first"); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([] { PrinterAgents::deselect(); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([] { PrinterAgents::selected(); }).code() == ErrorCode::NotStarted);
}
