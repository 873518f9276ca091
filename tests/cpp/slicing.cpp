#include "host.hpp"

using namespace matriline;

namespace {

std::string step(const std::string &execute) {
    return "class Step(orca.slicing.SlicingPipelineCapabilityBase):\n"
           "    def get_name(self): return 'step'\n"
           "    def execute(self, ctx):\n        " +
           execute +
           "\n@orca.plugin\n"
           "class Package(orca.base):\n"
           "    def register_capabilities(self): orca.register_capability(Step)\n";
}

} // namespace

TEST_CASE("slicing capabilities take part in an export") {
    const DataFolder data;
    data.write_source(
        "step", step("open(ctx.gcode_path, 'a').write(f\"{ctx.step.name} {ctx.config_value('layer_height')} "
                     "{ctx.config_value('none')} {ctx.cancelled()}\")\n"
                     "        return orca.ExecutionResult.failure(orca.PluginResult.RecoverableError, 'beware')"));
    data.write_plugin("stamp", "open(ctx.gcode_path, 'a').write('; edited '); "
                               "return orca.ExecutionResult.success()");
    start(data, {"step", "stamp"});

    PostProcessJob job;
    job.source = data.write_file("in.gcode", "G1\n");
    job.post_process_plugin = {"edit"};
    job.slicing_pipeline_plugin = {"step"};
    job.plugins = {"stamp;;edit", "step;;step"};

    SECTION("after the others, with the print's configuration; a recoverable error is a warning") {
        job.config_value = [](const std::string &key) {
            return key == "layer_height" ? std::optional<std::string>("0.2") : std::nullopt;
        };
        std::vector<PostProcessStep> steps;
        const auto edited = manager().run_post_process_plugins(job, [&](const auto &step) { steps.push_back(step); });
        REQUIRE(edited);
        CHECK(read_file(*edited) == "G1\n; edited psGCodePostProcess 0.2 None False");
        REQUIRE(steps.size() == 2);
        REQUIRE(steps[1].result);
        CHECK(steps[1].result->status == PluginResult::RecoverableError);
    }
    SECTION("an application that tells nothing, or throws") {
        job.config_value = [](const std::string &) -> std::optional<std::string> { throw 7; };
        const auto edited = manager().run_post_process_plugins(job);
        REQUIRE(edited);
        CHECK(read_file(*edited) == "G1\n; edited psGCodePostProcess None None False");
    }
    SECTION("a cancelled export") {
        job.cancelled = [] { return true; };
        CHECK(error_of([&] { manager().run_post_process_plugins(job); }).code() == ErrorCode::ExportCancelled);
        CHECK_FALSE(std::filesystem::exists(job.source + ".pp"));
    }
    manager().shutdown();
}
