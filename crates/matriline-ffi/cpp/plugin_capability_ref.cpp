#include "matriline/plugin_capability_ref.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

std::optional<PluginCapabilityRef> parse_capability_ref(std::string_view text) {
    const detail::ReferenceData data = detail::parse_reference(detail::text(text, "text"));
    if (!data.found) {
        return std::nullopt;
    }
    return PluginCapabilityRef{std::string(data.name), std::string(data.capability_name), std::string(data.uuid)};
}

MATRILINE_END_NAMESPACE
