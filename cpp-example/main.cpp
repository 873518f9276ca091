#include <cstdio>
#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "report.hpp"

namespace {

const char *const usage =
    "Usage: mini-slicer list --data-dir D\n"
    "       mini-slicer export --data-dir D --preset P.json --gcode in.gcode --output out.gcode\n";

int run(const std::vector<std::string> &words) {
    const std::string command = words.empty() ? "" : words.front();
    const std::vector<std::string> rest(words.begin() + !words.empty(), words.end());
    if (command == "list") {
        return list(Options(rest, {"--data-dir"}));
    }
    if (command == "export") {
        return export_gcode(Options(rest, {"--data-dir", "--preset", "--gcode", "--output"}));
    }
    throw UsageError{command.empty() ? "A sub-command is missing" : "There is no sub-command `" + command + "`"};
}

} // namespace

void start_plugins(const std::string &data_dir) {
    auto &manager = matriline::PluginManager::instance();
    matriline::ManagerOptions options;
    options.data_dir = data_dir;
    options.application_version = "2.4.0";
    options.log = [](matriline::LogLevel level, std::string_view, std::string_view plugin, std::string_view text) {
        if (level >= matriline::LogLevel::Warn) {
            print_log(level, plugin, text);
        }
    };
    manager.configure(std::move(options));
    if (!manager.initialize()) {
        throw std::runtime_error(manager.last_error());
    }
    manager.discover_plugins();
}

int main(int argc, char **argv) {
    int status = 0;
    try {
        status = run({argv + 1, argv + argc});
    } catch (const UsageError &error) {
        std::fprintf(stderr, "mini-slicer: %s\n%s", error.problem.c_str(), usage);
        status = 2;
    } catch (const std::exception &error) {
        complain(error);
        status = 1;
    }
    try {
        matriline::PluginManager::instance().shutdown();
    } catch (const std::exception &error) {
        complain(error);
        status = 1;
    }
    return status;
}
