// C++ -> plugin `execute` -> result, beside the C API alone, in one run.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "matriline/matriline.hpp"
#include "raw.hpp"

using namespace matriline;

namespace {

constexpr int rounds = 21;
constexpr const char *plain = "return NAME.ExecutionResult.success('ok')";
constexpr const char *reading = "ctx.gcode_path; return NAME.ExecutionResult.success('ok')";

struct Row {
    const char *name;
    int calls;
    std::function<void()> call;
    std::vector<double> samples;
};

/// Times all rows in turns, so that what disturbs one disturbs all.
void measure(std::vector<Row> &rows) {
    for (int round = 0; round < rounds; ++round) {
        for (Row &row : rows) {
            const auto start = std::chrono::steady_clock::now();
            for (int call = 0; call < row.calls; ++call) {
                row.call();
            }
            const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
            row.samples.push_back(elapsed.count() / row.calls);
        }
    }
}

void print(const char *thread, std::vector<Row> &rows) {
    for (Row &row : rows) {
        std::sort(row.samples.begin(), row.samples.end());
        std::printf("%-14s  %-44s  %9.1f  %9.1f\n", thread, row.name, row.samples[row.samples.size() / 2],
                    row.samples.front());
    }
}

std::string body(const char *code, const char *name) {
    std::string text = code;
    return text.replace(text.find("NAME"), 4, name);
}

void write_plugin(const std::filesystem::path &data, const std::string &key, const std::string &execute) {
    const auto folder = data / "orca_plugins" / key;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / (key + ".py")) << "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"" << key
                                          << "\"\n# ///\nimport orca\n"
                                             "class Edit(orca.gcode.GCodePluginCapabilityBase):\n"
                                             "    def get_name(self): return 'edit'\n"
                                             "    def execute(self, ctx):\n        "
                                          << execute
                                          << "\n@orca.plugin\nclass Package(orca.base):\n"
                                             "    def register_capabilities(self):\n"
                                             "        orca.register_capability(Edit)\n";
}

std::shared_ptr<GCodePluginCapability> find(const char *key) {
    const auto found = PluginManager::instance().get_loader().get_plugin_capability_by_name(
        key, PluginCapabilityType::PostProcessing, "edit");
    return found ? std::dynamic_pointer_cast<GCodePluginCapability>(found->instance) : nullptr;
}

int run(const std::filesystem::path &data) {
    write_plugin(data, "plain", body(plain, "orca"));
    write_plugin(data, "reading", body(reading, "orca"));
    auto &manager = PluginManager::instance();
    ManagerOptions options;
    options.data_dir = data.string();
    options.application_version = "2.4.0";
    manager.configure(std::move(options));
    if (!manager.initialize()) {
        std::fprintf(stderr, "%s\n", manager.last_error().c_str());
        return 1;
    }
    manager.discover_plugins();
    for (const char *key : {"plain", "reading"}) {
        manager.get_loader().load_plugin(manager.get_catalog(), key);
        manager.get_loader().wait_for_all_plugin_loads();
        if (!find(key)) {
            std::fprintf(stderr, "%s\n", manager.get_loader().get_plugin_load_error(key).c_str());
            return 1;
        }
    }
    std::unique_ptr<RawPlugin> raw_plain, raw_reading;
    {
        const PythonGILState gil;
        raw_plain = std::make_unique<RawPlugin>(body(plain, "raw").c_str());
        raw_reading = std::make_unique<RawPlugin>(body(reading, "raw").c_str());
    }

    GCodePluginContext context;
    context.orca_version = "2.4.0";
    context.gcode_path = "/tmp/exports/benchy_0.2mm_PLA.gcode";
    context.host = "File";
    context.output_name = "benchy_0.2mm_PLA.gcode";
    const RawPlugin::Context raw_context{context.orca_version, context.gcode_path, context.host, context.output_name};
    const auto ours = find("plain"), ours_reading = find("reading");

    const auto calls = [&](int count) {
        return std::vector<Row>{
            {"matriline execute", count, [&] { ours->execute(context); }, {}},
            {"raw C API", count, [&] { raw_plain->execute(raw_context); }, {}},
            {"matriline execute, plugin reads ctx.gcode_path", count, [&] { ours_reading->execute(context); }, {}},
            {"raw C API, plugin reads ctx.gcode_path", count, [&] { raw_reading->execute(raw_context); }, {}},
        };
    };

    std::printf("Python %s, matriline %s; median and best of %d rounds, ns for each call\n\n", PY_VERSION,
                MATRILINE_VERSION, rounds);
    std::printf("%-14s  %-44s  %9s  %9s\n", "thread", "what", "median", "best");

    auto on_main = calls(20000);
    on_main.push_back({"look-up by name and cast", 100000, [] { find("plain"); }, {}});
    measure(on_main);
    print("main", on_main);

    std::thread([&] {
        const PyGILState_STATE gil = PyGILState_Ensure();
        PyThreadState *state = PyEval_SaveThread();
        auto kept = calls(20000);
        measure(kept);
        print("worker, kept", kept);
        PyEval_RestoreThread(state);
        PyGILState_Release(gil);
    }).join();

    std::thread([&] {
        std::vector<Row> rows{
            {"raw C API, thread state made for each call", 2000, [&] { raw_plain->execute(raw_context); }, {}}};
        measure(rows);
        print("worker", rows);
        std::vector<Row> own{{"matriline execute", 20000, [&] { ours->execute(context); }, {}}};
        measure(own);
        print("worker", own);
    }).join();
    manager.shutdown();
    return 0;
}

} // namespace

int main() {
    std::string folder = (std::filesystem::temp_directory_path() / "matriline-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
        return 1;
    }
    const int status = run(folder);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return status;
}
