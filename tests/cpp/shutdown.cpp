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

TEST_CASE("a shutdown ends all loads, also of who waits for them") {
    const DataFolder data;
    std::vector<std::string> keys;
    for (int number = 0; number < 12; ++number) {
        keys.push_back("plugin_" + std::to_string(number));
        data.write_plugin(keys.back(), "return orca.ExecutionResult.success('ok')", "import time\ntime.sleep(0.2)");
    }
    start(data);
    const auto loads = manager().load_plugins(keys);
    std::thread waiting([&] { loads.wait(); });
    loads.wait(std::chrono::milliseconds(50));
    manager().shutdown();
    waiting.join();
    const auto all = loads.loads();
    REQUIRE(all.size() == keys.size());
    for (const PluginLoad &load : all) {
        CHECK(load.stage == LoadStage::Over);
        CHECK_FALSE(loader().is_plugin_loaded(load.plugin_key));
        if (load.error) {
            CHECK(load.error->code() == ErrorCode::LoadCancelled);
        }
    }
    CHECK(loads.failures().size() > 0);
    CHECK(loads.progress().done == keys.size());
    loads.cancel();

    // a load that is asked for now says why there is none
    loader().load_plugin(manager().get_catalog(), "plugin_0");
    CHECK(loader().get_plugin_load_error("plugin_0").find("shut down") != std::string::npos);
    start(data, {"plugin_0"});
    manager().shutdown();
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
