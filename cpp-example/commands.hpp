#pragma once

#include "options.hpp"

/// Starts the plugin system on a data folder, and says which plugins brought it down the last time. Throws when it does
/// not start.
void start_plugins(const Options &options);

/// `mini-slicer list`: loads every plugin that is not switched off, and prints what it found.
int list(const Options &options);

/// `mini-slicer install FILE`: says what the file is and what it replaces, installs it, and loads it as a check.
int install(const Options &options);

/// `mini-slicer roll-back KEY`: brings the version before back.
int roll_back(const Options &options);

/// `mini-slicer remove KEY`: deletes a plugin.
int remove_plugin(const Options &options);

/// `mini-slicer enable KEY [CAPABILITY]`: switches a plugin on, or one of its capabilities.
int enable(const Options &options);

/// `mini-slicer disable KEY [CAPABILITY]`: the other way.
int disable(const Options &options);

/// `mini-slicer run KEY [SCRIPT]`: runs a script.
int run_script(const Options &options);

/// `mini-slicer try KEY [SCRIPT]`: the same, and once more, from the plugin's code as it is then, for each line of
/// stdin.
int try_script(const Options &options);

/// `mini-slicer export`: runs the plugins of the print preset over G-code, unless one of the presets lacks something.
int export_gcode(const Options &options);

/// `mini-slicer preset save`: writes a preset with its `plugins` array brought up to date.
int save_preset(const Options &options);
