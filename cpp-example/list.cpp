#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "plugins.hpp"

int list(const Options &options) {
    start_plugins(options);
    load_all_that_are_on();
    for (const auto &plugin : matriline::PluginManager::instance().get_catalog().get_all_plugin_descriptors()) {
        show(plugin.plugin_key);
        show_problems(plugin, plugin.error);
    }
    return 0;
}
