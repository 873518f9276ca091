#include "host.hpp"

using namespace matriline;

TEST_CASE("descriptors are copies of what discovery found") {
    const DataFolder data;
    for (const char *fixture : {"good", "echo_plugin", "broken_metadata"}) {
        data.install(fixture);
    }
    start(data);
    const PluginCatalog &catalog = manager().get_catalog();

    CHECK(catalog.get_plugin_catalog().size() == 2);
    REQUIRE(catalog.get_invalid_plugins().size() == 1);
    CHECK(catalog.get_all_plugin_descriptors().size() == 3);
    const PluginDescriptor broken = catalog.get_invalid_plugins().front();
    CHECK(broken.has_error());

    PluginDescriptor found;
    REQUIRE(catalog.try_get_valid_plugin_descriptor("Echo_Plugin", found));
    CHECK(found.plugin_key == "Echo_Plugin");
    CHECK(found.name == "Echo Plugin");
    CHECK(found.description == "One script that says what it is");
    CHECK(found.version == "1.0.0");
    CHECK_FALSE(found.has_error());
    CHECK(found.plugin_root == (data.path() / "orca_plugins" / "echo_plugin").string());
    CHECK(found.entry_path == (data.path() / "orca_plugins" / "echo_plugin" / "Echo_Plugin.py").string());

    CHECK(catalog.has_valid_plugin_descriptor("good"));
    CHECK_FALSE(catalog.has_valid_plugin_descriptor(broken.plugin_key));
    CHECK(catalog.try_get_invalid_plugin_descriptor(broken.plugin_key, found));
    CHECK(catalog.try_get_plugin_descriptor(broken.plugin_key, found));
    CHECK(found.error == broken.error);

    PluginDescriptor untouched;
    untouched.name = "untouched";
    CHECK_FALSE(catalog.try_get_plugin_descriptor("nobody", untouched));
    CHECK(untouched.name == "untouched");

    CHECK(catalog.get_plugin_directories() == std::vector<std::string>{(data.path() / "orca_plugins").string()});

    std::filesystem::remove_all(data.path() / "orca_plugins" / "good");
    manager().rescan_plugins();
    CHECK_FALSE(catalog.has_valid_plugin_descriptor("good"));
}
