#pragma once

#include <string>
#include <vector>

#include "matriline/preset_document.hpp"

/// Reads a preset file. Throws `std::runtime_error` that names the file.
matriline::PresetDocument read_document(const std::string &path, const std::string &option);

/// The part of a preset that plugins are concerned with; one without a name has that of its file.
matriline::Preset preset_of(const matriline::PresetDocument &document, matriline::PresetType type,
                            const std::string &path);

/// Reads a preset file, of which only that part is needed.
matriline::Preset read_preset(matriline::PresetType type, const std::string &path, const std::string &option);

/// Loads the plugins that presets refer to and that are not switched off. What is not installed, off, or does not load,
/// is found by the resolver.
void load_plugins(const std::vector<matriline::Preset> &presets);
