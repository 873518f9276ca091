#include "matriline/plugin_install.hpp"

#include <algorithm>

#include "host.hpp"
#include "matriline/plugin_manager.hpp"
#include "times.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

ExistingPlugin existing_plugin(const InspectionData &data) {
    return {std::string(data.existing_key), std::string(data.existing_name), std::string(data.existing_version),
            data.existing_enabled};
}

} // namespace

bool PluginLoader::install_packages(const std::vector<std::string> &requirements, std::string &error) {
    return succeeds(error, [&] {
        const auto wanted = texts(requirements, "requirements");
        checked([&](Failure &failure) { detail::install_packages(started_host(), wanted, failure); });
    });
}

bool PluginLoader::inspect_local_plugin_package(const std::filesystem::path &path, PluginDescriptor &plugin,
                                                std::optional<ExistingPlugin> &existing, std::string &error) const {
    rust::String refused;
    const bool read = succeeds(error, [&] {
        const rust::String file = owned(path);
        InspectionData data = checked([&](Failure &failure) { return inspect_package(started_host(), file, failure); });
        plugin = copied(data.descriptor);
        existing = data.exists ? std::optional(existing_plugin(data)) : std::nullopt;
        refused = std::move(data.refused);
    });
    if (read && !refused.empty()) {
        error = std::string(refused);
    }
    return read && refused.empty();
}

bool PluginLoader::inspect_local_plugin_package(const std::filesystem::path &path, PluginDescriptor &plugin,
                                                bool &existing, std::string &error) const {
    std::optional<ExistingPlugin> found;
    const bool can_be_installed = inspect_local_plugin_package(path, plugin, found, error);
    existing = found.has_value();
    return can_be_installed;
}

bool PluginLoader::install_plugin(const std::filesystem::path &path, std::string &error) {
    return PluginManager::instance().install_plugin(path, error);
}

bool PluginLoader::install_plugin(const std::filesystem::path &path, PluginDescriptor &plugin, std::string &error) {
    return PluginManager::instance().install_plugin(path, plugin, error);
}

bool PluginManager::install_plugin(const std::filesystem::path &path, std::string &error) {
    return succeeds(error, [&] {
        const rust::String file = owned(path);
        checked([&](Failure &failure) { return detail::install_plugin(started_host(), file, failure); });
    });
}

bool PluginManager::install_plugin(const std::filesystem::path &path, PluginDescriptor &plugin, std::string &error) {
    return succeeds(error, [&] {
        const rust::String file = owned(path);
        const rust::String key = checked([&](Failure &failure) {
            return plugin.cloud && !plugin.cloud->uuid.empty()
                       ? install_cloud_plugin(started_host(), file, descriptor_data(plugin), failure)
                       : detail::install_plugin(started_host(), file, failure);
        });
        get_catalog().try_get_plugin_descriptor(view(key), plugin);
    });
}

bool PluginManager::delete_plugin(std::string_view key, std::string &error) {
    return succeeds(
        error, [&] { checked([&](Failure &failure) { remove_plugin(started_host(), text(key, "key"), failure); }); });
}

bool PluginManager::keep_installed_plugin_as_local(std::string_view key, std::string &error) {
    std::string new_key;
    return keep_installed_plugin_as_local(key, new_key, error);
}

bool PluginManager::keep_installed_plugin_as_local(std::string_view key, std::string &new_key, std::string &error) {
    return succeeds(error, [&] {
        new_key = std::string(
            checked([&](Failure &failure) { return keep_plugin_as_local(started_host(), text(key, "key"), failure); }));
    });
}

bool PluginManager::roll_back_plugin(std::string_view key, std::string &error) {
    return succeeds(error, [&] {
        checked([&](Failure &failure) { return detail::roll_back_plugin(started_host(), text(key, "key"), failure); });
    });
}

std::optional<PreviousPluginVersion> PluginManager::get_previous_version(std::string_view key) const {
    const Host *host = current_host();
    if (host == nullptr) {
        return std::nullopt;
    }
    const auto previous = checked([&](Failure &failure) { return previous_version(*host, text(key, "key"), failure); });
    if (!previous.found) {
        return std::nullopt;
    }
    return PreviousPluginVersion{std::string(previous.version), time_of(previous.replaced)};
}

CollectedEnvironments PluginManager::collect_environments(std::chrono::seconds unused_for) {
    const auto seconds = static_cast<std::uint64_t>(std::max<std::chrono::seconds::rep>(unused_for.count(), 0));
    const auto collected =
        checked([&](Failure &failure) { return detail::collect_environments(started_host(), seconds, failure); });
    return {copied(collected.removed), collected.held, collected.halves};
}

MATRILINE_END_NAMESPACE
