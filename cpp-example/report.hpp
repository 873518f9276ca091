#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <string_view>

#include "matriline/execution_result.hpp"
#include "matriline/loaded_plugin_capability.hpp"
#include "matriline/log.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/plugin_crash.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/plugin_install.hpp"
#include "matriline/plugin_loads.hpp"
#include "matriline/plugin_manifest.hpp"
#include "matriline/plugin_resolver.hpp"
#include "matriline/post_process.hpp"

/// The first line of a message that goes on with a traceback.
std::string headline(const std::string &message);

/// The line of a plugin: key, found or invalid, loaded or not, problem or `-`, version or `-`.
void print_plugin(const matriline::PluginDescriptor &plugin, bool loaded, const std::string &problem);

/// The line of a capability that is loaded and not run; its result is `-`, or `Disabled`.
void print_capability(const matriline::LoadedPluginCapability &capability);

/// The line of a capability that was run: what it answered, and how long that took.
void print_result(const matriline::PluginCapabilityIdentifier &capability, const matriline::ExecutionResult &result,
                  std::chrono::nanoseconds elapsed);

/// The same, of an export.
void print_step(const matriline::PostProcessStep &step);

/// A plugin that brought the application down, with what to do about it.
void print_crash(const matriline::PluginCrash &crash);

/// A file that is to be installed: key, name, version.
void print_package(const matriline::PluginDescriptor &package);

/// Something that is wrong with a package, and need not keep it from working.
void print_problem(const std::string &key, const std::string &problem);

/// The plugin that is replaced: key, version, enabled or disabled, loaded or not.
void print_existing(const matriline::ExistingPlugin &existing, bool loaded);

/// What was done with a plugin, its key and the version.
void print_change(const char *change, const std::string &key, const std::string &version);

/// What a load is at, for a person; empty when there is nothing to say.
std::string progress_of(const matriline::PluginLoad &load);

/// A line on stderr for whoever waits.
void print_progress(const std::string &text);

/// What presets lack: for each bucket its heading and a line for each plugin, then the values without a reference.
void print_missing(const matriline::PluginResolver &resolver);

/// The same in one line.
std::string summary(const matriline::PluginResolver &resolver);

/// What became of a `plugins` array: a line for each reference that is new or gone, and for each value that more than
/// one plugin or none could serve.
void print_update(const matriline::ManifestUpdate &update);

/// A line of the log on stderr, with its level and the plugin it is about.
void print_log(matriline::LogLevel level, std::string_view plugin, std::string_view text);

/// Says on stderr what went wrong; a traceback stands in the lines below.
void complain(const std::string &message);

/// The same, with the traceback of a plugin.
void complain(const std::exception &error);
