#include "plugins.hpp"

#include <chrono>
#include <map>
#include <stdexcept>

#include "matriline/plugin_manager.hpp"
#include "report.hpp"

namespace {

/// A load that takes no longer needs no words.
constexpr std::chrono::milliseconds patience(200);

matriline::PluginManager &manager() {
    return matriline::PluginManager::instance();
}

} // namespace

matriline::PluginDescriptor installed_plugin(const std::string &key) {
    matriline::PluginDescriptor plugin;
    if (!manager().get_catalog().try_get_plugin_descriptor(key, plugin)) {
        throw std::runtime_error("Plugin not found: `" + key + "`; see `mini-slicer list`");
    }
    return plugin;
}

bool is_off(const std::string &key) {
    matriline::InstallState state;
    return manager().get_catalog().try_get_install_state(key, state) && !state.enabled;
}

void load_side_by_side(const std::vector<std::string> &keys) {
    const auto loads = manager().load_plugins(keys);
    std::map<std::string, std::string> said;
    while (!loads.wait(patience)) {
        for (const auto &load : loads.loads()) {
            const std::string text = progress_of(load);
            if (!text.empty() && said[load.plugin_key] != text) {
                print_progress(text);
                said[load.plugin_key] = text;
            }
        }
    }
}

void load_all_that_are_on() {
    std::vector<std::string> keys;
    for (const auto &plugin : manager().get_catalog().get_plugin_catalog()) {
        if (!is_off(plugin.plugin_key)) {
            keys.push_back(plugin.plugin_key);
        }
    }
    load_side_by_side(keys);
}

void load(const std::string &key) {
    installed_plugin(key);
    load_side_by_side({key});
    if (!manager().get_loader().is_plugin_loaded(key)) {
        // the log has its traceback
        throw std::runtime_error(headline(manager().get_loader().get_plugin_load_error(key)));
    }
}

void load_for_use(const std::string &key) {
    installed_plugin(key);
    if (is_off(key)) {
        throw std::runtime_error("Plugin `" + key + "` is switched off; switch it on with `mini-slicer enable " + key +
                                 "`");
    }
    load(key);
}

void show(const std::string &key) {
    const auto plugin = installed_plugin(key);
    const auto &loader = manager().get_loader();
    std::string problem = plugin.metadata_valid ? headline(loader.get_plugin_load_error(key)) : plugin.error;
    if (problem.empty() && is_off(key)) {
        problem = "It is switched off";
    }
    print_plugin(plugin, loader.is_plugin_loaded(key), problem);
    for (const auto &capability : loader.get_loaded_plugin_capabilities(key)) {
        print_capability(*capability);
    }
}

void show_problems(const matriline::PluginDescriptor &plugin, const std::string &said) {
    for (const std::string &problem : plugin.problems) {
        if (said.find(problem) == std::string::npos) {
            print_problem(plugin.plugin_key, problem);
        }
    }
}
