#include "matriline/plugin_resolver.hpp"

#include "preset.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

MissingPlugin missing_plugin(const MissingData &data) {
    MissingPlugin missing;
    missing.ref = {std::string(data.reference.name), std::string(data.reference.capability_name),
                   std::string(data.reference.uuid)};
    missing.recovery_url = std::string(data.recovery_url);
    missing.opt = std::string(data.option);
    missing.opt_type = static_cast<PresetType>(data.preset);
    missing.type = static_cast<PluginCapabilityType>(data.kind);
    missing.preset_name = std::string(data.preset_name);
    missing.problem = std::string(data.problem);
    missing.text = std::string(data.text);
    return missing;
}

std::vector<MissingPlugin> missing_plugins(const rust::Vec<MissingData> &rows) {
    std::vector<MissingPlugin> plugins;
    plugins.reserve(rows.size());
    for (const MissingData &data : rows) {
        plugins.push_back(missing_plugin(data));
    }
    return plugins;
}

} // namespace

struct PluginResolver::Filler {
    static void fill(PluginResolver &resolver, const ResolutionData &data) {
        PluginResolver fresh;
        fresh.missing_cloud_ = missing_plugins(data.missing_cloud);
        fresh.missing_local_ = missing_plugins(data.missing_local);
        fresh.inactive_ = missing_plugins(data.inactive);
        fresh.broken_ = missing_plugins(data.broken);
        for (const UnreferencedData &it : data.unreferenced) {
            fresh.unreferenced_.push_back({std::string(it.value), std::string(it.option),
                                           static_cast<PresetType>(it.preset),
                                           static_cast<PluginCapabilityType>(it.kind), std::string(it.preset_name)});
        }
        for (const MessageData &it : data.messages) {
            fresh.messages_.push_back({static_cast<MissingBucket>(it.bucket), std::string(it.text),
                                       std::string(it.action), std::string(it.find_url)});
        }
        fresh.signature_ = std::string(data.signature);
        resolver = std::move(fresh);
    }
};

void PluginResolver::refresh(const std::vector<Preset> &presets) {
    Filler::fill(*this,
                 checked([&](Failure &failure) { return resolve(started_host(), presets_data(presets), failure); }));
}

void PluginResolver::refresh(const std::vector<Preset> &presets, const std::vector<PluginDescriptor> &installed,
                             const std::vector<PluginOption> &options, std::string_view hub) {
    rust::Vec<PackageData> packages;
    packages.reserve(installed.size());
    for (const PluginDescriptor &plugin : installed) {
        if (plugin.has_local_package()) {
            // why the load of a sound package failed is another matter
            const std::string problem = plugin.metadata_valid ? std::string() : plugin.error;
            packages.push_back(PackageData{owned(plugin.plugin_key, "installed"), owned(problem, "installed")});
        }
    }
    Filler::fill(*this, checked([&](Failure &failure) {
        return resolve_installed(options_data(options), presets_data(presets), packages, text(hub, "hub"), failure);
    }));
}

bool capability_in_use(const std::vector<Preset> &presets, const PluginCapabilityIdentifier &capability) {
    return checked([&](Failure &failure) {
        return detail::capability_in_use(
            started_host(), presets_data(presets), text(capability.plugin_key, "plugin_key"),
            static_cast<std::uint8_t>(capability.type), text(capability.name, "name"), failure);
    });
}

std::vector<PickableCapability> pickable(PluginCapabilityType type) {
    std::vector<PickableCapability> capabilities;
    const Host *host = current_host();
    if (host == nullptr) {
        return capabilities;
    }
    const auto found =
        checked([&](Failure &failure) { return detail::pickable(*host, static_cast<std::uint8_t>(type), failure); });
    for (const PickableData &data : found) {
        PluginCapabilityIdentifier id{static_cast<PluginCapabilityType>(data.kind), std::string(data.name),
                                      std::string(data.plugin_key)};
        capabilities.push_back(
            {std::move(id), std::string(data.plugin_name), std::string(data.reference), std::string(data.value)});
    }
    return capabilities;
}

MATRILINE_END_NAMESPACE
