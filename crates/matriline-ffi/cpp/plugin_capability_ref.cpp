#include "matriline/plugin_capability_ref.hpp"

#include "host.hpp"
#include "matriline/execute_capabilities_from_refs.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

std::optional<PluginCapabilityRef> copied(const ReferenceData &data) {
    if (!data.found) {
        return std::nullopt;
    }
    return PluginCapabilityRef{std::string(data.name), std::string(data.capability_name), std::string(data.uuid)};
}

} // namespace

std::optional<PluginCapabilityRef> parse_capability_ref(std::string_view text) {
    return copied(parse_reference(detail::text(text, "text")));
}

std::vector<ResolvedCapability> resolve_capability_refs(const std::vector<std::string> &capabilities,
                                                        const std::vector<std::string> *plugins,
                                                        PluginCapabilityType type) {
    std::vector<ResolvedCapability> resolved;
    if (const Host *host = current_host()) {
        const auto found = checked([&](Failure &failure) {
            return resolve_values(*host, static_cast<std::uint8_t>(type), texts(capabilities, "capabilities"),
                                  optional_texts(plugins, "plugins"), failure);
        });
        for (const ResolvedData &value : found) {
            resolved.push_back({std::string(value.value), copied(value.reference)});
        }
    }
    return resolved;
}

std::string create_full_ref(std::string_view name, std::string_view uuid, std::string_view capability_name) {
    const ReferenceData data{true, owned(name, "name"), owned(capability_name, "capability_name"), owned(uuid, "uuid")};
    return std::string(checked([&](Failure &failure) { return build_reference(data, failure); }));
}

std::string PluginCapabilityRef::to_string() const {
    return create_full_ref(name, uuid, capability_name);
}

MATRILINE_END_NAMESPACE
