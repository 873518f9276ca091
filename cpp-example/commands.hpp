#pragma once

#include "options.hpp"

/// Starts the plugin system on a data folder. Throws when that fails.
void start_plugins(const std::string &data_dir);

/// `mini-slicer list --data-dir D`: loads every plugin and prints what it found.
int list(const Options &options);

/// `mini-slicer export --data-dir D --preset P --gcode G --output O`: runs the plugins of the print preset over G-code,
/// unless one of the presets lacks something.
int export_gcode(const Options &options);

/// `mini-slicer preset save --data-dir D --preset P`: writes a preset with its `plugins` array brought up to date.
int save_preset(const Options &options);
