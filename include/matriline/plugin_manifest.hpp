#pragma once

#include <string>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/preset.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A value of an option that more than one plugin could serve.
struct AmbiguousCapability {
    enum class DecidedBy : unsigned char {
        /// The preset had a reference before.
        Preset = 0,
        /// The smallest plugin key.
        PluginKey = 1,
    };

    /// The key of the option.
    std::string opt;
    std::string value;
    /// The references that could stand for it: those of the preset first, then the others by plugin key.
    std::vector<std::string> candidates;
    /// The one that does, which is the first.
    std::string chosen;
    DecidedBy decided_by = DecidedBy::Preset;
};

/// A value of an option for which neither the preset nor a loaded plugin has an answer.
struct UnresolvedCapability {
    /// The key of the option.
    std::string opt;
    std::string value;
};

/// What a preset's `plugins` array becomes, and why.
struct ManifestUpdate {
    /// The new array; empty where the preset is to have none.
    std::vector<std::string> plugins;
    /// The entries that are new in it.
    std::vector<std::string> added;
    /// The entries that are gone: no reference, or one that no option uses.
    std::vector<std::string> pruned;
    std::vector<AmbiguousCapability> ambiguous;
    std::vector<UnresolvedCapability> unresolved;
};

/// The `plugins` array a preset is to be saved with. A reference goes when no option uses its name, never because its
/// plugin is not loaded; a name in use that has none gets one of what is loaded.
///
/// Throws `Error` with `ErrorCode::NotStarted` before the manager is started: then nothing is known, and the array is
/// saved as it stands. Threads: any.
MATRILINE_EXPORT ManifestUpdate update_plugin_manifest(const Preset &preset);

MATRILINE_END_NAMESPACE
