#pragma once

#include "matriline/dependency_options.hpp"
#include "options.hpp"

/// Starts the plugin system on a data folder, and says which plugins brought it down the last time. Throws when it does
/// not start.
void start_plugins(const Options &options);

/// How packages that plugins depend on are installed, as the command line says it.
matriline::DependencyOptions dependencies(const Options &options);

/// `mini-slicer list`: loads every plugin that is not switched off, and prints what it found.
int list(const Options &options);

/// `mini-slicer install FILE`: says what the file is and what it replaces, installs it, asks for what it
/// declares, and loads it as a check.
int install(const Options &options);

/// `mini-slicer roll-back KEY`: brings the version before back.
int roll_back(const Options &options);

/// `mini-slicer remove KEY`: deletes a plugin.
int remove_plugin(const Options &options);

/// `mini-slicer enable KEY [CAPABILITY]`: switches a plugin on, or one of its capabilities.
int enable(const Options &options);

/// `mini-slicer disable KEY [CAPABILITY]`: the other way.
int disable(const Options &options);

/// `mini-slicer permissions list [KEY]`: what the user has allowed plugins.
int list_permissions(const Options &options);

/// `mini-slicer permissions revoke KEY [PERMISSION TARGET]`: takes one permission back, or all of a plugin.
int revoke_permissions(const Options &options);

/// `mini-slicer run KEY [SCRIPT]`: runs a script.
int run_script(const Options &options);

/// `mini-slicer try KEY [SCRIPT]`: the same, and once more, from the plugin's code as it is then, for each line of
/// stdin.
int try_script(const Options &options);

/// `mini-slicer export`: runs the plugins of the print preset over G-code, unless one of the presets lacks something.
int export_gcode(const Options &options);

/// `mini-slicer probe`: puts plugins through, each in a process and a data folder of its own, and prints one JSON
/// document of what they did.
int probe(const Options &options);

/// The process of one plugin. It keeps its report in a file, so that it is there when the process is not.
int probe_plugin(const Options &options);

/// `mini-slicer preset save`: writes a preset with its `plugins` array brought up to date.
int save_preset(const Options &options);

/// `mini-slicer printers KEY`: has the printer agent of a plugin search for printers.
int find_printers(const Options &options);

/// `mini-slicer print KEY HOST`: prints G-code through the printer agent of a plugin.
int print(const Options &options);
