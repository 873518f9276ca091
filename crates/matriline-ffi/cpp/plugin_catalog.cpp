#include "matriline/plugin_catalog.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

std::vector<PluginDescriptor> all(CatalogPart part) {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return copied(checked([&](Failure &failure) { return copy_catalog(*host, part, failure); }));
}

std::optional<PluginDescriptor> one(CatalogPart part, std::string_view key) {
    if (const Host *host = current_host()) {
        const auto found =
            checked([&](Failure &failure) { return copy_catalog_entry(*host, part, text(key, "key"), failure); });
        if (!found.empty()) {
            return copied(found.front());
        }
    }
    return std::nullopt;
}

InstallState install_state(const InstallStateData &data) {
    InstallState state;
    state.installed_from = std::string(data.installed_from);
    state.installed_version = std::string(data.installed_version);
    state.plugin_name = std::string(data.plugin_name);
    state.enabled = data.enabled;
    state.cloud_uuid = std::string(data.cloud_uuid);
    for (const CapabilityStateData &capability : data.capabilities) {
        state.capabilities.push_back(
            {std::string(capability.name), static_cast<PluginCapabilityType>(capability.kind), capability.enabled});
    }
    return state;
}

bool write(std::optional<PluginDescriptor> found, PluginDescriptor &out) {
    if (found) {
        out = std::move(*found);
    }
    return found.has_value();
}

} // namespace

std::vector<PluginDescriptor> PluginCatalog::get_plugin_catalog() const {
    return all(CatalogPart::Valid);
}
std::vector<PluginDescriptor> PluginCatalog::get_invalid_plugins() const {
    return all(CatalogPart::Invalid);
}

std::vector<PluginDescriptor> PluginCatalog::get_all_plugin_descriptors() const {
    auto descriptors = get_plugin_catalog();
    auto invalid = get_invalid_plugins();
    descriptors.insert(descriptors.end(), std::make_move_iterator(invalid.begin()),
                       std::make_move_iterator(invalid.end()));
    return descriptors;
}

bool PluginCatalog::try_get_valid_plugin_descriptor(std::string_view key, PluginDescriptor &out) const {
    return write(one(CatalogPart::Valid, key), out);
}

bool PluginCatalog::try_get_invalid_plugin_descriptor(std::string_view key, PluginDescriptor &out) const {
    return write(one(CatalogPart::Invalid, key), out);
}

bool PluginCatalog::try_get_plugin_descriptor(std::string_view key, PluginDescriptor &out) const {
    return try_get_valid_plugin_descriptor(key, out) || try_get_invalid_plugin_descriptor(key, out);
}

bool PluginCatalog::has_valid_plugin_descriptor(std::string_view key) const {
    return one(CatalogPart::Valid, key).has_value();
}

std::vector<PluginDescriptor> PluginCatalog::get_plugin_descriptors_by_type(PluginCapabilityType type) const {
    auto descriptors = get_plugin_catalog();
    const auto has_none = [type](const PluginDescriptor &descriptor) {
        const auto &types = descriptor.capability_types;
        return std::find(types.begin(), types.end(), type) == types.end();
    };
    descriptors.erase(std::remove_if(descriptors.begin(), descriptors.end(), has_none), descriptors.end());
    return descriptors;
}

std::vector<PluginDescriptor> PluginCatalog::get_plugin_descriptors_by_type(std::string_view type) const {
    return get_plugin_descriptors_by_type(plugin_capability_type_from_string(type));
}

bool PluginCatalog::try_get_install_state(std::string_view key, InstallState &out) const {
    const Host *host = current_host();
    if (host == nullptr) {
        return false;
    }
    const auto found = checked([&](Failure &failure) { return copy_install_state(*host, text(key, "key"), failure); });
    if (found.empty()) {
        return false;
    }
    out = install_state(found.front());
    return true;
}

std::vector<std::string> PluginCatalog::get_enabled_plugin_keys() const {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return copied(checked([&](Failure &failure) { return enabled_keys(*host, failure); }));
}

std::vector<std::string> PluginCatalog::get_catalog_problems() const {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return copied(checked([&](Failure &failure) { return catalog_problems(*host, failure); }));
}

std::vector<std::string> PluginCatalog::get_plugin_directories() const {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return copied(checked([&](Failure &failure) { return plugin_directories(*host, failure); }));
}

void PluginCatalog::set_cloud_plugin_dir(std::string_view user) {
    checked([&](Failure &failure) { started_host().set_cloud_user(text(user, "user"), failure); });
}

void PluginCatalog::update_cloud_catalog(const std::vector<PluginDescriptor> &plugins) {
    rust::Vec<DescriptorData> records;
    records.reserve(plugins.size());
    for (const PluginDescriptor &plugin : plugins) {
        records.push_back(descriptor_data(plugin));
    }
    checked([&](Failure &failure) { detail::update_cloud_catalog(started_host(), records, failure); });
}

void PluginCatalog::clear_cloud_plugin_catalog() {
    update_cloud_catalog({});
}

bool PluginCatalog::remove_plugin(std::string_view key) {
    const Host *host = current_host();
    return host != nullptr &&
           checked([&](Failure &failure) { return remove_from_catalog(*host, text(key, "key"), failure); });
}

void PluginCatalog::clear_all_plugin_errors() {
    if (const Host *host = current_host()) {
        checked([&](Failure &failure) { detail::clear_all_plugin_errors(*host, failure); });
    }
}

bool PluginCatalog::is_discovery_in_progress() const {
    const Host *host = current_host();
    return host != nullptr && checked([&](Failure &failure) { return host->is_discovery_in_progress(failure); });
}

bool PluginCatalog::is_discovery_complete() const {
    const Host *host = current_host();
    return host != nullptr && checked([&](Failure &failure) { return host->is_discovery_complete(failure); });
}

std::string PluginCatalog::get_discovery_error() const {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return std::string(checked([&](Failure &failure) { return host->discovery_error(failure); }));
}

bool PluginCatalog::wait_for_discovery(std::chrono::milliseconds timeout, std::string &error) const {
    const Host *host = current_host();
    if (host != nullptr &&
        !checked([&](Failure &failure) { return host->wait_for_discovery(limit(timeout), failure); })) {
        error = "Plugin discovery is still running";
        return false;
    }
    error = get_discovery_error();
    return true;
}

DiscoveryProgress PluginCatalog::get_discovery_progress() const {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    const auto progress = checked([&](Failure &failure) { return host->discovery_progress(failure); });
    return {progress.done, progress.total};
}

void PluginCatalog::cancel_discovery() {
    if (const Host *host = current_host()) {
        checked([&](Failure &failure) { host->cancel_discovery(failure); });
    }
}

MATRILINE_END_NAMESPACE
