#include <mutex>

#include "host.hpp"

using namespace matriline;

TEST_CASE("values resolve through the plugins of the preset") {
    const DataFolder data;
    for (const char *fixture : {"good", "skipped_result", "echo_plugin"}) {
        data.install(fixture);
    }
    std::mutex mutex;
    std::string warnings;
    start(data, {"good", "skipped_result", "Echo_Plugin"},
          [&](LogLevel level, std::string_view, std::string_view, std::string_view text) {
              const std::lock_guard lock(mutex);
              if (level == LogLevel::Warn) {
                  warnings.append(text).append("\n");
              }
          });

    const auto run = [](const std::vector<std::string> &values, const std::vector<std::string> *plugins) {
        std::string ran;
        execute_capabilities_from_refs<GCodePluginCapability>(
            values, plugins, PluginCapabilityType::PostProcessing,
            [&](const std::shared_ptr<GCodePluginCapability> &capability, const PluginCapabilityRef &reference) {
                capability->execute(context());
                ran += reference.plugin_key() + " ";
            });
        return ran;
    };
    const std::vector<std::string> plugins{"broken", "good;;edit", "skipped_result;;edit", "Echo_Plugin;;Echo",
                                           "nobody;;gone"};
    SECTION("the first entry wins, and a value listed twice runs twice") {
        CHECK(run({"edit", "", "edit"}, &plugins) == "good good ");
        CHECK(warnings.empty());
    }
    SECTION("the entry that can run wins over those before it") {
        const std::vector<std::string> others{"nobody;;edit", "Echo_Plugin;;edit", "skipped_result;;edit", "good;;edit"};
        CHECK(run({"edit"}, &others) == "skipped_result ");
        CHECK(warnings.empty());
    }
    SECTION("what does not resolve is skipped with a warning") {
        CHECK(run({"gone", "Echo", "unlisted", "edit"}, &plugins) == "good ");
        for (const char *name : {"`gone`", "`Echo`", "`unlisted`"}) {
            INFO(name);
            CHECK(warnings.find(name) != std::string::npos);
        }
    }
    SECTION("without plugins nothing resolves") {
        CHECK(run({"edit"}, nullptr).empty());
        CHECK(warnings.find("`edit`") != std::string::npos);
    }
    manager().shutdown();
}
