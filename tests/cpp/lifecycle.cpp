#include <algorithm>
#include <atomic>
#include <thread>

#include "host.hpp"

using namespace matriline;
using namespace std::chrono_literals;

namespace {

constexpr auto script = PluginCapabilityType::Script;

/// Writes a plugin in a folder of `orca_plugins`; `body` stands before its class, and each name is a script.
void write_scripts(const DataFolder &data, const std::string &folder, const std::string &key,
                   std::initializer_list<const char *> names, const std::string &body = "") {
    const auto path = data.path() / "orca_plugins" / folder;
    std::filesystem::create_directories(path);
    std::ofstream file(path / (key + ".py"));
    file << "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"" << key << "\"\n# version = \"1.0.0\"\n# ///\n"
         << "import orca\n"
         << body << "\n";
    for (const char *name : names) {
        file << "class " << name << "(orca.script.ScriptPluginCapabilityBase):\n    def get_name(self): return '"
             << name << "'\n    def execute(self): return orca.ExecutionResult.success('" << name << "')\n";
    }
    file << "@orca.plugin\nclass Package(orca.base):\n    def register_capabilities(self):\n        pass\n";
    for (const char *name : names) {
        file << "        orca.register_capability(" << name << ")\n";
    }
}

void write_sidecar(const DataFolder &data, const std::string &folder, const std::string &json) {
    std::ofstream(data.path() / "orca_plugins" / folder / ".install_state.json") << json;
}

bool is_on(const char *key, const char *name) {
    const auto found = loader().get_plugin_capability_by_name(key, script, name);
    REQUIRE(found);
    return found->enabled;
}

/// What the sidecar of `Echo_Plugin` says of `Echo`.
bool stored_echo() {
    InstallState state;
    REQUIRE(manager().get_catalog().try_get_install_state("Echo_Plugin", state));
    REQUIRE(state.capabilities.size() == 1);
    return state.capabilities[0].enabled;
}

} // namespace

TEST_CASE("12.4 L1, L4: a plugin is loaded and unloaded") {
    const DataFolder data;
    data.install("echo_plugin");
    start(data);
    CHECK(load("Echo_Plugin").empty());
    CHECK(loader().is_plugin_loaded("Echo_Plugin"));
    CHECK_FALSE(loader().is_plugin_load_in_progress("Echo_Plugin"));
    CHECK(loader().get_plugin_load_error("Echo_Plugin").empty());
    CHECK(loader().write_loaded_plugin_install_state("Echo_Plugin"));
    const auto all = loader().get_loaded_plugin_capabilities("Echo_Plugin");
    REQUIRE(all.size() == 1);
    CHECK(all[0]->name == "Echo");
    CHECK(all[0]->type == script);
    CHECK(all[0]->enabled);
    CHECK(loader().get_plugin_capabilities_by_type(script).front()->instance == all[0]->instance);

    CHECK(loader().unload_plugin("Echo_Plugin"));
    CHECK_FALSE(loader().is_plugin_loaded("Echo_Plugin"));
    CHECK_FALSE(loader().write_loaded_plugin_install_state("Echo_Plugin"));
    CHECK(loader().get_loaded_plugin_capabilities("Echo_Plugin").empty());
    CHECK_FALSE(loader().get_plugin_capability_by_name("Echo_Plugin", script, "Echo"));
    CHECK(manager().get_catalog().has_valid_plugin_descriptor("Echo_Plugin"));
    CHECK(loader().unload_plugin("nobody"));
    CHECK_FALSE(loader().cancel_plugin_unload("Echo_Plugin"));
    manager().shutdown();
}

TEST_CASE("12.4 L2: after a shutdown everything starts again") {
    const DataFolder data;
    data.install("echo_plugin");
    for (int round = 0; round < 3; ++round) {
        start(data, {"Echo_Plugin"});
        manager().shutdown();
    }
}

TEST_CASE("12.4 L3: of two plugins with one key the second is refused") {
    const DataFolder data;
    write_scripts(data, "first", "Shared", {"A"});
    write_scripts(data, "second", "Shared", {"B"});
    start(data);
    PluginDescriptor found;
    REQUIRE(manager().get_catalog().try_get_invalid_plugin_descriptor("Shared", found));
    CHECK(found.error.find("Duplicate plugin key") != std::string::npos);
    CHECK(load("Shared").empty());
    CHECK(is_on("Shared", "A"));
    manager().shutdown();
}

TEST_CASE("12.4 L6 to L9: flags are stored and restored, and a request wins") {
    const DataFolder data;
    data.install("echo_plugin");
    write_sidecar(data, "echo_plugin", R"({"enabled": true, "capabilities": [{"Echo": false}]})");
    start(data, {"Echo_Plugin"});
    CHECK_FALSE(is_on("Echo_Plugin", "Echo"));
    load("Echo_Plugin");
    CHECK_FALSE(is_on("Echo_Plugin", "Echo"));

    CHECK(loader().enable_capability("Echo_Plugin", "Echo", script));
    CHECK(loader().disable_capability("Echo_Plugin", "Echo", script));
    CHECK_FALSE(stored_echo());
    loader().unload_plugin("Echo_Plugin");
    manager().rescan_plugins();
    load("Echo_Plugin");
    CHECK_FALSE(is_on("Echo_Plugin", "Echo"));

    loader().unload_plugin("Echo_Plugin");
    CHECK(load("Echo_Plugin", {"Echo"}).empty());
    CHECK(is_on("Echo_Plugin", "Echo"));
    CHECK(stored_echo());
    manager().shutdown();
}

TEST_CASE("12.4 L11: only what is asked for is enabled") {
    const DataFolder data;
    write_scripts(data, "two", "two", {"Alpha", "Beta"});
    start(data);
    load("two", {"Beta"});
    CHECK_FALSE(is_on("two", "Alpha"));
    CHECK(is_on("two", "Beta"));
    manager().shutdown();
}

TEST_CASE("12.4 L12: a cancelled load keeps its place until its thread has stopped") {
    const DataFolder data;
    write_scripts(data, "slow", "slow", {"A"}, "import time\ntime.sleep(2)");
    start(data);
    loader().load_plugin(manager().get_catalog(), "slow");
    CHECK(loader().is_plugin_load_in_progress("slow"));
    CHECK(loader().cancel_plugin_load("slow"));
    CHECK(loader().is_plugin_load_in_progress("slow"));
    CHECK_FALSE(loader().wait_for_all_plugin_loads(0ms));
    std::string error;
    CHECK_FALSE(loader().wait_for_plugin_load("slow", -5ms, error));
    CHECK_FALSE(error.empty());
    CHECK(loader().wait_for_all_plugin_loads(60s));
    CHECK_FALSE(loader().is_plugin_load_in_progress("slow"));
    CHECK_FALSE(loader().is_plugin_loaded("slow"));
    CHECK(loader().get_plugin_load_error("slow").empty());
    CHECK_FALSE(loader().cancel_plugin_load("slow"));
    manager().shutdown();
}

TEST_CASE("12.4 L13: an unknown plugin fails at once") {
    const DataFolder data;
    start(data);
    loader().load_plugin(manager().get_catalog(), "No_Such_Plugin");
    CHECK_FALSE(loader().is_plugin_load_in_progress("No_Such_Plugin"));
    CHECK(loader().get_plugin_load_error("No_Such_Plugin") == "Plugin not found: No_Such_Plugin");
    std::string error;
    CHECK_FALSE(loader().wait_for_plugin_load("No_Such_Plugin", 0ms, error));
    CHECK(error == "Plugin not found: No_Such_Plugin");
    CHECK(loader().wait_for_plugin_load("never asked for", 0ms, error));
    CHECK(error.empty());
    CHECK_FALSE(loader().wait_for_plugin_load("\xff", 0ms, error));
    CHECK(error.find("not UTF-8") != std::string::npos);
    CHECK(loader().get_loaded_plugin_capabilities("No_Such_Plugin").empty());
    manager().shutdown();
}

TEST_CASE("12.4 L14: what is enabled is loaded at the start") {
    const DataFolder data;
    for (const char *key : {"none", "on", "off", "fails"}) {
        write_scripts(data, key, key, {"A"}, std::string(key) == "fails" ? "raise ValueError('no')" : "");
    }
    write_sidecar(data, "on", R"({"enabled": true})");
    write_sidecar(data, "fails", R"({"enabled": true})");
    write_sidecar(data, "off", R"({"enabled": false})");
    start(data);
    CHECK(manager().get_catalog().get_enabled_plugin_keys() == std::vector<std::string>{"fails", "on"});
    {
        const PluginLoads loads = manager().load_enabled();
        CHECK(loads.wait(60s));
        CHECK(loads.progress().done == 2);
        CHECK(loads.progress().total == 2);
        REQUIRE(loads.loads().size() == 2);
        CHECK(loads.loads()[1].stage == LoadStage::Over);
        CHECK_FALSE(loads.loads()[1].error);
        REQUIRE(loads.failures().size() == 1);
        CHECK(loads.failures()[0].plugin_key == "fails");
        CHECK(loads.failures()[0].error->code() == ErrorCode::LoadFailed);
        CHECK(loads.failures()[0].error->traceback().find("ValueError: no") != std::string::npos);
    }
    CHECK(loader().is_plugin_loaded("on"));
    CHECK_FALSE(loader().is_plugin_loaded("none"));
    PluginDescriptor found;
    REQUIRE(manager().get_catalog().try_get_valid_plugin_descriptor("fails", found));
    CHECK(found.has_error());

    // an unload is a wish; that of a shutdown is none
    loader().unload_plugin("on");
    CHECK(manager().get_catalog().get_enabled_plugin_keys() == std::vector<std::string>{"fails"});
    load("on");
    manager().load_enabled_among({"on", "off"}).wait();
    CHECK_FALSE(loader().is_plugin_loaded("off"));
    manager().shutdown();
    start(data);
    CHECK(manager().get_catalog().get_enabled_plugin_keys() == std::vector<std::string>{"fails", "on"});
    auto loads = manager().load_plugins({"off", "nobody"});
    loads.wait();
    CHECK(loader().is_plugin_loaded("off"));
    REQUIRE(loads.failures().size() == 1);
    CHECK(loads.failures()[0].error->code() == ErrorCode::PluginNotFound);
    loads.cancel();
    manager().shutdown();
}

TEST_CASE("12.4 L15: who signs out loses the plugins of the cloud") {
    const DataFolder data;
    data.install("echo_plugin");
    start(data, {"Echo_Plugin"});
    loader().set_cloud_user_id("ada");
    const auto record = [](const std::string &uuid) {
        PluginDescriptor record;
        record.cloud.emplace();
        record.plugin_key = record.cloud->uuid = uuid;
        record.name = "Of the cloud";
        record.version = "1.0.0";
        return record;
    };
    const auto available = record("1f998ea9-0183-4cc5-957f-4eef659ba4e6");
    auto installed = record("550e8400-e29b-41d4-a716-446655440000");
    const std::string key = installed.plugin_key;
    PluginCatalog &catalog = manager().get_catalog();
    catalog.update_cloud_catalog({available, installed});
    std::string error;
    const bool done =
        manager().install_plugin(std::filesystem::path(MATRILINE_FIXTURES) / "good" / "good.py", installed, error);
    INFO(error);
    REQUIRE(done);
    CHECK(load(key).empty());
    CHECK(catalog.get_all_plugin_descriptors().size() == 3);

    loader().unload_cloud_plugins();
    catalog.clear_cloud_plugin_catalog();
    loader().set_cloud_user_id("");
    manager().rescan_plugins();
    REQUIRE(catalog.get_all_plugin_descriptors().size() == 1);
    CHECK(catalog.has_valid_plugin_descriptor("Echo_Plugin"));
    CHECK_FALSE(loader().is_plugin_loaded(key));
    CHECK(loader().is_plugin_loaded("Echo_Plugin"));

    // who signs in again finds it, and it is still enabled
    loader().set_cloud_user_id("ada");
    manager().rescan_plugins();
    CHECK(catalog.get_enabled_plugin_keys() == std::vector<std::string>{"Echo_Plugin", key});
    manager().shutdown();
}

TEST_CASE("a slow plugin delays no other") {
    const DataFolder data;
    write_scripts(data, "slow", "slow", {"A"}, "import time\ntime.sleep(2)");
    write_scripts(data, "quick", "quick", {"A"});
    start(data);
    loader().load_plugin(manager().get_catalog(), "slow");
    CHECK(load("quick").empty());
    loader().wait_for_all_plugin_loads();
    CHECK(loader().is_plugin_loaded("slow"));
    manager().shutdown();
}

TEST_CASE("reloading picks up edited code") {
    const DataFolder data;
    write_scripts(data, "p", "p", {"Old"});
    start(data, {"p"});
    write_scripts(data, "p", "p", {"New"});
    loader().reload_plugin("p");
    loader().wait_for_all_plugin_loads();
    CHECK_FALSE(loader().get_plugin_capability_by_name("p", script, "Old"));
    CHECK(is_on("p", "New"));
    manager().shutdown();
}

TEST_CASE("threads load and unload one plugin") {
    const DataFolder data;
    data.install("echo_plugin");
    start(data);
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 20; ++round) {
                loader().load_plugin(manager().get_catalog(), "Echo_Plugin");
                loader().wait_for_all_plugin_loads();
                try {
                    loader().unload_plugin("Echo_Plugin");
                } catch (const Error &error) {
                    // another thread is unloading it
                    wrong += error.code() != ErrorCode::Busy;
                }
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    loader().wait_for_all_plugin_loads();
    CHECK(wrong == 0);
    CHECK(load("Echo_Plugin").empty());
    manager().shutdown();
}
