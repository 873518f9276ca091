#include "matriline/plugin_loader.hpp"

#include <algorithm>

#include "host.hpp"
#include "matriline/plugin_manager.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

bool set_enabled(std::string_view key, std::string_view name, PluginCapabilityType type, bool enabled) {
    return checked([&](Failure &failure) {
        return started_host().set_enabled(text(key, "plugin_key"), static_cast<std::uint8_t>(type), text(name, "name"),
                                          enabled, failure);
    });
}

} // namespace

void PluginLoader::load_plugin(const PluginCatalog &, std::string_view key, bool skip_deps,
                               const std::vector<std::string> &capabilities_to_enable) {
    const auto names = texts(capabilities_to_enable, "capabilities_to_enable");
    checked([&](Failure &failure) {
        detail::load_plugin(started_host(), text(key, "key"), skip_deps, !names.empty(), names, failure);
    });
}

void PluginLoader::reload_plugin(std::string_view key) {
    checked([&](Failure &failure) { detail::reload_plugin(started_host(), text(key, "key"), failure); });
}

bool PluginLoader::wait_for_plugin_load(std::string_view key, std::chrono::milliseconds timeout,
                                        std::string &error) const {
    return succeeds(error, [&] {
        if (const Host *host = current_host()) {
            checked([&](Failure &failure) { wait_for_load(*host, text(key, "key"), true, limit(timeout), failure); });
        }
    });
}

void PluginLoader::wait_for_all_plugin_loads() const {
    if (const Host *host = current_host()) {
        checked([&](Failure &failure) { wait_for_all_loads(*host, false, 0, failure); });
    }
}

bool PluginLoader::wait_for_all_plugin_loads(std::chrono::milliseconds timeout) const {
    const Host *host = current_host();
    return host == nullptr ||
           checked([&](Failure &failure) { return wait_for_all_loads(*host, true, limit(timeout), failure); });
}

bool PluginLoader::is_plugin_load_in_progress(std::string_view key) const {
    const Host *host = current_host();
    return host != nullptr &&
           checked([&](Failure &failure) { return is_load_in_progress(*host, text(key, "key"), failure); });
}

bool PluginLoader::cancel_plugin_load(std::string_view key) {
    const Host *host = current_host();
    return host != nullptr && checked([&](Failure &failure) { return cancel_load(*host, text(key, "key"), failure); });
}

bool PluginLoader::cancel_plugin_unload(std::string_view) {
    return false;
}

bool PluginLoader::unload_plugin(std::string_view key) {
    if (const Host *host = current_host()) {
        checked([&](Failure &failure) { host->unload(text(key, "key"), failure); });
    }
    return true;
}

bool PluginLoader::unload_plugin(std::string_view key, PluginCapabilityType) {
    return unload_plugin(key);
}

void PluginLoader::unload_all_plugins() {
    if (const Host *host = current_host()) {
        checked([&](Failure &failure) { host->unload_all(failure); });
    }
}

void PluginLoader::unload_cloud_plugins() {
    if (const Host *host = current_host()) {
        checked([&](Failure &failure) { detail::unload_cloud_plugins(*host, failure); });
    }
}

bool PluginLoader::write_loaded_plugin_install_state(std::string_view key) {
    const Host *host = current_host();
    return host != nullptr &&
           checked([&](Failure &failure) { return write_install_state(*host, text(key, "key"), failure); });
}

void PluginLoader::set_cloud_user_id(std::string_view user) {
    PluginManager::instance().get_catalog().set_cloud_plugin_dir(user);
}

bool PluginLoader::enable_capability(std::string_view plugin_key, std::string_view name, PluginCapabilityType type) {
    return set_enabled(plugin_key, name, type, true);
}

bool PluginLoader::disable_capability(std::string_view plugin_key, std::string_view name, PluginCapabilityType type) {
    return set_enabled(plugin_key, name, type, false);
}

bool PluginLoader::is_plugin_loaded(std::string_view key) const {
    const Host *host = current_host();
    return host != nullptr && checked([&](Failure &failure) { return host->is_loaded(text(key, "key"), failure); });
}

bool PluginLoader::is_idle_and_empty() const {
    const Host *host = current_host();
    return host == nullptr || checked([&](Failure &failure) { return host->is_idle_and_empty(failure); });
}

std::vector<PluginDescriptor> PluginLoader::get_all_loaded_plugin_descriptors() const {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return copied(checked([&](Failure &failure) { return copy_loaded(*host, failure); }));
}

std::string PluginLoader::get_plugin_load_error(std::string_view key) const {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return std::string(checked([&](Failure &failure) { return load_error(*host, text(key, "key"), failure); }));
}

std::shared_ptr<LoadedPluginCapability> PluginLoader::get_plugin_capability_by_name(std::string_view plugin_key,
                                                                                    PluginCapabilityType type,
                                                                                    std::string_view name) const {
    const Host *host = current_host();
    if (host == nullptr) {
        return nullptr;
    }
    return checked([&](Failure &failure) {
        return host->find(bytes(plugin_key), static_cast<std::uint8_t>(type), bytes(name), failure);
    });
}

std::shared_ptr<LoadedPluginCapability>
PluginLoader::get_plugin_capability_by_name(const PluginCapabilityIdentifier &identifier) const {
    return get_plugin_capability_by_name(identifier.plugin_key, identifier.type, identifier.name);
}

std::shared_ptr<LoadedPluginCapability>
PluginLoader::try_get_plugin_capability_by_name_and_type(std::string_view name, PluginCapabilityType type) const {
    const Host *host = current_host();
    if (host == nullptr) {
        return nullptr;
    }
    return checked([&](Failure &failure) {
        return host->find_by_name(text(name, "name"), static_cast<std::uint8_t>(type), failure);
    });
}

std::vector<std::shared_ptr<LoadedPluginCapability>>
PluginLoader::get_plugin_capabilities_by_type(PluginCapabilityType type) const {
    CapabilityList list;
    if (const Host *host = current_host()) {
        checked([&](Failure &failure) { host->list_by_type(static_cast<std::uint8_t>(type), list, failure); });
    }
    return std::move(list.capabilities);
}

std::vector<std::shared_ptr<LoadedPluginCapability>>
PluginLoader::get_plugin_capabilities_by_type(std::string_view type) const {
    return get_plugin_capabilities_by_type(plugin_capability_type_from_string(type));
}

std::vector<std::shared_ptr<LoadedPluginCapability>>
PluginLoader::get_plugin_capabilities_by_type(std::string_view plugin_key, PluginCapabilityType type) const {
    auto capabilities = get_loaded_plugin_capabilities(plugin_key);
    const auto other = [type](const auto &capability) { return capability->type != type; };
    capabilities.erase(std::remove_if(capabilities.begin(), capabilities.end(), other), capabilities.end());
    return capabilities;
}

std::vector<std::shared_ptr<LoadedPluginCapability>>
PluginLoader::get_loaded_plugin_capabilities(std::string_view plugin_key) const {
    CapabilityList list;
    if (const Host *host = current_host()) {
        checked([&](Failure &failure) { host->list_by_plugin(text(plugin_key, "plugin_key"), list, failure); });
    }
    return std::move(list.capabilities);
}

MATRILINE_END_NAMESPACE
