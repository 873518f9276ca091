#include "matriline/plugin_capability_ref.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

std::optional<PluginCapabilityRef> parse_capability_ref(std::string_view text) {
    const ReferenceData data = parse_reference(detail::text(text, "text"));
    if (!data.found) {
        return std::nullopt;
    }
    return PluginCapabilityRef{std::string(data.name), std::string(data.capability_name), std::string(data.uuid)};
}

std::string create_full_ref(std::string_view name, std::string_view uuid, std::string_view capability_name) {
    const ReferenceData data{true, owned(name, "name"), owned(capability_name, "capability_name"), owned(uuid, "uuid")};
    return std::string(checked([&](Failure &failure) { return build_reference(data, failure); }));
}

std::string PluginCapabilityRef::to_string() const {
    return create_full_ref(name, uuid, capability_name);
}

MATRILINE_END_NAMESPACE
