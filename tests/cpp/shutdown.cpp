#include <chrono>
#include <thread>

#include "host.hpp"

using namespace matriline;

TEST_CASE("a shutdown cancels a load and waits for it") {
    const DataFolder data;
    const auto folder = data.path() / "orca_plugins" / "slow";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "slow.py") << "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"slow\"\n"
                                         "# version = \"1.0.0\"\n# ///\nimport pathlib, time\n"
                                         "pathlib.Path(__file__).with_name('here').touch()\ntime.sleep(1)\n";
    start(data);
    CHECK(loader().is_idle_and_empty());
    std::thread load([] { loader().load_plugin(manager().get_catalog(), "slow"); });
    while (!std::filesystem::exists(folder / "here")) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    CHECK_FALSE(loader().is_idle_and_empty());
    // it waits for the load, of which nothing remains
    manager().shutdown();
    load.join();
    CHECK_FALSE(manager().is_initialized());
    CHECK_FALSE(loader().is_plugin_loaded("slow"));
}

TEST_CASE("capabilities outlive the manager and Python") {
    const DataFolder data;
    data.install("good");
    start(data, {"good"});
    const auto held = edit("good");
    CHECK(held->execute(context()).message == "ok");

    manager().shutdown();
    manager().shutdown();
    CHECK_FALSE(manager().is_initialized());
    const auto refused = [&] {
        const ErrorCode code = error_of([&] { held->execute(context()); }).code();
        return code == ErrorCode::CapabilityUnloaded || code == ErrorCode::ShuttingDown;
    };
    CHECK(refused());
    CHECK_FALSE(held->is_enabled());
    CHECK_FALSE(loader().get_plugin_capability_by_name("good", PluginCapabilityType::PostProcessing, "edit"));

    PythonInterpreter::shutdown();
    CHECK(refused());
    std::thread([&] { CHECK(refused()); }).join();
}
