#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "plugins.hpp"
#include "report.hpp"

int roll_back(const Options &options) {
    start_plugins(options);
    auto &manager = matriline::PluginManager::instance();
    const std::string &key = options["KEY"];
    installed_plugin(key);
    // one that does not load may be why its user goes back
    if (!is_off(key)) {
        load_side_by_side({key});
    }
    std::string error;
    if (!manager.roll_back_plugin(key, error)) {
        throw std::runtime_error(error);
    }
    print_change("rolled back", key, installed_plugin(key).version);
    if (!is_off(key)) {
        load(key);
    }
    show(key);
    return 0;
}
