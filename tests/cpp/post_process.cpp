#include "host.hpp"

using namespace matriline;

TEST_CASE("post-processing") {
    const DataFolder data;
    for (const char *fixture : {"good", "raises_in_execute"}) {
        data.install(fixture);
    }
    data.write_plugin("stamp", "open(ctx.gcode_path, 'a').write(ctx.host + ctx.output_name); "
                               "return orca.ExecutionResult.success()");
    data.write_plugin("fails", "return orca.ExecutionResult.failure(orca.PluginResult.RecoverableError, 'try again')");
    start(data, {"good", "raises_in_execute", "stamp", "fails"});

    PostProcessJob job;
    job.source = data.write_file("in.gcode", "G1\n");
    job.output_name = "out.gcode";
    std::vector<PostProcessStep> steps;
    const auto report = [&](const PostProcessStep &step) { steps.push_back(step); };
    const auto run = [&](const std::string &key) {
        job.post_process_plugin = {"edit"};
        job.plugins = {key + ";;edit"};
        return manager().run_post_process_plugins(job, report);
    };

    SECTION("a copy is edited and the source stays") {
        const auto edited = run("stamp");
        REQUIRE(edited);
        CHECK(*edited == job.source + ".pp");
        CHECK(read_file(*edited) == "G1\nFileout.gcode");
        CHECK(read_file(job.source) == "G1\n");
        REQUIRE(steps.size() == 1);
        CHECK(steps[0].capability.plugin_key == "stamp");
        REQUIRE(steps[0].result);
        CHECK(steps[0].result->status == PluginResult::Success);
        CHECK(steps[0].elapsed.count() > 0);
    }
    SECTION("the source itself is edited") {
        job.make_copy = false;
        CHECK(run("stamp") == job.source);
        CHECK(read_file(job.source) == "G1\nFileout.gcode");
    }
    SECTION("no capability, nothing done") {
        CHECK_FALSE(manager().run_post_process_plugins(job));
    }
    SECTION("a failed result ends the run") {
        const auto error = error_of([&] { run("fails"); });
        CHECK(error.code() == ErrorCode::PostProcessFailed);
        CHECK(std::string(error.what()).find("try again") != std::string::npos);
        REQUIRE(steps.size() == 1);
        CHECK(steps[0].result->status == PluginResult::RecoverableError);
        CHECK_FALSE(std::filesystem::exists(job.source + ".pp"));
    }
    SECTION("an exception ends the run and keeps its traceback") {
        const auto error = error_of([&] { run("raises_in_execute"); });
        CHECK(error.traceback().find("KeyError") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(job.source + ".pp"));
        REQUIRE(steps.size() == 1);
        REQUIRE(steps[0].error);
        CHECK(steps[0].error->code() == ErrorCode::PluginRaised);
    }
    SECTION("what the report throws comes out") {
        job.post_process_plugin = {"edit"};
        job.plugins = {"good;;edit"};
        const auto throws = [](const PostProcessStep &) { throw 7; };
        CHECK_THROWS_AS(manager().run_post_process_plugins(job, throws), int);
        CHECK(!std::filesystem::exists(job.source + ".pp"));
    }
    manager().shutdown();
}
