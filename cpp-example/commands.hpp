#pragma once

#include "options.hpp"

/// Starts the plugin system on a data folder. Throws when that fails.
void start_plugins(const std::string &data_dir);

/// `mini-slicer list --data-dir D`: loads every plugin and prints what it found.
int list(const Options &options);

/// `mini-slicer export --data-dir D --preset P --gcode G --output O`: runs a preset's plugins over G-code.
int export_gcode(const Options &options);
