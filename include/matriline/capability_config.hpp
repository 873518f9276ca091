#pragma once

#include <optional>
#include <string>

#include "matriline/export.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A configuration as it is kept.
struct StoredConfig {
    /// JSON, mostly an object.
    std::string config;
    /// The version of the plugin that it was stored by, or empty.
    std::string plugin_version;
};

/// What is kept of the configuration of a capability.
struct CapabilityConfig {
    /// For all presets.
    std::optional<StoredConfig> base;
    /// By the edited preset, in the place of `base`.
    std::optional<StoredConfig> preset;

    /// The one that the capability works with, or null.
    const StoredConfig *effective() const { return preset ? &*preset : base ? &*base : nullptr; }
};

/// Where a configuration is stored.
enum class ConfigScope : unsigned char {
    /// For all presets.
    Base = 0,
    /// In the edited preset, in the place of the one for all.
    Preset = 1,
};

/// The overrides of configurations in the preset that is edited, as the application keeps them: the text of an option.
///
/// Which preset that is depends on the type of the capability: the one whose options name such capabilities, print or
/// printer. What a function throws is logged, and counts as no preset.
///
/// Threads: any; called without the GIL and without a lock.
class MATRILINE_EXPORT PresetConfigs {
public:
    PresetConfigs() = default;
    PresetConfigs(const PresetConfigs &) = delete;
    PresetConfigs &operator=(const PresetConfigs &) = delete;
    virtual ~PresetConfigs();

    /// The text of the option; empty without overrides, nothing without such a preset.
    virtual std::optional<std::string> overrides(PluginCapabilityType type) const = 0;

    /// Puts a text in its place.
    virtual void set_overrides(PluginCapabilityType type, const std::string &text) = 0;
};

MATRILINE_END_NAMESPACE
