#pragma once

#include <string>
#include <vector>

#include "matriline/plugin_descriptor.hpp"

/// What the catalog knows of an installed plugin. Throws for a key that it does not know.
matriline::PluginDescriptor installed_plugin(const std::string &key);

/// Whether a plugin is switched off: by its user, or because it brought the application down.
bool is_off(const std::string &key);

/// Loads plugins side by side, and says on stderr what they are at when that takes a while. Those that do not load are
/// no exception here.
void load_side_by_side(const std::vector<std::string> &keys);

/// Loads every plugin that is not switched off, also one that somebody has put into the folder.
void load_all_that_are_on();

/// Loads a plugin, on or off. Throws why that fails.
void load(const std::string &key);

/// Loads a plugin that is to be used. Throws for one that is switched off, as well.
void load_for_use(const std::string &key);

/// The line of a plugin as it is now, and those of its capabilities.
void show(const std::string &key);

/// A line for everything that is wrong with a package but for what was said already.
void show_problems(const matriline::PluginDescriptor &plugin, const std::string &said);
