#include "host.hpp"

using namespace matriline;

namespace {

Preset preset(PresetType type, std::vector<std::string> values, std::vector<std::string> plugins) {
    return {type, "Fine", {{"post_process_plugin", std::move(values)}}, std::move(plugins)};
}

PluginResolver resolved(const std::vector<Preset> &presets) {
    PluginResolver resolver;
    resolver.refresh(presets);
    return resolver;
}

} // namespace

TEST_CASE("presets are resolved against what is installed and loaded") {
    const DataFolder data;
    for (const char *fixture : {"good", "stamps", "missing_import", "broken_metadata"}) {
        data.install(fixture);
    }
    ManagerOptions options;
    options.hub = "https://hub.example/";
    start(data, {"good"}, {}, std::move(options));
    load("missing_import");

    SECTION("nothing is missing") {
        const auto resolver =
            resolved({preset(PresetType::Print, {"edit"}, {"good;;edit", "unused;;gone", "garbage"})});
        CHECK_FALSE(resolver.blocks_slicing());
        CHECK(resolver.messages().empty());
        CHECK(resolver.unreferenced().empty());
    }
    SECTION("without a manager a sound package is sound, whatever its last load said") {
        const std::vector<Preset> presets{
            preset(PresetType::Print, {"x", "sparkle"}, {"missing_import;;x", "broken_metadata;;sparkle"})};
        PluginResolver resolver;
        resolver.refresh(presets, manager().get_catalog().get_all_plugin_descriptors(), orca_plugin_options(), "");
        REQUIRE(resolver.get_inactive_plugins().size() == 2);
        CHECK(resolver.get_inactive_plugins()[0].problem.empty());
        CHECK_FALSE(resolver.get_inactive_plugins()[1].problem.empty());
    }
    SECTION("each reference is in its bucket") {
        const auto resolver = resolved(
            {preset(PresetType::Print, {"edit", "of_cloud", "gone", "first", "other", "x", "sparkle", "nowhere"},
                    {"good;;edit", "Cloud;u-u;of_cloud", "nobody;;gone", "stamps;;first", "good;;other",
                     "missing_import;;x", "broken_metadata;;sparkle"})});
        CHECK(resolver.blocks_slicing());
        REQUIRE(resolver.get_missing_cloud_plugins().size() == 1);
        CHECK(resolver.get_missing_cloud_plugins()[0].ref == PluginCapabilityRef{"Cloud", "of_cloud", "u-u"});
        REQUIRE(resolver.get_missing_local_plugins().size() == 1);
        const MissingPlugin &local = resolver.get_missing_local_plugins()[0];
        CHECK(local.recovery_url == "https://hub.example?search=nobody");
        CHECK(local.opt == "post_process_plugin");
        CHECK(local.opt_type == PresetType::Print);
        CHECK(local.type == PluginCapabilityType::PostProcessing);
        CHECK(local.preset_name == "Fine");
        CHECK(local.text.find("`gone` of plugin `nobody`") != std::string::npos);
        REQUIRE(resolver.get_inactive_plugins().size() == 3);
        CHECK(resolver.get_inactive_plugins()[0].problem.empty());
        CHECK(resolver.get_inactive_plugins()[1].problem.find("missing_import") != std::string::npos);
        CHECK_FALSE(resolver.get_inactive_plugins()[2].problem.empty());
        REQUIRE(resolver.get_broken_plugins().size() == 1);
        CHECK(resolver.get_broken_plugins()[0].ref.capability_name == "other");
        REQUIRE(resolver.unreferenced().size() == 1);
        CHECK(resolver.unreferenced()[0].value == "nowhere");

        REQUIRE(resolver.messages().size() == 4);
        const MissingMessage &message = resolver.messages()[1];
        CHECK(message.bucket == MissingBucket::MissingLocal);
        CHECK(message.text.find("Local plugins required by the current preset are missing:\n- `gone`") == 0);
        CHECK(message.action == "Find on OrcaCloud");
        CHECK(message.find_url == "https://hub.example?search=nobody");
    }
    SECTION("the application's own agents need no plugin") {
        const Preset printer{PresetType::Printer, "Mine", {{"printer_agent", {"orca"}}}, {"old;;agentcap"}};
        CHECK_FALSE(resolved({printer}).blocks_slicing());
        CHECK(resolved({printer}).unreferenced().empty());
        CHECK(update_plugin_manifest(printer).plugins.empty());
    }
    SECTION("a filament preset blocks like the others") {
        const auto resolver = resolved({preset(PresetType::Print, {"edit"}, {"good;;edit"}),
                                        preset(PresetType::Filament, {"gone"}, {"nobody;;gone"})});
        REQUIRE(resolver.get_missing_local_plugins().size() == 1);
        CHECK(resolver.get_missing_local_plugins()[0].opt_type == PresetType::Filament);
    }
    SECTION("the signature tells whether the messages changed") {
        const auto a = preset(PresetType::Print, {"gone"}, {"nobody;;gone"});
        const auto b = preset(PresetType::Filament, {"lost"}, {"no_one;;lost"});
        CHECK(resolved({a, b}).signature() == resolved({b, a}).signature());
        CHECK(resolved({a}).signature() != resolved({b}).signature());
    }
    SECTION("a disabled capability is inactive") {
        loader().disable_capability("good", "edit", PluginCapabilityType::PostProcessing);
        const auto resolver = resolved({preset(PresetType::Print, {"edit"}, {"good;;edit"})});
        CHECK(resolver.get_inactive_plugins().size() == 1);
        CHECK(pickable(PluginCapabilityType::PostProcessing).empty());
        loader().enable_capability("good", "edit", PluginCapabilityType::PostProcessing);
    }
    SECTION("what can be picked, and what is in use") {
        const auto found = pickable(PluginCapabilityType::PostProcessing);
        REQUIRE(found.size() == 1);
        CHECK(found[0].capability == PluginCapabilityIdentifier{PluginCapabilityType::PostProcessing, "edit", "good"});
        CHECK(found[0].plugin_name == "good");
        CHECK(found[0].ref == "good;;edit");
        CHECK(found[0].value == "edit");
        CHECK(pickable(PluginCapabilityType::Script).empty());

        const std::vector<Preset> presets{preset(PresetType::Print, {"edit"}, {"good;;edit", "stamps;;first"})};
        CHECK(capability_in_use(presets, {PluginCapabilityType::PostProcessing, "edit", "good"}));
        CHECK_FALSE(capability_in_use(presets, {PluginCapabilityType::PostProcessing, "first", "stamps"}));
        CHECK_FALSE(capability_in_use(presets, {PluginCapabilityType::Script, "edit", "good"}));
    }
    SECTION("a saved preset is brought up to date") {
        load("stamps");
        const auto update = update_plugin_manifest(
            preset(PresetType::Print, {"edit", "first", "gone", "lost"}, {"nobody;;gone", "good;;unused", "garbage"}));
        CHECK(update.plugins == std::vector<std::string>{"nobody;;gone", "good;;edit", "stamps;;first"});
        CHECK(update.added == std::vector<std::string>{"good;;edit", "stamps;;first"});
        CHECK(update.pruned == std::vector<std::string>{"good;;unused", "garbage"});
        REQUIRE(update.unresolved.size() == 1);
        CHECK(update.unresolved[0].opt == "post_process_plugin");
        CHECK(update.unresolved[0].value == "lost");
        CHECK(update.ambiguous.empty());
    }
    SECTION("a name that two plugins offer is told") {
        data.write_plugin("another", "return orca.ExecutionResult.success('ok')");
        manager().rescan_plugins();
        load("another");
        auto update = update_plugin_manifest(preset(PresetType::Print, {"edit"}, {}));
        CHECK(update.plugins == std::vector<std::string>{"another;;edit"});
        REQUIRE(update.ambiguous.size() == 1);
        CHECK(update.ambiguous[0].decided_by == AmbiguousCapability::DecidedBy::PluginKey);
        CHECK(update.ambiguous[0].candidates == std::vector<std::string>{"another;;edit", "good;;edit"});
        update = update_plugin_manifest(preset(PresetType::Print, {"edit"}, {"good;;edit"}));
        CHECK(update.plugins == std::vector<std::string>{"good;;edit"});
        REQUIRE(update.ambiguous.size() == 1);
        CHECK(update.ambiguous[0].decided_by == AmbiguousCapability::DecidedBy::Preset);
        CHECK(update.ambiguous[0].chosen == "good;;edit");
    }
    manager().shutdown();
}
