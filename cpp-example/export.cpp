#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "matriline/plugin_resolver.hpp"
#include "presets.hpp"
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

/// The options of all presets together, for capabilities that take part in slicing, on whatever thread they ask.
class PrintConfig {
public:
    explicit PrintConfig(const Options &options) {
        for (const char *option : {"--preset", "--printer-preset", "--filament-preset"}) {
            for (const std::string &path : options.all(option)) {
                documents_.push_back(read_document(path, option));
            }
        }
    }

    /// The value in the first preset that has the option; of a list, its items with commas between them.
    std::optional<std::string> value(const std::string &key) const {
        const std::lock_guard lock(mutex_);
        for (const auto &document : documents_) {
            if (const auto values = document.strings(key)) {
                std::string text;
                for (const std::string &value : *values) {
                    text += (&value == &values->front() ? "" : ",") + value;
                }
                return text;
            }
        }
        return std::nullopt;
    }

private:
    mutable std::mutex mutex_;
    std::vector<matriline::PresetDocument> documents_;
};

/// The names that an option of a preset holds.
std::vector<std::string> names_in(const matriline::Preset &preset, const std::string &option) {
    const auto found = preset.options.find(option);
    return found == preset.options.end() ? std::vector<std::string>() : found->second;
}

/// The print preset, then the others.
std::vector<matriline::Preset> read_presets(const Options &options) {
    using matriline::PresetType;
    std::vector<matriline::Preset> presets{read_preset(PresetType::Print, options["--preset"], "--preset")};
    for (const std::string &path : options.all("--printer-preset")) {
        presets.push_back(read_preset(PresetType::Printer, path, "--printer-preset"));
    }
    for (const std::string &path : options.all("--filament-preset")) {
        presets.push_back(read_preset(PresetType::Filament, path, "--filament-preset"));
    }
    return presets;
}

/// Says what the presets lack, and throws when that is anything.
void check_presets(const std::vector<matriline::Preset> &presets) {
    matriline::PluginResolver resolver;
    resolver.refresh(presets);
    print_missing(resolver);
    if (resolver.blocks_slicing() || !resolver.unreferenced().empty()) {
        throw std::runtime_error("The export is refused, since the presets lack: " + summary(resolver));
    }
}

} // namespace

int export_gcode(const Options &options) {
    const auto presets = read_presets(options);
    check_paths(options["--gcode"], options["--output"]);
    start_plugins(options);
    load_plugins(presets);
    check_presets(presets);

    const WorkingCopy copy(options["--gcode"], options["--output"]);
    matriline::PostProcessJob job;
    job.source = copy.path();
    job.make_copy = false;
    job.output_name = fs::path(options["--output"]).filename().string();
    const matriline::Preset &print = presets.front();
    job.post_process_plugin = names_in(print, "post_process_plugin");
    job.slicing_pipeline_plugin = names_in(print, "slicing_pipeline_plugin");
    const auto config = std::make_shared<const PrintConfig>(options);
    job.config_value = [config](const std::string &key) { return config->value(key); };
    job.plugins = print.plugins;
    matriline::PluginManager::instance().run_post_process_plugins(job, print_step);
    copy.keep();
    return 0;
}
