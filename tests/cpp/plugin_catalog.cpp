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

    CHECK(found.metadata_valid == false);
    REQUIRE(catalog.try_get_plugin_descriptor("good", found));
    CHECK(found.metadata_valid);
    CHECK(found.capability_types.empty());
    load("good");
    load("Echo_Plugin");
    const auto scripts = catalog.get_plugin_descriptors_by_type(PluginCapabilityType::Script);
    REQUIRE(scripts.size() == 1);
    CHECK(scripts[0].plugin_key == "Echo_Plugin");
    CHECK(scripts[0].capability_types == std::vector<PluginCapabilityType>{PluginCapabilityType::Script});
    CHECK(catalog.get_plugin_descriptors_by_type("post-processing").size() == 1);
    CHECK(catalog.get_plugin_descriptors_by_type(PluginCapabilityType::Importer).empty());
    CHECK(loader().get_all_loaded_plugin_descriptors().at(0).type_label() == "script");

    std::filesystem::remove_all(data.path() / "orca_plugins" / "good");
    manager().rescan_plugins();
    CHECK_FALSE(catalog.has_valid_plugin_descriptor("good"));
    manager().shutdown();
}

TEST_CASE("a plugin is taken out of the catalog until the next discovery") {
    const DataFolder data;
    data.install("good");
    data.install("echo_plugin");
    start(data, {"good"});
    PluginCatalog &catalog = manager().get_catalog();
    CHECK(catalog.remove_plugin("good"));
    CHECK_FALSE(catalog.remove_plugin("good"));
    CHECK_FALSE(catalog.remove_plugin("nobody"));
    CHECK_FALSE(catalog.has_valid_plugin_descriptor("good"));
    CHECK(catalog.has_valid_plugin_descriptor("Echo_Plugin"));
    CHECK(edit("good")->execute(context()).message == "ok");
    PluginDescriptor record;
    record.cloud.emplace();
    record.plugin_key = record.cloud->uuid = "1f998ea9-0183-4cc5-957f-4eef659ba4e6";
    catalog.update_cloud_catalog({record});
    CHECK(catalog.get_all_plugin_descriptors().size() == 2);
    catalog.clear_cloud_plugin_catalog();
    CHECK(catalog.get_all_plugin_descriptors().size() == 1);
    manager().rescan_plugins();
    CHECK(catalog.has_valid_plugin_descriptor("good"));
    CHECK(error_of([&] { catalog.remove_plugin("\xff"); }).code() == ErrorCode::InvalidArgument);
    manager().shutdown();
}

TEST_CASE("discovery can run on its own thread") {
    const DataFolder data;
    for (int i = 0; i < 300; ++i) {
        data.write_plugin("plugin_" + std::to_string(i), "return None");
    }
    start(data);
    PluginCatalog &catalog = manager().get_catalog();
    CHECK(catalog.is_discovery_complete());
    data.write_plugin("late", "return None");

    manager().discover_plugins(true, true);
    manager().discover_plugins(true);
    std::string error = "untouched";
    REQUIRE(catalog.wait_for_discovery(std::chrono::seconds(60), error));
    CHECK(error.empty());
    CHECK(catalog.is_discovery_complete());
    CHECK_FALSE(catalog.is_discovery_in_progress());
    CHECK(catalog.get_discovery_error().empty());
    CHECK(catalog.get_discovery_progress().total == 0);
    CHECK(catalog.has_valid_plugin_descriptor("late"));

    manager().discover_plugins(true);
    catalog.cancel_discovery();
    REQUIRE(catalog.wait_for_discovery(std::chrono::seconds(60), error));
    CHECK(catalog.get_plugin_catalog().size() == 301);
    manager().shutdown();
}

TEST_CASE("the sidecar tells what is enabled") {
    const DataFolder data;
    for (const char *fixture : {"good", "echo_plugin", "stamps"}) {
        data.install(fixture);
    }
    std::ofstream(data.path() / "orca_plugins" / "good" / ".install_state.json")
        << R"({"installed_from": "local", "installed_version": "0.9", "plugin_name": "Good", "enabled": true,
               "capabilities": [{"edit": false}]})";
    std::ofstream(data.path() / "orca_plugins" / "stamps" / ".install_state.json") << R"({"enabled": false})";
    start(data);
    const PluginCatalog &catalog = manager().get_catalog();
    CHECK(catalog.get_enabled_plugin_keys() == std::vector<std::string>{"good"});
    InstallState state;
    REQUIRE(catalog.try_get_install_state("good", state));
    CHECK(state.installed_from == "local");
    CHECK(state.installed_version == "0.9");
    CHECK(state.plugin_name == "Good");
    CHECK(state.enabled);
    CHECK(state.cloud_uuid.empty());
    REQUIRE(state.capabilities.size() == 1);
    CHECK(state.capabilities[0].name == "edit");
    CHECK(state.capabilities[0].type == PluginCapabilityType::Unknown);
    CHECK_FALSE(state.capabilities[0].enabled);
    PluginDescriptor good;
    REQUIRE(catalog.try_get_plugin_descriptor("good", good));
    CHECK(good.installed_version == "1.0.0");
    REQUIRE(catalog.try_get_install_state("stamps", state));
    CHECK_FALSE(state.enabled);
    state.plugin_name = "untouched";
    CHECK_FALSE(catalog.try_get_install_state("Echo_Plugin", state));
    CHECK(state.plugin_name == "untouched");
    manager().shutdown();
}

TEST_CASE("a cloud user whose name is not that of a folder is a problem") {
    const DataFolder data;
    start(data);
    PluginCatalog &catalog = manager().get_catalog();
    CHECK(catalog.get_catalog_problems().empty());
    for (const char *user : {"../../x", "/etc"}) {
        catalog.set_cloud_plugin_dir(user);
        CHECK(catalog.get_plugin_directories().size() == 1);
        manager().discover_plugins();
        REQUIRE(catalog.get_catalog_problems().size() == 1);
        CHECK(catalog.get_catalog_problems()[0].find(user) != std::string::npos);
    }
    manager().shutdown();
}

TEST_CASE("the cloud adds to what is installed") {
    const DataFolder data;
    data.install("good");
    const auto user = data.path() / "orca_plugins" / "_subscribed" / "ada";
    std::filesystem::create_directories(user);
    start(data);
    PluginCatalog &catalog = manager().get_catalog();
    catalog.set_cloud_plugin_dir("ada");
    CHECK(catalog.get_plugin_directories() ==
          std::vector<std::string>{(data.path() / "orca_plugins").string(), user.string()});

    const std::string uuid = "1f998ea9-0183-4cc5-957f-4eef659ba4e6";
    PluginDescriptor record;
    record.plugin_key = uuid;
    record.name = "Sample";
    record.version = "1.1";
    record.display_types = {"G-code"};
    record.changelog = {{"c1", uuid, "1.1", "Better", 7}};
    record.sharing_token = "token";
    record.thumbnail_url = "https://example/p.png";
    record.cloud.emplace();
    record.cloud->uuid = uuid;
    record.cloud->is_mine = true;
    catalog.update_cloud_catalog({record});

    PluginDescriptor found;
    REQUIRE(catalog.try_get_plugin_descriptor(uuid, found));
    REQUIRE(found.cloud);
    CHECK(found.cloud->is_mine);
    CHECK(found.name == "Sample");
    CHECK(found.display_types == record.display_types);
    REQUIRE(found.changelog.size() == 1);
    CHECK(found.changelog[0].changelog == "Better");
    CHECK(found.changelog[0].created_time == 7);
    CHECK(found.latest_available_version() == "1.1");
    CHECK(found.sharing_token == "token");
    CHECK(found.thumbnail_url == "https://example/p.png");
    CHECK_FALSE(found.has_local_package());
    CHECK(catalog.has_valid_plugin_descriptor("good"));
    catalog.update_cloud_catalog({});
    CHECK_FALSE(catalog.try_get_plugin_descriptor(uuid, found));
    manager().shutdown();
}
