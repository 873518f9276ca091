// Printer agents: every kind of argument and answer, failures that are answers, functions both ways, ids.

#include <mutex>
#include <thread>

#include "host.hpp"
#include "matriline/printer_agents.hpp"

using namespace matriline;

namespace {

/// Writes a plugin with one agent of that id, with these methods.
void write_agent(const DataFolder &data, const std::string &key, const std::string &id, const std::string &methods) {
    const auto folder = data.path() / "orca_plugins" / key;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / (key + ".py"))
        << "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"" << key << "\"\n# version = \"1.0.0\"\n# ///\n"
        << "import orca, threading\nfrom orca.printer_agent import *\n\n"
           "class Agent(PrinterAgentBase):\n"
           "    def get_name(self): return 'agent'\n"
           "    def get_agent_info(self): return AgentInfo('"
        << id << "', 'Agent', '1.0', 'for tests')\n"
        << methods
        << "\n@orca.plugin\nclass Package(orca.base):\n"
           "    def register_capabilities(self): orca.register_capability(Agent)\n";
}

std::shared_ptr<PrinterAgentPluginCapability> agent_of(const char *key) {
    const auto found = loader().get_plugin_capability_by_name(key, PluginCapabilityType::PrinterConnection, "agent");
    REQUIRE(found);
    return std::dynamic_pointer_cast<PrinterAgentPluginCapability>(found->instance);
}

} // namespace

// 12.16: an agent that works.
TEST_CASE("an agent answers") {
    const DataFolder data;
    write_agent(data, "works", "works", R"(
    def connect_printer(self, params):
        assert (params.host, params.use_ssl, params.password) == ('10.0.0.1', True, 'größer')
        return 7
    def start_discovery(self, start, sending): return start and not sending
    def get_user_selected_machine(self): return 'machine'
    def get_filament_sync_mode(self): return FilamentSyncMode.Pull
    def fetch_filament_info(self, dev_id): return dev_id == 'd'
    def request_bind_ticket(self): return 3, 'ticket'
    def get_camera_stream_mode(self): return CameraStreamMode.RTSP
    def bind_detect(self, dev_ip, sec_link, detect):
        assert detect.dev_name == 'before'
        detect.dev_name = dev_ip + sec_link
        return 0
    def command_axis_control(self, dev_id, axis, unit, input_val, speed, is_core_xy, supports, sequence_id, lan_mode):
        assert (axis, unit, input_val, speed, is_core_xy, supports) == ('X', 0.5, -10.0, 3000, True, False)
        return 4
)");
    start(data, {"works"});
    const auto agent = agent_of("works");
    PrinterConnectionParams params;
    params.host = "10.0.0.1";
    params.use_ssl = true;
    params.password = "größer";
    const Answered<int> connected = agent->connect_printer(params);
    CHECK(!connected.error);
    CHECK(connected.value == 7);
    const int code = agent->connect_printer(params);
    CHECK(code == 7);
    CHECK(agent->start_discovery(true, false).value);
    CHECK(agent->get_user_selected_machine().value == "machine");
    CHECK(agent->get_filament_sync_mode().value == FilamentSyncMode::Pull);
    CHECK(agent->fetch_filament_info("d", FilamentSyncMode::Pull).value);
    CHECK(agent->get_camera_stream_mode().value == CameraStreamMode::RTSP);
    CHECK(!agent->install_device_cert("d", true).error);
    std::string ticket = "untouched";
    CHECK(agent->request_bind_ticket(ticket).value == 3);
    CHECK(ticket == "ticket");
    DetectResult detect;
    detect.dev_name = "before";
    CHECK(agent->bind_detect("ip", "link", detect).value == 0);
    CHECK(detect.dev_name == "iplink");
    CHECK(agent->command_axis_control("d", "X", 0.5, -10.0, 3000, true, false, "1", true).value == 4);
    CHECK(agent->get_agent_info().value.description == "for tests");
    manager().shutdown();
}

// 12.16: an agent that raises.
TEST_CASE("an agent that fails never throws") {
    const DataFolder data;
    write_agent(data, "fails", "fails", R"(
    def bind_detect(self, dev_ip, sec_link, detect):
        detect.dev_name = 'half'
        raise ValueError('no')
    def request_bind_ticket(self): return 'ticket'
    def unbind(self, dev_id): raise OSError('gone')
)");
    start(data, {"fails"});
    const auto agent = agent_of("fails");
    const auto unbound = agent->unbind("d");
    CHECK(unbound.value == -1);
    REQUIRE(unbound.error);
    CHECK(unbound.error->code() == ErrorCode::PluginRaised);
    CHECK(unbound.error->traceback().find("OSError: gone") != std::string::npos);
    DetectResult detect;
    detect.dev_name = "untouched";
    CHECK(agent->bind_detect("", "", detect).value == -1);
    CHECK(detect.dev_name == "untouched");
    std::string ticket = "untouched";
    CHECK(agent->request_bind_ticket(ticket).error->code() == ErrorCode::WrongAnswer);
    CHECK(ticket == "untouched");
    CHECK(agent->check_cert().value == -1);
    CHECK(agent->command_start_camera("d").value == -7010);
    CHECK(agent->ping_bind("caf\xe9").error->code() == ErrorCode::InvalidArgument);
    loader().unload_plugin("fails");
    CHECK(agent->unbind("d").error->code() == ErrorCode::CapabilityUnloaded);
    CHECK(agent->get_camera_url().value.empty());
    manager().shutdown();
}

TEST_CASE("functions go both ways") {
    const DataFolder data;
    write_agent(data, "calls", "calls", R"(
    def set_on_message_fn(self, fn):
        self.message = fn
        return 0
    def set_queue_on_main_fn(self, fn):
        self.queue = fn
        return 0
    def start_print(self, params, update_fn, cancel_fn, wait_fn):
        assert (params.filename, params.plate_index, params.task_use_ams) == ('a.3mf', 2, True)
        thread = threading.Thread(target=update_fn, args=(1, 0, 'größer'))
        thread.start()
        thread.join()
        assert cancel_fn() is False and wait_fn(3, 'job') is True
        return 5
    def start_local_print(self, params, update_fn, cancel_fn):
        assert update_fn is None
        try:
            cancel_fn()
        except RuntimeError as error:
            assert 'no window' in str(error)
            return 6
    def check_cert(self):
        self.message('dev', 'text')
        self.queue(lambda: self.message('dev', 'task'))
        return 0
)");
    start(data, {"calls"});
    const auto agent = agent_of("calls");
    std::mutex mutex;
    std::vector<std::string> told;
    const auto tell = [&](std::string text) {
        const std::lock_guard guard(mutex);
        told.push_back(std::move(text));
    };
    PrintParams params;
    params.filename = "a.3mf";
    params.plate_index = 2;
    params.task_use_ams = true;
    const auto printed = agent->start_print(
        params,
        [&](int status, int code, std::string_view msg) {
            tell(std::to_string(status) + std::to_string(code) + std::string(msg));
        },
        [] { return false; }, [](int status, std::string_view info) { return status == 3 && info == "job"; });
    INFO((printed.error ? printed.error->traceback() : std::string()));
    CHECK(printed.value == 5);
    CHECK(told == std::vector<std::string>{"10größer"});

    const auto thrown = agent->start_local_print(params, {}, []() -> bool { throw std::runtime_error("no window"); });
    INFO((thrown.error ? thrown.error->traceback() : std::string()));
    CHECK(thrown.value == 6);

    std::vector<std::function<void()>> tasks;
    CHECK(agent->set_on_message_fn([&](std::string_view dev_id, std::string_view msg) {
                   tell(std::string(dev_id) + " " + std::string(msg));
               }).value == 0);
    CHECK(agent->set_queue_on_main_fn([&](std::function<void()> task) { tasks.push_back(std::move(task)); }).value == 0);
    CHECK(agent->check_cert().value == 0);
    REQUIRE(tasks.size() == 1);
    tasks[0]();
    CHECK(told == std::vector<std::string>{"10größer", "dev text", "dev task"});
    loader().unload_plugin("calls");
    tasks[0]();
    CHECK(told.size() == 3);
    manager().shutdown();
}

TEST_CASE("agents are known by their ids") {
    const DataFolder data;
    write_agent(data, "first", "mine", "");
    write_agent(data, "second", "mine", "");
    start(data, {"first", "second"});
    const auto agents = PrinterAgents::list();
    REQUIRE(agents.size() == 7);
    CHECK(agents[0].info.id == "orca");
    CHECK(!agents[0].capability);
    CHECK(agents[6].info.name == "Agent");
    CHECK(agents[6].capability->plugin_key == "first");
    const auto agent = PrinterAgents::get("mine");
    REQUIRE(agent);
    CHECK(agent == agent_of("first"));
    CHECK(!PrinterAgents::get("orca"));
    CHECK(loader().get_plugin_load_error("second").find("agent ID 'mine' is already registered") != std::string::npos);
    loader().unload_plugin("first");
    CHECK(PrinterAgents::get("mine") == agent_of("second"));
    manager().shutdown();
}

TEST_CASE("an agent that hangs is left in time") {
    const DataFolder data;
    write_agent(data, "hangs", "hangs", R"(
    def start_local_print(self, params, update_fn, cancel_fn):
        import time
        while not cancel_fn(): time.sleep(0.01)
        return -18
    def check_cert(self): return 2
)");
    start(data, {"hangs"});
    const auto agent = PrinterAgents::get("hangs", std::chrono::milliseconds(100));
    REQUIRE(agent);
    const auto printed = agent->start_local_print({}, {}, [] { return false; });
    CHECK(printed.value == -1);
    REQUIRE(printed.error);
    CHECK(printed.error->code() == ErrorCode::TimedOut);
    CHECK(agent->check_cert().value == 2);
    CHECK(PrinterAgents::get("hangs")->check_cert().value == 2);
    manager().shutdown();
}
