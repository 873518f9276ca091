#include <thread>

#include "host.hpp"

using namespace matriline;

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
