#pragma once

#include <string>

#include "matriline/export.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What every capability of a plugin has. Cast it to the class of its type to call it:
/// `std::dynamic_pointer_cast<GCodePluginCapability>(capability->instance)`.
///
/// A capability may be kept for as long as one likes. Once its plugin is unloaded or the manager is shut down,
/// its calls throw `Error`.
///
/// Threads: any.
class MATRILINE_EXPORT PluginCapabilityInterface {
public:
    PluginCapabilityInterface(const PluginCapabilityInterface &) = delete;
    PluginCapabilityInterface &operator=(const PluginCapabilityInterface &) = delete;
    virtual ~PluginCapabilityInterface();

    /// What the plugin answered to `get_name()` when it was loaded.
    virtual std::string get_name() const = 0;

    virtual PluginCapabilityType get_type() const = 0;

    /// Whether calls pass: its plugin is loaded and it is switched on.
    virtual bool is_enabled() const = 0;

protected:
    PluginCapabilityInterface() = default;
};

MATRILINE_END_NAMESPACE
