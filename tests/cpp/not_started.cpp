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

    // 12.4 L16
    CHECK(loader().unload_plugin("good"));
    loader().unload_all_plugins();
    loader().unload_cloud_plugins();
    CHECK_FALSE(loader().cancel_plugin_load("good"));
    CHECK_FALSE(loader().cancel_plugin_unload("good"));
    CHECK_FALSE(loader().is_plugin_load_in_progress("good"));
    CHECK_FALSE(loader().write_loaded_plugin_install_state("good"));
    CHECK_FALSE(loader().unsubscribe(Subscription{1}));
    CHECK(loader().wait_for_plugin_load("good", std::chrono::seconds(1), error));
    CHECK(loader().wait_for_all_plugin_loads(std::chrono::seconds(1)));
    loader().wait_for_all_plugin_loads();
    catalog.clear_all_plugin_errors();
    CHECK_FALSE(catalog.remove_plugin("good"));
    CHECK(manager().crashes().empty());
    CHECK(manager().timings("good").methods.empty());
    CHECK_FALSE(manager().get_previous_version("good"));
}

TEST_CASE("before the start what would change something is refused") {
    const auto refused = [](auto &&act) { return error_of(act).code() == ErrorCode::NotStarted; };
    const PluginCatalog &catalog = manager().get_catalog();
    CHECK(refused([&] { loader().load_plugin(catalog, "good"); }));
    CHECK(refused([] { loader().reload_plugin("good"); }));
    CHECK(refused([] { loader().set_cloud_user_id("ada"); }));
    CHECK(refused([] { loader().subscribe_on_load_callback([](const std::string &) {}); }));
    CHECK(refused([] { manager().get_catalog().clear_cloud_plugin_catalog(); }));
    CHECK(refused([] { manager().load_enabled(); }));
    CHECK(refused([] { manager().load_enabled_among({}); }));
    CHECK(refused([] { manager().load_plugins({}); }));
    CHECK(refused([] { manager().set_plugin_error("good", "broken"); }));
    CHECK(refused([] { manager().clear_plugin_error("good"); }));
    CHECK(refused([] { manager().set_budgets({}); }));
    CHECK(refused([] { manager().collect_environments(std::chrono::hours(1)); }));

    PluginDescriptor plugin;
    bool exists = false;
    std::string error;
    const auto fails = [&](bool done) {
        const bool says_why = error.find("`initialize`") != std::string::npos;
        error.clear();
        return !done && says_why;
    };
    CHECK(fails(manager().install_plugin("a.py", error)));
    CHECK(fails(manager().install_plugin("a.py", plugin, error)));
    CHECK(fails(loader().inspect_local_plugin_package("a.py", plugin, exists, error)));
    CHECK(fails(loader().install_packages({"numpy"}, error)));
    CHECK(fails(manager().delete_plugin("good", error)));
    CHECK(fails(manager().roll_back_plugin("good", error)));
    CHECK(fails(manager().keep_installed_plugin_as_local("good", error)));
    CHECK(fails(manager().run_script_capability("good", "go", error).status == PluginResult::Success));
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
