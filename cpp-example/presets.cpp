#include "presets.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "matriline/error.hpp"
#include "matriline/plugin_capability_ref.hpp"
#include "matriline/plugin_manager.hpp"
#include "plugins.hpp"

namespace fs = std::filesystem;

namespace {

/// The bytes of a file; `option` is what to give another one with.
std::string read_file(const std::string &path, const std::string &option) {
    std::error_code problem;
    if (fs::is_directory(path, problem)) {
        problem = std::make_error_code(std::errc::is_a_directory);
    }
    std::ifstream file;
    if (!problem) {
        file.open(path, std::ios::binary);
        if (!file) {
            problem = std::error_code(errno, std::generic_category());
        }
    }
    if (problem) {
        throw std::runtime_error("The file `" + path + "` can't be read: " + problem.message() +
                                 "; give another one with `" + option + "`");
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

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
        preset.name = fs::path(path).stem().string();
    }
    return preset;
}

matriline::Preset read_preset(matriline::PresetType type, const std::string &path, const std::string &option) {
    return preset_of(read_document(path, option), type, path);
}

void load_plugins(const std::vector<matriline::Preset> &presets) {
    const auto &catalog = matriline::PluginManager::instance().get_catalog();
    std::vector<std::string> keys;
    for (const auto &preset : presets) {
        for (const std::string &text : preset.plugins) {
            const auto reference = matriline::parse_capability_ref(text);
            if (reference && catalog.has_valid_plugin_descriptor(reference->plugin_key()) &&
                !is_off(reference->plugin_key())) {
                keys.push_back(reference->plugin_key());
            }
        }
    }
    load_side_by_side(keys);
}
