#include "preset.hpp"

namespace matriline::detail {

rust::Vec<OptionData> options_data(const std::vector<PluginOption> &options) {
    rust::Vec<OptionData> data;
    data.reserve(options.size());
    for (const PluginOption &option : options) {
        data.push_back(OptionData{owned(option.key, "plugin_options"), static_cast<std::uint8_t>(option.type),
                                  static_cast<std::uint8_t>(option.holds), texts(option.built_in, "plugin_options")});
    }
    return data;
}

PresetData preset_data(const Preset &preset) {
    PresetData data;
    data.kind = static_cast<std::uint8_t>(preset.type);
    data.name = owned(preset.name, "preset.name");
    for (const auto &[key, values] : preset.options) {
        data.options.push_back(PresetOptionData{owned(key, "preset.options"), texts(values, "preset.options")});
    }
    data.plugins = texts(preset.plugins, "preset.plugins");
    return data;
}

rust::Vec<PresetData> presets_data(const std::vector<Preset> &presets) {
    rust::Vec<PresetData> data;
    data.reserve(presets.size());
    for (const Preset &preset : presets) {
        data.push_back(preset_data(preset));
    }
    return data;
}

} // namespace matriline::detail
