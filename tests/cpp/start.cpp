#include <fstream>
#include <mutex>

#include "host.hpp"

using namespace matriline;

TEST_CASE("a log callback may ask the manager that is being started") {
    const DataFolder data;
    // a file where the log folder belongs is a warning at the start
    data.write_file("log", "");
    std::mutex mutex;
    std::string lines;
    bool was_initialized = false, was_started = false;
    ManagerOptions options;
    options.data_dir = data.path().string();
    options.log = [&](LogLevel, std::string_view, std::string_view, std::string_view text) {
        const std::lock_guard lock(mutex);
        lines += text;
        was_initialized |= manager().is_initialized();
        was_started |= manager().initialize();
    };
    manager().configure(options);

    REQUIRE(manager().initialize());
    CHECK(lines.find("log") != std::string::npos);
    CHECK_FALSE(was_initialized);
    CHECK_FALSE(was_started);
    CHECK(manager().last_error().find("being started") != std::string::npos);
    CHECK(manager().is_initialized());
    CHECK(manager().initialize());
    CHECK(manager().last_error().empty());
    manager().shutdown();
}

TEST_CASE("a start that failed can be tried again") {
    ManagerOptions options;
    options.data_dir = "/nowhere/at/all";
    manager().configure(options);
    CHECK_FALSE(manager().initialize());
    CHECK(manager().last_error().find("/nowhere/at/all") != std::string::npos);
    CHECK_FALSE(manager().is_initialized());

    const DataFolder data;
    start(data);
    manager().shutdown();
}
