#include "matriline/plugin_capability_identifier.hpp"

#include <unordered_map>

#include "catch.hpp"
#include "matriline/plugin_capability_type.hpp"

using namespace matriline;

TEST_CASE("the plugin key is part of the identity") {
    const PluginCapabilityIdentifier a{PluginCapabilityType::PostProcessing, "Cleanup", "a.py"};
    const PluginCapabilityIdentifier b{PluginCapabilityType::PostProcessing, "Cleanup", "b.py"};
    CHECK(a != b);
    CHECK(a == PluginCapabilityIdentifier(a));
    const std::unordered_map<PluginCapabilityIdentifier, int> map{{a, 1}, {b, 2}};
    CHECK(map.size() == 2);
}

TEST_CASE("types read back from their texts") {
    for (int number = 0; number <= 8; ++number) {
        const auto type = static_cast<PluginCapabilityType>(number);
        CHECK(plugin_capability_type_from_string(plugin_capability_type_to_string(type)) == type);
    }
    CHECK(plugin_capability_type_from_string("Post-Processing") == PluginCapabilityType::PostProcessing);
    CHECK(plugin_capability_type_from_string("post_processing") == PluginCapabilityType::Unknown);
    CHECK(plugin_capability_type_display_name(PluginCapabilityType::PrinterConnection) == "Printer connection");
}
