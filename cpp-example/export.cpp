#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "preset.hpp"
#include "report.hpp"

namespace fs = std::filesystem;

namespace {

void check(const std::error_code &problem, const std::string &act) {
    if (problem) {
        throw std::runtime_error(act + ": " + problem.message());
    }
}

void check_paths(const fs::path &source, const fs::path &output) {
    std::error_code ignored;
    if (!fs::is_regular_file(source, ignored)) {
        throw std::runtime_error("The G-code file `" + source.string() +
                                 "` does not exist; give another one with `--gcode`");
    }
    if (!fs::is_directory(output.parent_path(), ignored)) {
        throw std::runtime_error("The folder `" + output.parent_path().string() +
                                 "` does not exist; create it, or give another file with `--output`");
    }
}

/// A copy that goes again unless it is kept.
class WorkingCopy {
public:
    WorkingCopy(const fs::path &source, const fs::path &output) : path_(output), output_(output) {
        path_ += ".part";
        std::error_code problem;
        fs::copy_file(source, path_, fs::copy_options::overwrite_existing, problem);
        check(problem, "The G-code file `" + source.string() + "` can't be copied to `" + path_.string() + "`");
    }
    WorkingCopy(const WorkingCopy &) = delete;
    WorkingCopy &operator=(const WorkingCopy &) = delete;
    ~WorkingCopy() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }

    std::string path() const { return path_.string(); }
    void keep() const {
        std::error_code problem;
        fs::rename(path_, output_, problem);
        check(problem, "The output `" + output_.string() + "` can't be written");
    }

private:
    fs::path path_;
    fs::path output_;
};

/// Loads the plugins a preset refers to. One that does not load shows itself when the requirements are checked.
void load_plugins(const Preset &preset) {
    auto &manager = matriline::PluginManager::instance();
    for (const std::string &text : preset.plugins) {
        if (const auto reference = matriline::parse_capability_ref(text)) {
            manager.get_loader().load_plugin(manager.get_catalog(), reference->plugin_key());
        }
    }
}

/// What the preset needs and does not have; empty when nothing is missing.
std::string missing(const Preset &preset) {
    std::string problems;
    for (const auto &requirement : matriline::PluginManager::instance().check_requirements(
             matriline::PluginCapabilityType::PostProcessing, preset.post_process_plugin, &preset.plugins)) {
        if (!requirement.satisfied) {
            problems += (problems.empty() ? "" : "; ") + requirement.problem;
        }
    }
    return problems;
}

} // namespace

int export_gcode(const Options &options) {
    const Preset preset = read_preset(options["--preset"]);
    check_paths(options["--gcode"], options["--output"]);
    start_plugins(options["--data-dir"]);
    load_plugins(preset);
    if (const std::string problems = missing(preset); !problems.empty()) {
        throw std::runtime_error("The export is refused: " + problems);
    }

    const WorkingCopy copy(options["--gcode"], options["--output"]);
    matriline::PostProcessJob job;
    job.source = copy.path();
    job.make_copy = false;
    job.output_name = fs::path(options["--output"]).filename().string();
    job.post_process_plugin = preset.post_process_plugin;
    job.plugins = preset.plugins;
    matriline::PluginManager::instance().run_post_process_plugins(job, print_step);
    copy.keep();
    return 0;
}
