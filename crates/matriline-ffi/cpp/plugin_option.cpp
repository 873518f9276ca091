#include "matriline/plugin_option.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

std::vector<PluginOption> orca_plugin_options() {
    std::vector<PluginOption> options;
    for (const detail::OptionData &data : detail::orca_options()) {
        PluginOption option{std::string(data.key), static_cast<PluginCapabilityType>(data.kind),
                            static_cast<PluginOptionValue>(data.holds), {}};
        for (const rust::String &value : data.built_in) {
            option.built_in.emplace_back(value);
        }
        options.push_back(std::move(option));
    }
    return options;
}

MATRILINE_END_NAMESPACE
