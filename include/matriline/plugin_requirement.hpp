#pragma once

#include <optional>
#include <string>

#include "matriline/plugin_capability_ref.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What a value of a preset's setting needs, and whether it is there.
struct PluginRequirement {
    /// The capability name that the setting holds.
    std::string value;
    /// The entry of the preset's `plugins` array it belongs to.
    std::optional<PluginCapabilityRef> reference;
    bool satisfied = false;
    /// One sentence: what is missing, and what would fix it. Empty when satisfied.
    std::string problem;
};

MATRILINE_END_NAMESPACE
