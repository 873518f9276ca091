#include <thread>

#include "host.hpp"

using namespace matriline;

TEST_CASE("before the start nothing is found and acts are refused") {
    CHECK_FALSE(manager().is_initialized());
    CHECK(manager().get_catalog().get_all_plugin_descriptors().empty());
    CHECK_FALSE(loader().is_plugin_loaded("good"));
    CHECK_FALSE(loader().get_plugin_capability_by_name("good", PluginCapabilityType::PostProcessing, "edit"));
    CHECK(loader().get_plugin_capabilities_by_type("script").empty());
    CHECK_FALSE(loader().try_get_plugin_capability_by_name_and_type("edit", PluginCapabilityType::Unknown));
    CHECK(loader().get_all_loaded_plugin_descriptors().empty());
    CHECK(loader().is_idle_and_empty());
    PluginCatalog &catalog = manager().get_catalog();
    CHECK(catalog.get_plugin_directories().empty());
    CHECK(catalog.get_plugin_descriptors_by_type("script").empty());
    CHECK(catalog.get_enabled_plugin_keys().empty());
    CHECK(catalog.get_catalog_problems().empty());
    InstallState state;
    CHECK_FALSE(catalog.try_get_install_state("good", state));
    CHECK_FALSE(catalog.is_discovery_complete());
    CHECK_FALSE(catalog.is_discovery_in_progress());
    CHECK(catalog.get_discovery_error().empty());
    CHECK(catalog.get_discovery_progress().total == 0);
    std::string error = "untouched";
    CHECK(catalog.wait_for_discovery(std::chrono::milliseconds(0), error));
    CHECK(error.empty());
    catalog.cancel_discovery();
    CHECK(pickable(PluginCapabilityType::Unknown).empty());
    matriline::log(LogLevel::Info, "t", "", "goes nowhere");
    manager().shutdown();

    CHECK(error_of([] { manager().discover_plugins(); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([] { manager().discover_plugins(true); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([] { manager().rescan_plugins(); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([&] { catalog.set_cloud_plugin_dir("ada"); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([&] { catalog.update_cloud_catalog({}); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([] { update_plugin_manifest({}); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([] { PluginResolver().refresh({}); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([] { capability_in_use({}, {}); }).code() == ErrorCode::NotStarted);
    CHECK(error_of([] { loader().enable_capability("good", "edit", PluginCapabilityType::PostProcessing); }).code() ==
          ErrorCode::NotStarted);
    CHECK(error_of([] { loader().load_plugin(manager().get_catalog(), "good"); }).code() == ErrorCode::NotStarted);
}

TEST_CASE("a start off the main thread fails and says so") {
    const DataFolder data;
    ManagerOptions options;
    options.data_dir = data.path().string();
    manager().configure(options);
    bool started = true;
    std::thread([&] { started = manager().initialize(); }).join();
    CHECK_FALSE(started);
    CHECK(manager().last_error().find("main thread") != std::string::npos);
}
