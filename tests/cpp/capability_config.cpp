#include <map>

#include "host.hpp"

using namespace matriline;

namespace {

const char *const configured = R"(
class Run(orca.script.ScriptPluginCapabilityBase):
    def get_name(self): return 'run'
    def has_config_ui(self): return True
    def get_config_ui(self): return '<form>'
    def get_default_config(self): return {'speed': 5}
    def execute(self): return orca.ExecutionResult.success(self.get_config())

@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        orca.register_capability(Run)
)";

/// An edited preset in memory.
class EditedPreset : public PresetConfigs {
public:
    std::optional<std::string> overrides(PluginCapabilityType type) const override {
        if (throws) {
            throw 7;
        }
        return type == PluginCapabilityType::Script ? std::optional(text) : std::nullopt;
    }
    void set_overrides(PluginCapabilityType, const std::string &changed) override { text = changed; }

    std::string text;
    bool throws = false;
};

const PluginCapabilityIdentifier id{PluginCapabilityType::Script, "run", "configured"};

std::string seen_by_the_plugin() {
    std::string error;
    return manager().run_script_capability("configured", "run", error).message;
}

} // namespace

TEST_CASE("the configuration of a capability") {
    const DataFolder data;
    data.write_source("configured", configured);
    const auto preset = std::make_shared<EditedPreset>();
    ManagerOptions options;
    options.preset_configs = preset;
    std::string logged;
    start(
        data, {"configured"},
        [&](LogLevel level, std::string_view, std::string_view, std::string_view text) {
            logged += level == LogLevel::Error ? std::string(text) : "";
        },
        options);

    SECTION("what it begins with is stored at its first load") {
        const auto config = manager().get_capability_config(id);
        REQUIRE(config.base);
        CHECK(config.base->config == R"({"speed":5})");
        CHECK(config.base->plugin_version == "1.0.0");
        CHECK_FALSE(config.preset);
        CHECK(config.effective() == &*config.base);
        CHECK(seen_by_the_plugin() == R"({"speed":5})");
    }
    SECTION("it is stored, and put back") {
        CHECK(manager().save_capability_config(id, R"({"speed":6})"));
        CHECK_FALSE(manager().save_capability_config(id, R"({"speed":6})"));
        CHECK(seen_by_the_plugin() == R"({"speed":6})");
        CHECK(manager().restore_default_config(id) == R"({"speed":5})");
        CHECK(seen_by_the_plugin() == R"({"speed":5})");
    }
    SECTION("the edited preset overrides it") {
        CHECK(manager().save_capability_config(id, R"({"speed":7})", ConfigScope::Preset));
        CHECK(preset->text.find("\"configured\"") != std::string::npos);
        CHECK(seen_by_the_plugin() == R"({"speed":7})");
        Preset saved;
        saved.options["post_process_plugin"] = {"other"};
        const auto pruned = manager().prune_config_overrides(saved, preset->text);
        REQUIRE(pruned);
        CHECK(pruned->find("\"configured\"") == std::string::npos);
        CHECK(manager().remove_config_override(id));
        CHECK_FALSE(manager().remove_config_override(id));
        CHECK(seen_by_the_plugin() == R"({"speed":5})");
    }
    SECTION("an application that throws overrides nothing") {
        preset->text = R"([{"plugin_key":"configured","capability":"run","capability_type":"script","cap_config":1}])";
        CHECK(seen_by_the_plugin() == "1");
        preset->throws = true;
        CHECK(seen_by_the_plugin() == R"({"speed":5})");
        CHECK(logged.find("`PresetConfigs::overrides` threw") != std::string::npos);
    }
    SECTION("its page") {
        CHECK(manager().has_config_ui(id));
        CHECK(manager().get_config_ui(id) == "<form>");
        CHECK_FALSE(manager().has_config_ui({PluginCapabilityType::Script, "other", "configured"}));
    }
    SECTION("what cannot be stored") {
        CHECK(error_of([] { manager().save_capability_config(id, "{"); }).code() == ErrorCode::ConfigFailed);
        CHECK(error_of([] { manager().save_capability_config(id, "\xff"); }).code() == ErrorCode::InvalidArgument);
        const PluginCapabilityIdentifier edit{PluginCapabilityType::PostProcessing, "edit", "configured"};
        CHECK(error_of([&] { manager().save_capability_config(edit, "{}", ConfigScope::Preset); }).code() ==
              ErrorCode::ConfigFailed);
        CHECK(error_of([&] { manager().restore_default_config(edit); }).code() == ErrorCode::NoCapability);
        CHECK(error_of([&] { manager().get_config_ui(edit); }).code() == ErrorCode::NoCapability);
    }
    manager().shutdown();
}
