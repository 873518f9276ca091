#include "host.hpp"

using namespace matriline;

TEST_CASE("capabilities are looked up and cast") {
    const DataFolder data;
    for (const char *fixture : {"good", "echo_plugin", "skipped_result", "raises_at_import"}) {
        data.install(fixture);
    }
    start(data, {"good", "Echo_Plugin", "skipped_result"});

    SECTION("one object stands for a capability") {
        const auto first = loader().get_plugin_capability_by_name("good", PluginCapabilityType::PostProcessing, "edit");
        REQUIRE(first);
        CHECK(first == loader().get_plugin_capability_by_name(first->identifier()));
        CHECK(first == loader().get_loaded_plugin_capabilities("good").front());
        CHECK(edit("good") == edit("good"));
        CHECK(first->name == "edit");
        CHECK(first->plugin_key == "good");
        CHECK(first->type == PluginCapabilityType::PostProcessing);
        CHECK(first->enabled);
        CHECK(first->instance->get_name() == "edit");
        CHECK(first->instance->get_type() == PluginCapabilityType::PostProcessing);
    }

    SECTION("another class is null") {
        const auto script = loader().get_plugin_capability_by_name("Echo_Plugin", PluginCapabilityType::Script, "Echo");
        REQUIRE(script);
        CHECK(std::dynamic_pointer_cast<ScriptPluginCapability>(script->instance));
        CHECK_FALSE(std::dynamic_pointer_cast<GCodePluginCapability>(script->instance));
    }

    SECTION("a miss is null") {
        const auto find = [](const char *key, PluginCapabilityType type, const char *name) {
            return loader().get_plugin_capability_by_name(key, type, name);
        };
        CHECK_FALSE(find("good", PluginCapabilityType::PostProcessing, "other"));
        CHECK_FALSE(find("good", PluginCapabilityType::Script, "edit"));
        CHECK_FALSE(find("nobody", PluginCapabilityType::PostProcessing, "edit"));
    }

    SECTION("lists") {
        const auto keys = [](const auto &list) {
            std::string keys;
            for (const auto &capability : list) {
                keys += capability->plugin_key + " ";
            }
            return keys;
        };
        CHECK(keys(loader().get_plugin_capabilities_by_type(PluginCapabilityType::PostProcessing)) ==
              "good skipped_result ");
        CHECK(keys(loader().get_plugin_capabilities_by_type("script")) == "Echo_Plugin ");
        CHECK(keys(loader().get_plugin_capabilities_by_type("good", PluginCapabilityType::PostProcessing)) == "good ");
        CHECK(loader().get_plugin_capabilities_by_type("good", PluginCapabilityType::Script).empty());
        CHECK(loader().get_loaded_plugin_capabilities("nobody").empty());
    }

    SECTION("a failed load keeps its error and the others") {
        loader().load_plugin(manager().get_catalog(), "raises_at_import");
        CHECK_FALSE(loader().is_plugin_loaded("raises_at_import"));
        CHECK(loader().get_plugin_load_error("raises_at_import").find("Traceback") != std::string::npos);
        CHECK(loader().get_plugin_load_error("good").empty());
        CHECK(loader().is_plugin_loaded("good"));
        loader().load_plugin(manager().get_catalog(), "nobody");
        CHECK(loader().get_plugin_load_error("nobody").find("nobody") != std::string::npos);
    }

    SECTION("unload") {
        CHECK(loader().unload_plugin("good"));
        CHECK_FALSE(loader().unload_plugin("good"));
        CHECK_FALSE(loader().is_plugin_loaded("good"));
        loader().unload_all_plugins();
        CHECK_FALSE(loader().is_plugin_loaded("Echo_Plugin"));
    }

    SECTION("text that is not UTF-8 is an error") {
        const auto error = error_of([] { loader().is_plugin_loaded("\xff"); });
        CHECK(error.code() == ErrorCode::InvalidArgument);
        CHECK(std::string(error.what()).find("`key` is not UTF-8") != std::string::npos);
    }

    manager().shutdown();
}
