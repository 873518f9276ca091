#include <atomic>
#include <thread>
#include <vector>

#include "host.hpp"

using namespace matriline;

TEST_CASE("eight threads call at once, across an unload and a shutdown") {
    const DataFolder data;
    data.install("good");
    data.install("raises_in_execute");
    start(data, {"good", "raises_in_execute"});
    const auto good = edit("good");
    const auto raises = edit("raises_in_execute");

    std::atomic<int> answered{0}, raised{0}, refused{0}, wrong{0};
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int number = 0; number < 8; ++number) {
        threads.emplace_back([&] {
            while (!stop) {
                try {
                    answered += good->execute(context()).message == "ok";
                    raises->execute(context());
                    ++wrong;
                } catch (const Error &error) {
                    switch (error.code()) {
                    case ErrorCode::PluginRaised:
                        ++raised;
                        break;
                    case ErrorCode::CapabilityUnloaded:
                    case ErrorCode::ShuttingDown:
                        ++refused;
                        break;
                    default:
                        ++wrong;
                    }
                }
                const auto found =
                    loader().get_plugin_capability_by_name("good", PluginCapabilityType::PostProcessing, "edit");
                if (found && found->name != "edit") {
                    ++wrong;
                }
            }
        });
    }
    while (answered < 400 || raised < 400) {
        std::this_thread::yield();
    }
    CHECK(loader().unload_plugin("raises_in_execute"));
    while (refused < 100) {
        std::this_thread::yield();
    }
    manager().shutdown();
    const int before = refused;
    while (refused < before + 100) {
        std::this_thread::yield();
    }
    stop = true;
    for (std::thread &thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
}
