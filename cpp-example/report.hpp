#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "matriline/log.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/plugin_manifest.hpp"
#include "matriline/plugin_resolver.hpp"
#include "matriline/post_process.hpp"

/// The line of a plugin: key, found or invalid, loaded or not, problem or `-`.
void print_plugin(const matriline::PluginDescriptor &plugin, bool loaded, const std::string &problem);

/// The line of a capability that was found and not run.
void print_capability(const matriline::PluginCapabilityIdentifier &capability);

/// The line of a capability that was run: what it answered, and how long that took.
void print_step(const matriline::PostProcessStep &step);

/// What presets lack: for each bucket its heading and a line for each plugin, then the values without a reference.
void print_missing(const matriline::PluginResolver &resolver);

/// The same in one line.
std::string summary(const matriline::PluginResolver &resolver);

/// What became of a `plugins` array: a line for each reference that is new or gone, and for each value that more than
/// one plugin or none could serve.
void print_update(const matriline::ManifestUpdate &update);

/// A line of the log on stderr, with its level and the plugin it is about.
void print_log(matriline::LogLevel level, std::string_view plugin, std::string_view text);

/// Says on stderr what went wrong, with the traceback of a plugin.
void complain(const std::exception &error);
