#include <algorithm>
#include <optional>
#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "plugins.hpp"
#include "questions.hpp"
#include "report.hpp"

int install(const Options &options) {
    start_plugins(options);
    auto &manager = matriline::PluginManager::instance();
    auto &loader = manager.get_loader();
    const std::string &file = options["FILE"];

    matriline::PluginDescriptor package;
    std::optional<matriline::ExistingPlugin> existing;
    std::string refused;
    const bool is_fine = loader.inspect_local_plugin_package(file, package, existing, refused);
    if (!package.plugin_key.empty()) {
        print_package(package);
    }
    show_problems(package, refused);
    if (!is_fine) {
        throw std::runtime_error(refused);
    }
    if (existing) {
        // it is loaded while the application runs, and so it is here
        if (existing->enabled) {
            load_side_by_side({existing->plugin_key});
        }
        print_existing(*existing, loader.is_plugin_loaded(existing->plugin_key));
    }

    matriline::PluginDescriptor installed;
    std::string error;
    if (!manager.install_plugin(file, installed, error)) {
        throw std::runtime_error(error);
    }
    print_change("installed", installed.plugin_key, installed.version);
    const auto wanted = manager.wanted_permissions(installed.plugin_key);
    if (!wanted.empty() && has_somebody_to_ask(options)) {
        // one question for everything that the plugin declares
        manager.ask_permissions(installed.plugin_key);
    }
    for (const matriline::Permission &permission : wanted) {
        const auto granted = manager.permissions(installed.plugin_key);
        const bool is_granted = std::find(granted.begin(), granted.end(), permission) != granted.end();
        print_permission(is_granted ? "permission" : "wanted", installed.plugin_key, permission);
    }
    if (!is_off(installed.plugin_key)) {
        load(installed.plugin_key);
    }
    show(installed.plugin_key);
    return 0;
}
