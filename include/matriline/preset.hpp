#pragma once

#include <map>
#include <string>
#include <vector>

#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The types of presets that carry a `plugins` array.
enum class PresetType : unsigned char {
    /// How to print.
    Print = 0,
    /// On which printer.
    Printer = 1,
    /// With which material.
    Filament = 2,
};

/// The part of a preset that has to do with plugins.
struct Preset {
    PresetType type = PresetType::Print;
    /// What its user calls it.
    std::string name;
    /// The plugin-backed options and their values; others may be there and mean nothing.
    std::map<std::string, std::vector<std::string>> options;
    /// The `plugins` array as it stands.
    std::vector<std::string> plugins;
};

MATRILINE_END_NAMESPACE
