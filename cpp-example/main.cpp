#include <cstdio>
#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "report.hpp"

namespace {

const char *const usage =
    "Usage: mini-slicer list --data-dir D\n"
    "       mini-slicer export --data-dir D --preset P.json [--printer-preset X.json] [--filament-preset F.json]...\n"
    "                          --gcode in.gcode --output out.gcode\n"
    "       mini-slicer preset save --data-dir D --preset P.json [--type print|printer|filament] [--output Q.json]\n";

/// The words before the options.
std::string command_of(const std::vector<std::string> &words) {
    std::string command;
    for (const std::string &word : words) {
        if (word.rfind("--", 0) == 0) {
            break;
        }
        command += (command.empty() ? "" : " ") + word;
    }
    return command;
}

int run(const std::vector<std::string> &words) {
    const std::string command = words.empty() ? "" : words.front();
    const std::vector<std::string> rest(words.begin() + !words.empty(), words.end());
    using Kind = Options::Kind;
    if (command == "list") {
        return list(Options(rest, {{"--data-dir", Kind::Path}}));
    }
    if (command == "export") {
        return export_gcode(Options(rest, {{"--data-dir", Kind::Path},
                                           {"--preset", Kind::Path},
                                           {"--printer-preset", Kind::OptionalPath},
                                           {"--filament-preset", Kind::Paths},
                                           {"--gcode", Kind::Path},
                                           {"--output", Kind::Path}}));
    }
    if (command == "preset" && !rest.empty() && rest.front() == "save") {
        return save_preset(Options({rest.begin() + 1, rest.end()}, {{"--data-dir", Kind::Path},
                                                                    {"--preset", Kind::Path},
                                                                    {"--type", Kind::OptionalWord},
                                                                    {"--output", Kind::OptionalPath}}));
    }
    throw UsageError{command.empty() ? "A sub-command is missing"
                                     : "There is no sub-command `" + command_of(words) + "`"};
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
