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
        load("raises_at_import");
        CHECK_FALSE(loader().is_plugin_loaded("raises_at_import"));
        CHECK(loader().get_plugin_load_error("raises_at_import").find("Traceback") != std::string::npos);
        CHECK(loader().get_plugin_load_error("good").empty());
        CHECK(loader().is_plugin_loaded("good"));
        load("nobody");
        CHECK(loader().get_plugin_load_error("nobody").find("nobody") != std::string::npos);
    }

    SECTION("unload") {
        CHECK(loader().unload_plugin("good"));
        CHECK(loader().unload_plugin("good"));
        CHECK_FALSE(loader().is_plugin_loaded("good"));
        CHECK(loader().unload_plugin("skipped_result", PluginCapabilityType::PostProcessing));
        CHECK_FALSE(loader().is_plugin_loaded("skipped_result"));
        CHECK_FALSE(loader().is_idle_and_empty());
        loader().unload_all_plugins();
        CHECK_FALSE(loader().is_plugin_loaded("Echo_Plugin"));
        CHECK(loader().is_idle_and_empty());
    }

    SECTION("a capability is switched off and on") {
        constexpr auto type = PluginCapabilityType::PostProcessing;
        const auto found = loader().get_plugin_capability_by_name("good", type, "edit");
        REQUIRE(found);
        CHECK_FALSE(loader().enable_capability("good", "edit", type));
        CHECK(loader().disable_capability("good", "edit", type));
        CHECK_FALSE(loader().disable_capability("good", "edit", type));
        CHECK_FALSE(found->enabled);
        CHECK_FALSE(found->instance->is_enabled());
        CHECK(found == loader().get_plugin_capability_by_name("good", type, "edit"));
        const auto error = error_of([] { edit("good")->execute(context()); });
        CHECK(error.code() == ErrorCode::CapabilityDisabled);
        CHECK(error.plugin() == "good");

        CHECK(loader().enable_capability("good", "edit", type));
        CHECK(found->enabled);
        CHECK(edit("good")->execute(context()).message == "ok");
        CHECK_FALSE(loader().disable_capability("good", "nothing", type));
        CHECK_FALSE(loader().disable_capability("good", "edit", PluginCapabilityType::Script));
        CHECK_FALSE(loader().disable_capability("nobody", "edit", type));
    }

    SECTION("the first of a name") {
        const auto key = [](const char *name, PluginCapabilityType type) {
            const auto found = loader().try_get_plugin_capability_by_name_and_type(name, type);
            return found ? found->plugin_key : "";
        };
        CHECK(key("edit", PluginCapabilityType::PostProcessing) == "good");
        CHECK(key("edit", PluginCapabilityType::Unknown) == "good");
        CHECK(key("edit", PluginCapabilityType::Script).empty());
        CHECK(key("Echo", PluginCapabilityType::Unknown) == "Echo_Plugin");
        CHECK(key("nothing", PluginCapabilityType::Unknown).empty());
        loader().unload_plugin("good");
        CHECK(key("edit", PluginCapabilityType::PostProcessing) == "skipped_result");
    }

    SECTION("descriptors of what is loaded") {
        std::filesystem::remove_all(data.path() / "orca_plugins" / "good");
        manager().rescan_plugins();
        const auto loaded = loader().get_all_loaded_plugin_descriptors();
        REQUIRE(loaded.size() == 3);
        CHECK(loaded[0].plugin_key == "Echo_Plugin");
        CHECK(loaded[0].name == "Echo Plugin");
        CHECK(loaded[1].plugin_key == "good");
        CHECK(loaded[1].version.empty());
        CHECK(loaded[2].plugin_key == "skipped_result");
    }

    SECTION("text that is not UTF-8 is an error") {
        const auto error = error_of([] { loader().is_plugin_loaded("\xff"); });
        CHECK(error.code() == ErrorCode::InvalidArgument);
        CHECK(std::string(error.what()).find("`key` is not UTF-8") != std::string::npos);
    }

    manager().shutdown();
}
