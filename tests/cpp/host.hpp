#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "catch.hpp"
#include "matriline/matriline.hpp"

/// A data folder of its own, gone at the end.
class DataFolder {
public:
    DataFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "matriline-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        path_ = std::filesystem::canonical(name);
    }
    DataFolder(const DataFolder &) = delete;
    DataFolder &operator=(const DataFolder &) = delete;
    ~DataFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::filesystem::path &path() const { return path_; }

    /// Copies a plugin of `tests/fixtures/plugins`.
    void install(const std::string &fixture) const {
        const auto target = path_ / "orca_plugins" / fixture;
        std::filesystem::create_directories(target);
        std::filesystem::copy(std::filesystem::path(MATRILINE_FIXTURES) / fixture, target,
                              std::filesystem::copy_options::recursive);
    }

    /// Writes a plugin with one post-processing capability `edit`, whose `execute(self, ctx)` has this body; `before`
    /// stands before its classes.
    void write_plugin(const std::string &key, const std::string &execute, const std::string &before = "") const {
        const auto folder = path_ / "orca_plugins" / key;
        std::filesystem::create_directories(folder);
        std::ofstream(folder / (key + ".py")) << "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"" << key
                                              << "\"\n# version = \"1.0.0\"\n# ///\nimport orca\n"
                                              << before
                                              << "\n"
                                                 "class Edit(orca.gcode.GCodePluginCapabilityBase):\n"
                                                 "    def get_name(self): return 'edit'\n"
                                                 "    def execute(self, ctx):\n        "
                                              << execute
                                              << "\n@orca.plugin\nclass Package(orca.base):\n"
                                                 "    def register_capabilities(self):\n"
                                                 "        orca.register_capability(Edit)\n";
    }

    /// Writes a plugin of this source, below `import orca`.
    void write_source(const std::string &key, const std::string &source) const {
        const auto folder = path_ / "orca_plugins" / key;
        std::filesystem::create_directories(folder);
        std::ofstream(folder / (key + ".py")) << "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"" << key
                                              << "\"\n# version = \"1.0.0\"\n# ///\nimport orca\n"
                                              << source;
    }

    std::string write_file(const std::string &name, const std::string &text) const {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path &path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline matriline::PluginManager &manager() {
    return matriline::PluginManager::instance();
}
inline matriline::PluginLoader &loader() {
    return manager().get_loader();
}

/// Loads a plugin, waits, and answers what went wrong.
inline std::string load(const std::string &key, const std::vector<std::string> &capabilities = {}) {
    loader().load_plugin(manager().get_catalog(), key, false, capabilities);
    std::string error;
    const bool loaded = loader().wait_for_plugin_load(key, std::chrono::minutes(1), error);
    CHECK(loaded == error.empty());
    return error;
}

/// Starts the manager on a folder and loads plugins. The one before must be shut down.
inline void start(const DataFolder &data, std::initializer_list<const char *> keys = {},
                  matriline::LogCallback log = {}, matriline::ManagerOptions options = {}) {
    options.data_dir = data.path().string();
    options.application_version = "2.4.0";
    options.log = std::move(log);
    manager().configure(std::move(options));
    const bool started = manager().initialize();
    INFO(manager().last_error());
    REQUIRE(started);
    manager().discover_plugins();
    for (const char *key : keys) {
        const std::string error = load(key);
        INFO(error);
        REQUIRE(loader().is_plugin_loaded(key));
    }
}

/// The post-processing capability `edit` of a plugin.
inline std::shared_ptr<matriline::GCodePluginCapability> edit(const char *key) {
    const auto found =
        loader().get_plugin_capability_by_name(key, matriline::PluginCapabilityType::PostProcessing, "edit");
    REQUIRE(found);
    auto capability = std::dynamic_pointer_cast<matriline::GCodePluginCapability>(found->instance);
    REQUIRE(capability);
    return capability;
}

inline matriline::GCodePluginContext context() {
    matriline::GCodePluginContext context;
    context.orca_version = "2.4.0";
    context.gcode_path = "a.gcode";
    context.host = "File";
    context.output_name = "b.gcode";
    return context;
}

/// The error that a call throws.
template <class Call>
matriline::Error error_of(Call &&call) {
    try {
        call();
    } catch (const matriline::Error &error) {
        return error;
    }
    FAIL("nothing was thrown");
    throw std::logic_error("unreachable");
}
