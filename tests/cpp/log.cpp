#include "matriline/log.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

#include "host.hpp"

using namespace matriline;

TEST_CASE("the application receives the log, and may throw from it") {
    const DataFolder data;
    data.install("good");
    data.install("raises_at_import");
    struct Line {
        LogLevel level;
        std::string target, plugin, text;
    };
    std::mutex mutex;
    std::vector<Line> lines;
    start(data, {"good"}, [&](LogLevel level, std::string_view target, std::string_view plugin, std::string_view text) {
        const std::lock_guard lock(mutex);
        lines.push_back({level, std::string(target), std::string(plugin), std::string(text)});
        throw 1;
    });
    const auto has = [&](auto matches) {
        const std::lock_guard lock(mutex);
        return std::any_of(lines.begin(), lines.end(), matches);
    };

    CHECK(has([](const Line &line) { return line.target.rfind("matriline", 0) == 0; }));
    load("raises_at_import");
    CHECK(has([](const Line &line) { return line.plugin == "raises_at_import" && line.level >= LogLevel::Warn; }));

    std::thread([] { matriline::log(LogLevel::Error, "mine", "p", "Größe"); }).join();
    CHECK(has([](const Line &line) {
        return line.level == LogLevel::Error && line.target == "mine" && line.plugin == "p" && line.text == "Größe";
    }));
    manager().shutdown();
}
