#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <unistd.h>

#include "child.hpp"
#include "commands.hpp"
#include "matriline/host_files.hpp"
#include "probe_report.hpp"
#include "scripted_host.hpp"

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// A folder of its own, gone at the end.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "mini-slicer-probe-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("No folder can be made in `" + fs::temp_directory_path().string() +
                                     "`: " + std::strerror(errno));
        }
        path_ = name;
        fs::create_directory(path_ / "data");
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    fs::path operator/(const char *name) const { return path_ / name; }

private:
    fs::path path_;
};

/// Whether a folder holds what could be the entry of a plugin.
bool is_plugin(const fs::path &folder) {
    std::error_code ignored;
    const fs::directory_iterator entries(folder, ignored);
    return std::any_of(begin(entries), end(entries), [](const fs::directory_entry &entry) {
        const auto kind = entry.path().extension();
        return kind == ".py" || kind == ".whl";
    });
}

/// The plugins that a path names: itself, or those in the folders below one that is no plugin.
std::vector<fs::path> plugins_at(const fs::path &path) {
    std::vector<fs::path> plugins;
    std::error_code ignored;
    if (fs::is_directory(path, ignored) && !is_plugin(path)) {
        for (fs::directory_iterator entry(path, ignored); entry != fs::directory_iterator(); entry.increment(ignored)) {
            if (entry->is_directory(ignored) && is_plugin(entry->path())) {
                plugins.push_back(entry->path());
            }
        }
        std::sort(plugins.begin(), plugins.end());
    }
    if (plugins.empty()) {
        plugins.push_back(path);
    }
    return plugins;
}

/// The last that a plugin has printed.
std::string tail(const fs::path &path) {
    constexpr std::streamoff room = 4096;
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const std::streamoff size = file.tellg();
    file.seekg(std::max<std::streamoff>(size - room, 0));
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The command line of the process that puts one plugin through.
std::vector<std::string> command_line(const Options &options, const fs::path &plugin, const Folder &folder) {
    std::vector<std::string> words{options.program(),
                                   "probe-plugin",
                                   plugin.string(),
                                   "--data-dir",
                                   (folder / "data").string(),
                                   "--report",
                                   (folder / "report").string()};
    for (const char *option : {"--offer", "--gcode", "--model", "--presets", "--uv", "--wheels"}) {
        for (const std::string &value : options.all(option)) {
            words.insert(words.end(), {option, value});
        }
    }
    if (options.has("--run")) {
        words.push_back("--run");
    }
    return words;
}

std::chrono::milliseconds time_limit(const Options &options) {
    const std::string text = options.get("--time-limit", "120");
    char *end = nullptr;
    const double seconds = std::strtod(text.c_str(), &end);
    if (*end != '\0' || !(seconds > 0.0 && seconds < 1e6)) {
        throw UsageError{"The option `--time-limit` takes seconds, not `" + text + "`"};
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// Throws for an application that cannot be offered to any plugin.
void check_host(const Options &options) {
    generation(options.get("--offer", "newest"));
    if (options.has("--model")) {
        matriline::host::read_model(options["--model"]);
    }
    if (options.has("--presets")) {
        matriline::host::read_presets(options["--presets"]);
    }
}

/// What became of a plugin, in one word, and what is wrong when its process did not come to its end.
struct Outcome {
    const char *word;
    std::string problem;
};

Outcome outcome_of(const Ending &ending, std::map<std::string, Json> &report) {
    if (report["finished"].text() == "true") {
        return {report["error"].text() == "null" ? "loaded" : "failed", ""};
    }
    std::string doing = report["doing"].text();
    doing = doing == "null" ? "starting" : doing.substr(1, doing.size() - 2);
    switch (ending.how) {
    case Ending::How::Killed:
        return {"crashed", "The process was killed by signal " + std::to_string(ending.number) + " (" +
                               strsignal(ending.number) + ") while " + doing};
    case Ending::How::TimedOut:
        return {"timed-out", "The time limit ran out while " + doing};
    default:
        return {"exited", "The process was ended with status " + std::to_string(ending.number) + " while " + doing};
    }
}

/// The entry of a plugin: its report in a fixed order, what it says nothing of as `null`.
Json entry(const fs::path &plugin, const char *outcome, std::map<std::string, Json> report) {
    Json::Members members{{"path", plugin.string()}, {"outcome", outcome}};
    for (const char *name : {"plugin_key", "name", "version", "loaded", "error", "capabilities", "warnings", "errors",
                             "runs", "windows", "load_ms", "total_ms", "output"}) {
        members.emplace_back(name, report[name]);
    }
    return Json::object(members);
}

/// Puts one plugin through, in a process and a data folder of its own.
Json put_through(const Options &options, const fs::path &plugin, std::chrono::milliseconds limit) {
    if (!fs::exists(plugin)) {
        throw std::runtime_error("There is nothing at `" + plugin.string() + "`");
    }
    const Folder folder;
    const auto begin = Clock::now();
    const Ending ending = run_child(command_line(options, plugin, folder), folder / "output", limit);
    const std::chrono::duration<double, std::milli> elapsed = Clock::now() - begin;
    auto report = read_report(folder / "report");
    const auto [word, problem] = outcome_of(ending, report);
    if (!problem.empty()) {
        report["error"] = error_json(problem);
    }
    report["total_ms"] = elapsed.count();
    report["output"] = tail(folder / "output");
    return entry(plugin, word, report);
}

Json probed(const Options &options, const fs::path &plugin, std::chrono::milliseconds limit) {
    try {
        return put_through(options, plugin, limit);
    } catch (const std::exception &error) {
        return entry(plugin, "failed", {{"loaded", false}, {"error", error_json(std::string(error.what()))}});
    }
}

} // namespace

int probe(const Options &options) {
    if (options.get("--format", "json") != "json") {
        throw UsageError{"The option `--format` takes `json`, not `" + options.get("--format") + "`"};
    }
    check_host(options);
    if (options.all("PATH").empty()) {
        throw UsageError{"The operand `PATH` is missing"};
    }
    const auto limit = time_limit(options);
    const char *separator = "{\"plugins\":[\n";
    for (const std::string &path : options.all("PATH")) {
        for (const fs::path &plugin : plugins_at(path)) {
            std::printf("%s%s", separator, probed(options, plugin, limit).text().c_str());
            std::fflush(stdout);
            separator = ",\n";
        }
    }
    std::printf("\n]}\n");
    return 0;
}
