#pragma once

#include <memory>
#include <string>
#include <utility>

#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/plugin_capability_interface.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A capability of a loaded plugin. There is one object a capability, so that pointers to it may be compared.
struct LoadedPluginCapability {
    /// Reads as a `bool`: whether the capability is switched on at the moment it is read.
    class EnabledFlag {
    public:
        explicit EnabledFlag(const PluginCapabilityInterface &capability) : capability_(capability) {}
        bool load() const { return capability_.is_enabled(); }
        operator bool() const { return load(); }

    private:
        const PluginCapabilityInterface &capability_;
    };

    LoadedPluginCapability(std::shared_ptr<PluginCapabilityInterface> capability, std::string key)
        : instance(std::move(capability)), name(instance->get_name()), plugin_key(std::move(key)),
          type(instance->get_type()), enabled(*instance) {}
    LoadedPluginCapability(const LoadedPluginCapability &) = delete;
    LoadedPluginCapability &operator=(const LoadedPluginCapability &) = delete;

    const std::shared_ptr<PluginCapabilityInterface> instance;
    const std::string name;
    const std::string plugin_key;
    const PluginCapabilityType type;
    const EnabledFlag enabled;

    PluginCapabilityIdentifier identifier() const { return {type, name, plugin_key}; }
};

MATRILINE_END_NAMESPACE
