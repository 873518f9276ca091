#include "host.hpp"

using namespace matriline;

namespace {

PluginDescriptor of_the_cloud() {
    PluginDescriptor plugin;
    plugin.version = "1.0";
    plugin.cloud.emplace();
    return plugin;
}

} // namespace

TEST_CASE("a local plugin has its package") {
    PluginDescriptor plugin;
    CHECK_FALSE(plugin.is_cloud_plugin());
    CHECK(plugin.has_local_package());
}

TEST_CASE("a cloud plugin has its package when something of it is here") {
    PluginDescriptor plugin = of_the_cloud();
    CHECK(plugin.is_cloud_plugin());
    CHECK_FALSE(plugin.has_local_package());
    plugin.cloud->installed = true;
    CHECK(plugin.has_local_package());
    plugin.cloud->installed = false;
    plugin.plugin_root = "somewhere";
    CHECK(plugin.has_local_package());
}

TEST_CASE("a blank error is none") {
    PluginDescriptor plugin;
    plugin.error = " \t\n";
    CHECK_FALSE(plugin.has_error());
    plugin.error = " It is broken\n";
    CHECK(plugin.has_error());
    CHECK(plugin.normalized_error() == "It is broken");
}

TEST_CASE("no access comes before an update") {
    CHECK(PluginDescriptor().update_status() == PluginUpdateStatus::Normal);
    PluginDescriptor plugin = of_the_cloud();
    CHECK(plugin.update_status() == PluginUpdateStatus::Normal);
    plugin.cloud->update_available = true;
    CHECK(plugin.update_status() == PluginUpdateStatus::UpdateAvailable);
    plugin.cloud->unauthorized = true;
    CHECK(plugin.update_status() == PluginUpdateStatus::Unauthorized);
}

TEST_CASE("the latest version is the first one named") {
    PluginDescriptor plugin = of_the_cloud();
    CHECK(plugin.latest_available_version() == "1.0");
    plugin.latest_version = "1.1";
    CHECK(plugin.latest_available_version() == "1.1");
    plugin.changelog.resize(3);
    plugin.changelog[1].version = "1.2";
    plugin.changelog[2].version = "1.3";
    CHECK(plugin.latest_available_version() == "1.2");
}

TEST_CASE("the first type is the primary one") {
    PluginDescriptor plugin;
    CHECK(plugin.primary_capability_type() == PluginCapabilityType::Unknown);
    CHECK(plugin.type_label() == "unknown");
    plugin.capability_types = {PluginCapabilityType::Script, PluginCapabilityType::PostProcessing};
    CHECK(plugin.primary_capability_type() == PluginCapabilityType::Script);
    CHECK(plugin.type_label() == "script");
}
