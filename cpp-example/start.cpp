#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "questions.hpp"
#include "report.hpp"

matriline::DependencyOptions dependencies(const Options &options) {
    matriline::DependencyOptions dependencies;
    dependencies.uv = options.get("--uv");
    dependencies.wheel_folders = options.all("--wheels");
    if (!dependencies.wheel_folders.empty()) {
        dependencies.index.reset();
    }
    return dependencies;
}

void start_plugins(const Options &options) {
    auto &manager = matriline::PluginManager::instance();
    matriline::ManagerOptions start;
    start.data_dir = options["--data-dir"];
    start.application_version = "2.4.0";
    start.log = [](matriline::LogLevel level, std::string_view target, std::string_view plugin, std::string_view text) {
        // what a scan has found of a plugin stands in the lines of the plugin
        const bool is_said = target == "matriline::catalog" && !plugin.empty();
        if (level >= matriline::LogLevel::Warn && !is_said) {
            print_log(level, plugin, text);
        }
    };
    start.dependencies = dependencies(options);
    answer_questions(start, options);
    manager.configure(std::move(start));
    if (!manager.initialize()) {
        throw std::runtime_error(manager.last_error());
    }
    manager.discover_plugins();
    for (const auto &crash : manager.crashes()) {
        print_crash(crash);
    }
}
