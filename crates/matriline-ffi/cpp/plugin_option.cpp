#include "matriline/plugin_option.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

std::vector<PluginOption> orca_plugin_options() {
    std::vector<PluginOption> options;
    for (const detail::OptionData &data : detail::orca_options()) {
        options.push_back({std::string(data.key), static_cast<PluginCapabilityType>(data.kind),
                           static_cast<PluginOptionValue>(data.holds)});
    }
    return options;
}

MATRILINE_END_NAMESPACE
