#include <algorithm>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "report.hpp"

int list(const Options &options) {
    start_plugins(options["--data-dir"]);
    auto &manager = matriline::PluginManager::instance();
    auto &loader = manager.get_loader();
    for (const auto &plugin : manager.get_catalog().get_all_plugin_descriptors()) {
        if (plugin.has_error()) {
            print_plugin(plugin, false, plugin.error);
            continue;
        }
        loader.load_plugin(manager.get_catalog(), plugin.plugin_key);
        const std::string error = loader.get_plugin_load_error(plugin.plugin_key);
        // a traceback may follow the message; that of a syntax error has no head
        const auto end = std::min(error.find("\nTraceback ("), error.find("\n  File \""));
        print_plugin(plugin, loader.is_plugin_loaded(plugin.plugin_key), error.substr(0, end));
        for (const auto &capability : loader.get_loaded_plugin_capabilities(plugin.plugin_key)) {
            print_capability(capability->identifier());
        }
    }
    return 0;
}
