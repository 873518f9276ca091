#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "plugins.hpp"

namespace {

matriline::PluginManager &manager() {
    return matriline::PluginManager::instance();
}

/// The capabilities of that name, of which a loaded plugin may have one for each type. Throws when there is none.
std::vector<matriline::PluginCapabilityIdentifier> named(const std::string &key, const std::string &name) {
    std::vector<matriline::PluginCapabilityIdentifier> found;
    std::string others;
    for (const auto &capability : manager().get_loader().get_loaded_plugin_capabilities(key)) {
        if (capability->name == name) {
            found.push_back(capability->identifier());
        }
        others += (others.empty() ? "`" : ", `") + capability->name + "`";
    }
    if (found.empty()) {
        throw std::runtime_error("Plugin `" + key + "` has no capability `" + name + "`, but " + others);
    }
    return found;
}

/// One that was never loaded has nothing yet that says so.
bool is_remembered(const std::string &key) {
    matriline::InstallState state;
    return manager().get_catalog().try_get_install_state(key, state);
}

} // namespace

int enable(const Options &options) {
    start_plugins(options);
    const std::string &key = options["KEY"];
    load(key);
    for (const std::string &name : options.all("CAPABILITY")) {
        for (const auto &capability : named(key, name)) {
            manager().get_loader().enable_capability(key, name, capability.type);
        }
    }
    show(key);
    return 0;
}

int disable(const Options &options) {
    start_plugins(options);
    const std::string &key = options["KEY"];
    const auto &names = options.all("CAPABILITY");
    installed_plugin(key);
    if (!names.empty()) {
        load_for_use(key);
    } else if (!is_remembered(key)) {
        load(key);
    }
    for (const std::string &name : names) {
        for (const auto &capability : named(key, name)) {
            manager().get_loader().disable_capability(key, name, capability.type);
        }
    }
    if (names.empty()) {
        manager().get_loader().unload_plugin(key);
    }
    show(key);
    return 0;
}
