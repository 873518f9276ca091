#include <algorithm>

#include <sys/wait.h>

#include "host.hpp"

using namespace matriline;

namespace {

/// Writes a plugin with one script `go`.
void write_script(const DataFolder &data, const char *key, const std::string &body) {
    const auto folder = data.path() / "orca_plugins" / key;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / (std::string(key) + ".py"))
        << "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"" << key
        << "\"\n# ///\nimport orca\nclass Go(orca.script.ScriptPluginCapabilityBase):\n"
           "    def get_name(self): return 'go'\n    def execute(self):\n        "
        << body
        << "\n@orca.plugin\nclass Package(orca.base):\n"
           "    def register_capabilities(self): orca.register_capability(Go)\n";
}

std::string error_kept(const char *key) {
    return loader().get_plugin_load_error(key);
}

} // namespace

// This one stands first: a child may run Python that its parent has not started yet.
TEST_CASE("a plugin that kills the process is reported and stays off") {
    const DataFolder data;
    write_script(data, "deadly", "import os; os._exit(3)");
    data.install("good");
    const pid_t child = fork();
    if (child == 0) {
        start(data, {"deadly", "good"});
        std::string error;
        manager().run_script_capability("deadly", "go", error);
        _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 3);

    start(data);
    const auto crashes = manager().crashes();
    REQUIRE(crashes.size() == 1);
    CHECK(crashes[0].plugin_key == "deadly");
    CHECK(crashes[0].activity == PluginActivity::Calling);
    REQUIRE(crashes[0].capability);
    CHECK(crashes[0].capability->name == "go");
    CHECK(crashes[0].capability->type == PluginCapabilityType::Script);
    CHECK(crashes[0].when > std::chrono::system_clock::now() - std::chrono::hours(1));
    CHECK(crashes[0].text.find("capability `go`") != std::string::npos);
    CHECK(error_kept("deadly").find("stays off") != std::string::npos);
    PluginDescriptor found;
    REQUIRE(manager().get_catalog().try_get_valid_plugin_descriptor("deadly", found));
    CHECK(found.has_error());
    CHECK(found.metadata_valid);
    manager().load_enabled().wait();
    CHECK(loader().is_plugin_loaded("good"));
    CHECK_FALSE(loader().is_plugin_loaded("deadly"));
    CHECK(load("deadly").empty());
    manager().shutdown();
    start(data);
    CHECK(manager().crashes().empty());
    manager().shutdown();
}

TEST_CASE("scripts run, and what goes wrong is kept") {
    const DataFolder data;
    data.install("echo_plugin");
    write_script(data, "recoverable",
                 "return orca.ExecutionResult.failure(orca.PluginResult.RecoverableError, 'sorry')");
    write_script(data, "silent", "return orca.ExecutionResult.failure(orca.PluginResult.FatalError, '')");
    write_script(data, "raises", "raise KeyError('layers')");
    write_script(data, "skips", "return orca.ExecutionResult.skipped('nothing to do')");
    start(data, {"Echo_Plugin", "recoverable", "silent", "raises", "skips"});
    std::string error = "old";
    const auto run = [&](const char *key, const char *name = "go") {
        return manager().run_script_capability(key, name, error);
    };

    CHECK(run("Echo_Plugin", "Echo").message == "echo");
    CHECK(error.empty());
    CHECK(run("skips").status == PluginResult::Skipped);
    CHECK(error.empty());

    CHECK(run("recoverable").status == PluginResult::RecoverableError);
    CHECK(error == "sorry");
    CHECK(error_kept("recoverable") == "sorry");
    CHECK(loader().is_plugin_loaded("recoverable"));

    CHECK(run("silent").status == PluginResult::FatalError);
    CHECK(error == "Script plugin failed.");
    CHECK_FALSE(loader().is_plugin_loaded("silent"));
    InstallState state;
    REQUIRE(manager().get_catalog().try_get_install_state("silent", state));
    CHECK(state.enabled);

    const ExecutionResult raised = run("raises");
    CHECK(raised.status == PluginResult::FatalError);
    CHECK(raised.message == error);
    CHECK(error.find("KeyError") != std::string::npos);
    CHECK(error.find("Traceback") != std::string::npos);
    CHECK_FALSE(loader().is_plugin_loaded("raises"));

    CHECK(run("raises").status == PluginResult::FatalError);
    CHECK(error.find("is loaded; load the plugin") != std::string::npos);
    CHECK(run("skips", "nothing").status == PluginResult::FatalError);
    CHECK(run("skips", "\xff").status == PluginResult::FatalError);
    CHECK(error.find("not UTF-8") != std::string::npos);
    loader().disable_capability("skips", "go", PluginCapabilityType::Script);
    CHECK(run("skips").status == PluginResult::FatalError);
    CHECK(loader().is_plugin_loaded("skips"));
    manager().shutdown();
}

TEST_CASE("the application reports and clears errors") {
    const DataFolder data;
    data.install("good");
    data.install("echo_plugin");
    start(data);
    CHECK_FALSE(manager().set_plugin_error("nobody", "broken"));
    CHECK_FALSE(manager().clear_plugin_error("nobody"));
    CHECK(manager().set_plugin_error("good", "broken"));
    CHECK(manager().set_plugin_error("Echo_Plugin", "broken too"));
    CHECK(error_kept("good") == "broken");
    PluginDescriptor found;
    REQUIRE(manager().get_catalog().try_get_plugin_descriptor("good", found));
    CHECK(found.error == "broken");
    CHECK(manager().clear_plugin_error("good"));
    CHECK(manager().clear_plugin_error("good"));
    CHECK(error_kept("good").empty());
    manager().get_catalog().clear_all_plugin_errors();
    CHECK(error_kept("Echo_Plugin").empty());
    CHECK(error_of([] { manager().set_plugin_error("good", "\xff"); }).code() == ErrorCode::InvalidArgument);
    manager().shutdown();
}

TEST_CASE("a search halves the plugins") {
    Bisect search({"a", "b", "c", "d", "b"});
    CHECK(search.to_load().empty());
    CHECK(search.suspects().size() == 4);
    CHECK(search.finding() == Bisect::Finding::None);
    for (unsigned answers = 0; search.finding() == Bisect::Finding::None; ++answers) {
        REQUIRE(answers < 6);
        const auto load = search.to_load();
        const bool is_bad = std::find(load.begin(), load.end(), "c") != load.end();
        search = Bisect::from_text(search.to_text());
        search.answer(is_bad ? Bisect::Answer::Bad : Bisect::Answer::Good);
    }
    CHECK(search.finding() == Bisect::Finding::Guilty);
    CHECK(search.guilty() == std::vector<std::string>{"c"});
    CHECK(search.steps_left() == 0);
    CHECK(search.to_load().empty());

    Bisect without({"a"});
    without.answer(Bisect::Answer::Bad);
    CHECK(without.finding() == Bisect::Finding::NoPlugin);
    CHECK(without.guilty().empty());
    Bisect healthy({});
    healthy.answer(Bisect::Answer::Good);
    CHECK(healthy.finding() == Bisect::Finding::NoFault);
    CHECK(error_of([] { Bisect::from_text("{}"); }).code() == ErrorCode::InvalidArgument);
    CHECK(error_of([] { Bisect({"\xff"}); }).code() == ErrorCode::InvalidArgument);
}
