#include <chrono>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "matriline/printer_agents.hpp"
#include "plugins.hpp"

namespace {

using matriline::PrinterAgents;

/// How long an agent may take for one thing, and printers to answer a search.
constexpr std::chrono::seconds patience(60);
constexpr std::chrono::seconds search(2);

/// A line of the output. Agents tell on threads of their own.
void say(const char *what, std::string_view text) {
    static std::mutex mutex;
    const std::lock_guard guard(mutex);
    std::printf("%s\t%.*s\n", what, static_cast<int>(text.size()), text.data());
    std::fflush(stdout);
}

/// The agent of a plugin that is loaded for it.
std::shared_ptr<matriline::PrinterAgentPluginCapability> agent_of(const std::string &key) {
    load_for_use(key);
    for (const auto &entry : PrinterAgents::list()) {
        if (entry.capability && entry.capability->plugin_key == key) {
            say("agent", entry.info.id + "\t" + entry.info.name);
            return PrinterAgents::get(entry.info.id, patience);
        }
    }
    const std::string error = matriline::PluginManager::instance().get_loader().get_plugin_load_error(key);
    throw std::runtime_error(error.empty() ? "Plugin `" + key + "` has no printer agent" : error);
}

/// The value of an answer; throws the error beside it.
template <class Value>
Value checked(matriline::Answered<Value> answer) {
    if (answer.error) {
        throw *answer.error;
    }
    return std::move(answer.value);
}

/// Throws for a code that says no.
void expect(const char *what, matriline::Answered<int> answer) {
    const int code = checked(std::move(answer));
    if (code != 0) {
        throw std::runtime_error(std::string(what) + " failed with code " + std::to_string(code));
    }
}

} // namespace

int find_printers(const Options &options) {
    start_plugins(options);
    const auto agent = agent_of(options["KEY"]);
    checked(agent->set_on_ssdp_msg_fn([](std::string_view printer) { say("found", printer); }));
    if (!checked(agent->start_discovery(true, false))) {
        throw std::runtime_error("The agent of plugin `" + options["KEY"] + "` cannot search for printers");
    }
    std::this_thread::sleep_for(search);
    checked(agent->start_discovery(false, false));
    return 0;
}

int print(const Options &options) {
    start_plugins(options);
    const auto agent = agent_of(options["KEY"]);
    agent->set_on_local_connect_fn([](int status, std::string_view printer, std::string_view text) {
        say("connection", std::to_string(status) + "\t" + std::string(printer) + "\t" + std::string(text));
    });
    agent->set_on_local_message_fn([](std::string_view printer, std::string_view text) {
        say("message", std::string(printer) + "\t" + std::string(text));
    });
    matriline::PrinterConnectionParams connection;
    connection.dev_id = options.get("--printer", "printer");
    connection.host = options["HOST"];
    connection.port = options.get("--port");
    connection.password = options.get("--password");
    expect("Connecting", agent->connect_printer(connection));
    expect("Selecting the printer", agent->set_user_selected_machine(connection.dev_id));
    matriline::PrintParams job;
    job.dev_id = connection.dev_id;
    job.dev_ip = connection.host;
    job.password = connection.password;
    job.filename = options["--gcode"];
    job.task_name = "mini-slicer";
    job.connection_type = "lan";
    const auto progress = [](int status, int code, std::string_view text) {
        say("progress", std::to_string(status) + "\t" + std::to_string(code) + "\t" + std::string(text));
    };
    expect("Printing", agent->start_local_print(job, progress, [] { return false; }));
    expect("Disconnecting", agent->disconnect_printer());
    say("printed", job.filename);
    return 0;
}
