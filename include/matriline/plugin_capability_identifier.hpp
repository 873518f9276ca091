#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The identity of a capability: two are the same when all three parts are.
struct PluginCapabilityIdentifier {
    PluginCapabilityType type = PluginCapabilityType::Unknown;
    std::string name;
    std::string plugin_key;

    friend bool operator==(const PluginCapabilityIdentifier &a, const PluginCapabilityIdentifier &b) {
        return a.type == b.type && a.name == b.name && a.plugin_key == b.plugin_key;
    }

    friend bool operator!=(const PluginCapabilityIdentifier &a, const PluginCapabilityIdentifier &b) {
        return !(a == b);
    }
};

MATRILINE_END_NAMESPACE

template <>
struct std::hash<matriline::PluginCapabilityIdentifier> {
    std::size_t operator()(const matriline::PluginCapabilityIdentifier &id) const noexcept {
        const std::hash<std::string> text;
        std::size_t hash = static_cast<std::size_t>(id.type);
        for (const std::size_t part : {text(id.name), text(id.plugin_key)}) {
            hash ^= part + 0x9e3779b9 + (hash << 6) + (hash >> 2);
        }
        return hash;
    }
};
