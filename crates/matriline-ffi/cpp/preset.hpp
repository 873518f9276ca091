#pragma once

#include "host.hpp"
#include "matriline/plugin_option.hpp"
#include "matriline/preset.hpp"

namespace matriline::detail {

rust::Vec<OptionData> options_data(const std::vector<PluginOption> &options);
PresetData preset_data(const Preset &preset);
rust::Vec<PresetData> presets_data(const std::vector<Preset> &presets);

} // namespace matriline::detail
