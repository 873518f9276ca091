#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "plugins.hpp"
#include "questions.hpp"

namespace {

matriline::PluginManager &manager() {
    return matriline::PluginManager::instance();
}

void print(const std::string &key) {
    for (const matriline::Permission &permission : manager().permissions(key)) {
        print_permission("permission", key, permission);
    }
}

} // namespace

int list_permissions(const Options &options) {
    start_plugins(options);
    if (options.has("KEY")) {
        print(options["KEY"]);
        return 0;
    }
    for (const auto &plugin : manager().get_catalog().get_plugin_catalog()) {
        print(plugin.plugin_key);
    }
    return 0;
}

int revoke_permissions(const Options &options) {
    if (options.has("PERMISSION") && !options.has("TARGET")) {
        throw UsageError{"The operand `TARGET` is missing"};
    }
    const bool is_all = !options.has("PERMISSION");
    const matriline::Permission one =
        is_all ? matriline::Permission{} : matriline::Permission{kind_of(options["PERMISSION"]), options["TARGET"]};
    start_plugins(options);
    const std::string &key = options["KEY"];
    bool was_there = is_all;
    for (const matriline::Permission &permission : manager().permissions(key)) {
        if (is_all || permission == one) {
            manager().revoke_permission(key, permission);
            print_permission("revoked", key, permission);
            was_there = true;
        }
    }
    if (!was_there) {
        throw std::runtime_error("Plugin `" + key + "` is not allowed that; see `mini-slicer permissions list " + key +
                                 "`");
    }
    return 0;
}
