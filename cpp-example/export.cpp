#include <filesystem>
#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "preset.hpp"
#include "report.hpp"

namespace fs = std::filesystem;

namespace {

/// A copy that goes again unless it is kept.
class WorkingCopy {
public:
    WorkingCopy(const fs::path &source, const fs::path &output) : path_(output), output_(output) {
        path_ += ".part";
        fs::copy_file(source, path_, fs::copy_options::overwrite_existing);
    }
    WorkingCopy(const WorkingCopy &) = delete;
    WorkingCopy &operator=(const WorkingCopy &) = delete;
    ~WorkingCopy() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }

    std::string path() const { return path_.string(); }
    void keep() const { fs::rename(path_, output_); }

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
