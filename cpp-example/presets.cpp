#include "presets.hpp"

#include <filesystem>
#include <stdexcept>

#include "files.hpp"
#include "matriline/error.hpp"
#include "matriline/plugin_capability_ref.hpp"
#include "matriline/plugin_manager.hpp"

matriline::PresetDocument read_document(const std::string &path, const std::string &option) {
    try {
        return matriline::PresetDocument::parse(read_file(path, option));
    } catch (const matriline::Error &error) {
        throw std::runtime_error("The preset `" + path + "` can't be used: " + error.what());
    }
}

matriline::Preset preset_of(const matriline::PresetDocument &document, matriline::PresetType type,
                            const std::string &path) {
    auto preset = document.preset(type);
    if (preset.name.empty()) {
        preset.name = std::filesystem::path(path).stem().string();
    }
    return preset;
}

matriline::Preset read_preset(matriline::PresetType type, const std::string &path, const std::string &option) {
    return preset_of(read_document(path, option), type, path);
}

void load_plugins(const std::vector<matriline::Preset> &presets) {
    auto &manager = matriline::PluginManager::instance();
    for (const auto &preset : presets) {
        for (const std::string &text : preset.plugins) {
            const auto reference = matriline::parse_capability_ref(text);
            if (reference && manager.get_catalog().has_valid_plugin_descriptor(reference->plugin_key())) {
                manager.get_loader().load_plugin(manager.get_catalog(), reference->plugin_key());
            }
        }
    }
}
