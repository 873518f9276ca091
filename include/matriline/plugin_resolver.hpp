#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/plugin_capability_ref.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/plugin_option.hpp"
#include "matriline/preset.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A reference of a preset whose capability cannot be called.
struct MissingPlugin {
    PluginCapabilityRef ref;
    /// Where to look for the plugin; only for missing local and broken ones, and only with a hub.
    std::string recovery_url;
    /// The key of the option that uses the capability.
    std::string opt;
    /// The type of the preset that has the reference.
    PresetType opt_type = PresetType::Print;
    /// The type of the option.
    PluginCapabilityType type = PluginCapabilityType::Unknown;
    /// The name of the preset.
    std::string preset_name;
    /// What is wrong with the package, or why its load failed, its first line; empty when neither is.
    std::string problem;
    /// One line for a person.
    std::string text;
};

/// A value of an option that no reference of its preset names: which plugin offers it is unknown.
struct UnreferencedValue {
    std::string value;
    /// The key of the option.
    std::string opt;
    /// The type of the preset.
    PresetType opt_type = PresetType::Print;
    /// The type of the option.
    PluginCapabilityType type = PluginCapabilityType::Unknown;
    /// The name of the preset.
    std::string preset_name;
};

/// Why a capability that a preset uses cannot be called.
enum class MissingBucket : unsigned char {
    /// Its cloud plugin is not installed.
    MissingCloud = 0,
    /// Its local plugin is not installed.
    MissingLocal = 1,
    /// Its plugin is installed and not loaded, or loaded with the capability disabled.
    Inactive = 2,
    /// Its plugin is loaded and has no such capability.
    Broken = 3,
};

/// What a user is told of a bucket that is not empty.
struct MissingMessage {
    MissingBucket bucket = MissingBucket::MissingCloud;
    /// A heading, and a line for each plugin.
    std::string text;
    /// The words on the button.
    std::string action;
    /// What the button opens where it only finds; else empty.
    std::string find_url;
};

/// Finds out what the selected presets lack.
///
/// ```
/// matriline::PluginResolver resolver;
/// resolver.refresh({print, printer, filament});
/// if (resolver.blocks_slicing()) for (const auto &message : resolver.messages()) show(message);
/// ```
///
/// Threads: one at a time.
class MATRILINE_EXPORT PluginResolver {
public:
    /// Looks at the print, the printer and every filament preset, against what is installed and loaded now. Throws
    /// `Error` with `ErrorCode::NotStarted` before the manager is started.
    void refresh(const std::vector<Preset> &presets);

    /// The same without a manager and without Python: against the plugins that `scan_plugins` found, of which none is
    /// loaded. `hub` is the page of the plugin hub, or empty.
    void refresh(const std::vector<Preset> &presets, const std::vector<PluginDescriptor> &installed,
                 const std::vector<PluginOption> &options = orca_plugin_options(), std::string_view hub = {});

    const std::vector<MissingPlugin> &get_missing_cloud_plugins() const { return missing_cloud_; }
    const std::vector<MissingPlugin> &get_missing_local_plugins() const { return missing_local_; }
    const std::vector<MissingPlugin> &get_inactive_plugins() const { return inactive_; }
    const std::vector<MissingPlugin> &get_broken_plugins() const { return broken_; }

    /// The values that no reference names; they do not block, since nothing tells what they lack.
    const std::vector<UnreferencedValue> &unreferenced() const { return unreferenced_; }

    /// Whether anything is missing, so that slicing would give another result than the presets ask for.
    bool blocks_slicing() const { return !messages_.empty(); }

    /// One for each bucket that is not empty.
    const std::vector<MissingMessage> &messages() const { return messages_; }

    /// A text that stays the same while the messages do.
    const std::string &signature() const { return signature_; }

private:
    struct Filler;

    std::vector<MissingPlugin> missing_cloud_;
    std::vector<MissingPlugin> missing_local_;
    std::vector<MissingPlugin> inactive_;
    std::vector<MissingPlugin> broken_;
    std::vector<UnreferencedValue> unreferenced_;
    std::vector<MissingMessage> messages_;
    std::string signature_;
};

/// Whether any of the presets uses a capability; asked before it is disabled or its plugin removed. Throws `Error` with
/// `ErrorCode::NotStarted` before the manager is started. Threads: any.
MATRILINE_EXPORT bool capability_in_use(const std::vector<Preset> &presets,
                                        const PluginCapabilityIdentifier &capability);

/// A capability that an option may name.
struct PickableCapability {
    PluginCapabilityIdentifier capability;
    /// The display name of its plugin.
    std::string plugin_name;
    /// The entry of `plugins` that leads to it.
    std::string ref;
    /// What to store in the option.
    std::string value;
};

/// The enabled capabilities that an option of a type may name, by name and then by plugin key; `Unknown` stands for any
/// type. Before the manager is started there are none. Threads: any.
MATRILINE_EXPORT std::vector<PickableCapability> pickable(PluginCapabilityType type);

MATRILINE_END_NAMESPACE
