#include "matriline/capability_config.hpp"

#include "generated/application.hpp"
#include "host.hpp"
#include "matriline/plugin_manager.hpp"
#include "preset.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

std::optional<StoredConfig> copied(const StoredConfigData &data) {
    if (!data.found) {
        return std::nullopt;
    }
    return StoredConfig{std::string(data.config), std::string(data.plugin_version)};
}

std::optional<std::string> copied(const OptionalText &data) {
    return data.given ? std::optional(std::string(data.text)) : std::nullopt;
}

/// Calls a bridge function with the manager and the three parts of an identity.
template <class Call>
auto of(const PluginCapabilityIdentifier &id, Call &&call) {
    return checked([&](Failure &failure) {
        return call(started_host(), text(id.plugin_key, "plugin_key"), static_cast<std::uint8_t>(id.type),
                    text(id.name, "name"), failure);
    });
}

} // namespace

CapabilityConfig PluginManager::get_capability_config(const PluginCapabilityIdentifier &capability) const {
    const ConfigData data = of(capability, copy_config);
    return {copied(data.base), copied(data.preset)};
}

bool PluginManager::save_capability_config(const PluginCapabilityIdentifier &capability, std::string_view config,
                                           ConfigScope scope) {
    const auto save = [&](const Host &host, rust::Str key, std::uint8_t kind, rust::Str name, Failure &failure) {
        return save_config(host, key, kind, name, scope == ConfigScope::Preset, text(config, "config"), failure);
    };
    return of(capability, save);
}

bool PluginManager::remove_config_override(const PluginCapabilityIdentifier &capability) {
    return of(capability, remove_override);
}

std::string PluginManager::restore_default_config(const PluginCapabilityIdentifier &capability) {
    return std::string(of(capability, restore_default));
}

bool PluginManager::has_config_ui(const PluginCapabilityIdentifier &capability) const {
    return of(capability, detail::has_config_ui);
}

std::optional<std::string> PluginManager::get_config_ui(const PluginCapabilityIdentifier &capability) {
    return copied(of(capability, config_ui));
}

std::optional<std::string> PluginManager::prune_config_overrides(const Preset &preset,
                                                                 std::string_view overrides) const {
    const PresetData data = preset_data(preset);
    return copied(checked([&](Failure &failure) {
        return prune_overrides(started_host(), data, text(overrides, "overrides"), failure);
    }));
}

MATRILINE_END_NAMESPACE
