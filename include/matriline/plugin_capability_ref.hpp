#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// An entry of a preset's `plugins` array: `<plugin name>;<cloud uuid or empty>;<capability name>`.
struct PluginCapabilityRef {
    std::string name;
    std::string capability_name;
    std::string uuid;

    /// The key of the plugin it refers to: the UUID, or the name where there is none.
    const std::string &plugin_key() const { return uuid.empty() ? name : uuid; }

    /// The reference as `plugins` holds it. Throws `Error` with `ErrorCode::InvalidArgument` when it would not read
    /// back as it is: name and capability must not be empty, name and UUID must not hold a `;`.
    MATRILINE_EXPORT std::string to_string() const;

    friend bool operator==(const PluginCapabilityRef &a, const PluginCapabilityRef &b) {
        return a.name == b.name && a.capability_name == b.capability_name && a.uuid == b.uuid;
    }

    friend bool operator!=(const PluginCapabilityRef &a, const PluginCapabilityRef &b) { return !(a == b); }
};

/// Reads a reference; nothing for a text that is none. Threads: any.
MATRILINE_EXPORT std::optional<PluginCapabilityRef> parse_capability_ref(std::string_view text);

/// The text of a reference; see `PluginCapabilityRef::to_string`. `name` is the key of a local plugin, whose `uuid` is
/// empty, or the display name of a cloud plugin. Threads: any.
MATRILINE_EXPORT std::string create_full_ref(std::string_view name, std::string_view uuid,
                                             std::string_view capability_name);

MATRILINE_END_NAMESPACE
