#include "host.hpp"

using namespace matriline;

namespace {

/// A file outside of the data folder's plugins, with a post-processing capability that answers with its version.
std::filesystem::path write_package(const DataFolder &data, const std::string &version) {
    const auto path = data.path() / "stamp.py";
    std::ofstream(path) << "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Stamp\"\n# version = \"" << version
                        << "\"\n# ///\nimport orca\n"
                           "class Edit(orca.gcode.GCodePluginCapabilityBase):\n"
                           "    def get_name(self): return 'edit'\n"
                           "    def execute(self, ctx): return orca.ExecutionResult.success('"
                        << version
                        << "')\n@orca.plugin\nclass Package(orca.base):\n"
                           "    def register_capabilities(self): orca.register_capability(Edit)\n";
    return path;
}

std::string answer() {
    return edit("stamp")->execute(context()).message;
}

} // namespace

TEST_CASE("a plugin is inspected, installed, updated, rolled back and deleted") {
    const DataFolder data;
    start(data);
    std::string error = "old";
    PluginDescriptor plugin;
    bool exists = true;
    const auto file = write_package(data, "1.0.0");
    CHECK(loader().inspect_local_plugin_package(file, plugin, exists, error));
    CHECK(error.empty());
    CHECK_FALSE(exists);
    CHECK(plugin.plugin_key == "stamp");
    CHECK(plugin.name == "Stamp");
    CHECK(plugin.version == "1.0.0");
    CHECK(plugin.metadata_valid);
    CHECK_FALSE(manager().get_catalog().has_valid_plugin_descriptor("stamp"));

    CHECK(manager().install_plugin(file, error));
    CHECK(error.empty());
    CHECK(manager().get_catalog().has_valid_plugin_descriptor("stamp"));
    CHECK_FALSE(manager().get_previous_version("stamp"));
    CHECK(load("stamp").empty());
    CHECK(answer() == "1.0.0");
    loader().disable_capability("stamp", "edit", PluginCapabilityType::PostProcessing);

    // over a loaded plugin, which is loaded again with its flags (12.4 L10, where the design differs)
    write_package(data, "1.1.0");
    std::optional<ExistingPlugin> existing;
    CHECK(loader().inspect_local_plugin_package(file, plugin, existing, error));
    REQUIRE(existing);
    CHECK(existing->plugin_key == "stamp");
    CHECK(existing->version == "1.0.0");
    CHECK(existing->enabled);
    PluginDescriptor installed;
    CHECK(loader().install_plugin(file, installed, error));
    CHECK(installed.plugin_key == "stamp");
    CHECK(installed.version == "1.1.0");
    CHECK(installed.installed_version == "1.1.0");
    CHECK(loader().is_plugin_loaded("stamp"));
    CHECK(loader().enable_capability("stamp", "edit", PluginCapabilityType::PostProcessing));
    CHECK(answer() == "1.1.0");

    const auto previous = manager().get_previous_version("stamp");
    REQUIRE(previous);
    CHECK(previous->version == "1.0.0");
    CHECK(previous->replaced > std::chrono::system_clock::now() - std::chrono::hours(1));
    CHECK(manager().roll_back_plugin("stamp", error));
    CHECK(answer() == "1.0.0");
    CHECK(manager().roll_back_plugin("stamp", error));
    CHECK(answer() == "1.1.0");

    CHECK(manager().delete_plugin("stamp", error));
    CHECK(error.empty());
    CHECK_FALSE(loader().is_plugin_loaded("stamp"));
    CHECK_FALSE(manager().get_catalog().has_valid_plugin_descriptor("stamp"));
    manager().shutdown();
}

TEST_CASE("12.3: what cannot be installed says why, and nothing changes") {
    const DataFolder data;
    start(data);
    std::string error;
    const auto fails = [&](const std::filesystem::path &file, const char *part) {
        INFO(file);
        CHECK_FALSE(manager().install_plugin(file, error));
        INFO(error);
        CHECK(error.rfind("Plugin installation failed: ", 0) == 0);
        CHECK(error.find(part) != std::string::npos);
        CHECK(manager().get_catalog().get_all_plugin_descriptors().empty());
    };
    fails(data.path() / "nothing.py", "does not exist");
    fails(data.path(), "Plugin package is not a file");
    fails(data.write_file("plugin.txt", "x"), "Plugin package must be a .py or .whl file");
    fails(data.write_file("bare.py", "print('no header')\n"), "PEP 723");
    fails(data.write_file("torn-1.0-py3-none-any.whl", "PK"), "torn-1.0-py3-none-any.whl");
    CHECK_FALSE(manager().install_plugin("\xff.py", error));

    PluginDescriptor record;
    record.cloud.emplace();
    record.cloud->uuid = "../../escape";
    CHECK_FALSE(manager().install_plugin(data.path() / "bare.py", record, error));
    CHECK(error.find("valid identifier") != std::string::npos);
    CHECK(record.name.empty());

    PluginDescriptor plugin;
    bool exists = false;
    CHECK_FALSE(loader().inspect_local_plugin_package(data.path() / "nothing.py", plugin, exists, error));
    CHECK(error.rfind("Plugin package inspection failed: ", 0) == 0);
    CHECK_FALSE(loader().inspect_local_plugin_package(data.path() / "bare.py", plugin, exists, error));
    CHECK(error.find("PEP 723") != std::string::npos);

    for (const auto act : {&PluginManager::delete_plugin, &PluginManager::roll_back_plugin}) {
        CHECK_FALSE((manager().*act)("nobody", error));
        CHECK(error == "Plugin not found: nobody");
        CHECK_FALSE((manager().*act)("\xff", error));
    }
    CHECK_FALSE(manager().keep_installed_plugin_as_local("nobody", error));
    CHECK_FALSE(manager().get_previous_version("nobody"));
    data.install("good");
    manager().rescan_plugins();
    CHECK_FALSE(manager().roll_back_plugin("good", error));
    CHECK_FALSE(error.empty());
    CHECK(loader().install_packages({}, error));
    CHECK_FALSE(loader().install_packages({"not a requirement !"}, error));
    CHECK_FALSE(error.empty());
    CHECK(manager().collect_environments(std::chrono::hours(24)).removed.empty());
    manager().shutdown();
}

TEST_CASE("12.3: a header with a name and a stray key is enough") {
    const DataFolder data;
    start(data);
    const auto file = data.write_file("plain.py", "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Plain\"\n"
                                                  "# type = \"script\"\n# ///\n");
    std::string error = "old";
    CHECK(manager().install_plugin(file, error));
    CHECK(error.empty());
    InstallState state;
    REQUIRE(manager().get_catalog().try_get_install_state("plain", state));
    CHECK(state.installed_from == "local");
    CHECK(state.enabled);
    manager().shutdown();
}

TEST_CASE("a plugin of the cloud is installed, and kept as a local one") {
    const DataFolder data;
    start(data);
    loader().set_cloud_user_id("ada");
    manager().discover_plugins();
    PluginDescriptor record;
    record.cloud.emplace();
    const std::string uuid = record.plugin_key = record.cloud->uuid = "1f998ea9-0183-4cc5-957f-4eef659ba4e6";
    record.name = "Of the cloud";
    record.version = "1.0.0";
    std::string error;
    const auto file = write_package(data, "1.0.0");
    const bool installed = manager().install_plugin(file, record, error);
    INFO(error);
    REQUIRE(installed);
    CHECK(record.plugin_key == uuid);
    CHECK(record.plugin_root.find("_subscribed/ada") != std::string::npos);
    CHECK(load(uuid.c_str()).empty());
    std::string key;
    const bool kept = manager().keep_installed_plugin_as_local(uuid, key, error);
    INFO(error);
    REQUIRE(kept);
    CHECK(key == "Of_the_cloud");
    CHECK(loader().is_plugin_loaded(key));
    CHECK_FALSE(loader().is_plugin_loaded(uuid));
    manager().shutdown();
}
