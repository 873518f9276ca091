#include <chrono>
#include <iostream>
#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "plugins.hpp"
#include "report.hpp"

namespace {

constexpr auto script_type = matriline::PluginCapabilityType::Script;

matriline::PluginManager &manager() {
    return matriline::PluginManager::instance();
}

/// The script that the command line names, or the only one of a loaded plugin.
std::string script_of(const std::string &key, const Options &options) {
    if (!options.all("SCRIPT").empty()) {
        return options["SCRIPT"];
    }
    const auto scripts = manager().get_loader().get_plugin_capabilities_by_type(key, script_type);
    if (scripts.empty()) {
        throw std::runtime_error("Plugin `" + key + "` has no script to run");
    }
    if (scripts.size() > 1) {
        std::string names;
        for (const auto &script : scripts) {
            names += (names.empty() ? "`" : ", `") + script->name + "`";
        }
        throw std::runtime_error("Plugin `" + key + "` has several scripts; name one of " + names);
    }
    return scripts.front()->name;
}

/// Runs a script, prints what it answers, and returns the exit status.
int run(const std::string &key, const std::string &name) {
    const auto start = std::chrono::steady_clock::now();
    std::string error;
    const auto result = manager().run_script_capability(key, name, error);
    print_result({script_type, name, key}, result, std::chrono::steady_clock::now() - start);
    if (!error.empty()) {
        complain(error);
    }
    return error.empty() ? 0 : 1;
}

} // namespace

int run_script(const Options &options) {
    start_plugins(options);
    const std::string &key = options["KEY"];
    load_for_use(key);
    return run(key, script_of(key, options));
}

int try_script(const Options &options) {
    start_plugins(options);
    const std::string &key = options["KEY"];
    load_for_use(key);
    const std::string script = script_of(key, options);
    int status = run(key, script);
    for (std::string line; std::getline(std::cin, line);) {
        try {
            manager().get_loader().reload_plugin(key);
            load(key);
            status = run(key, script);
        } catch (const std::exception &error) {
            // the next edit may mend it
            complain(error);
            status = 1;
        }
    }
    return status;
}
