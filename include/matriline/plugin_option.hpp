#pragma once

#include <string>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What the value of a plugin-backed option is.
enum class PluginOptionValue : unsigned char {
    /// The name of a capability, or a list of them.
    CapabilityName = 0,
    /// The id of a printer agent; the name of the agent's capability is understood too.
    AgentId = 1,
};

/// An option of the application's presets whose value names capabilities. The application tells which they are.
struct PluginOption {
    /// The key of the option in a preset.
    std::string key;
    /// The type of the capabilities; `Unknown` stands for any.
    PluginCapabilityType type = PluginCapabilityType::Unknown;
    PluginOptionValue holds = PluginOptionValue::CapabilityName;
    /// The values that are the application's own: no plugin is meant, as by an empty value.
    std::vector<std::string> built_in = {};
};

/// The options of OrcaSlicer: `post_process_plugin`, `printer_agent`, with the agents that it brings itself, and
/// `slicing_pipeline_plugin`. Threads: any.
MATRILINE_EXPORT std::vector<PluginOption> orca_plugin_options();

MATRILINE_END_NAMESPACE
