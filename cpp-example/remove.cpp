#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "plugins.hpp"
#include "report.hpp"

int remove_plugin(const Options &options) {
    start_plugins(options);
    const std::string &key = options["KEY"];
    const auto plugin = installed_plugin(key);
    std::string error;
    if (!matriline::PluginManager::instance().delete_plugin(key, error)) {
        throw std::runtime_error(error);
    }
    print_change("removed", key, plugin.version);
    return 0;
}
