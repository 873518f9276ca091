#include <algorithm>

#include "host.hpp"

using namespace matriline;

TEST_CASE("what is installed can be read without Python") {
    const DataFolder data;
    for (const char *fixture : {"good", "broken_metadata", "marks_when_run"}) {
        data.install(fixture);
    }
    const auto plugins = scan_plugins(data.path().string());
    REQUIRE(plugins.size() == 3);
    CHECK(plugins[0].plugin_key == "good");
    CHECK(plugins[0].metadata_valid);
    CHECK(plugins[1].plugin_key == "marks_when_run");
    CHECK(plugins[2].has_error());
    CHECK_FALSE(plugins[2].metadata_valid);
    CHECK_FALSE(plugins[2].problems.empty());
    CHECK_FALSE(PythonInterpreter::is_initialized());
}

TEST_CASE("plugins of a cloud user are looked for when there is one") {
    const DataFolder data;
    data.install("good");
    const auto user = data.path() / "orca_plugins" / "_subscribed" / "ada";
    std::filesystem::create_directories(user);
    std::filesystem::copy(std::filesystem::path(MATRILINE_FIXTURES) / "stamps", user / "stamps");
    CHECK(scan_plugins(data.path().string()).size() == 1);
    CHECK(scan_plugins(data.path().string(), "ada").size() == 2);
}

TEST_CASE("a folder that is not there has no plugins") {
    CHECK(scan_plugins("/nowhere/at/all").empty());
}

TEST_CASE("what is missing can be told without Python") {
    const DataFolder data;
    data.install("good");
    data.install("broken_metadata");
    const Preset preset{PresetType::Print,
                        "Fine",
                        {{"post_process_plugin", {"edit", "gone", "of_cloud", "sparkle"}}},
                        {"good;;edit", "nobody;;gone", "Cloud;u-u;of_cloud", "broken_metadata;;sparkle"}};
    PluginResolver resolver;
    resolver.refresh({preset}, scan_plugins(data.path().string()), orca_plugin_options(), "https://hub.example");
    CHECK(resolver.blocks_slicing());
    REQUIRE(resolver.get_missing_local_plugins().size() == 1);
    CHECK(resolver.get_missing_local_plugins()[0].recovery_url == "https://hub.example?search=nobody");
    REQUIRE(resolver.get_missing_cloud_plugins().size() == 1);
    CHECK(resolver.get_missing_cloud_plugins()[0].ref.uuid == "u-u");
    REQUIRE(resolver.get_inactive_plugins().size() == 2);
    CHECK(resolver.get_inactive_plugins()[0].problem.empty());
    CHECK_FALSE(resolver.get_inactive_plugins()[1].problem.empty());
    CHECK_FALSE(PythonInterpreter::is_initialized());
}
