#include <cstdlib>
#include <optional>

#include "host.hpp"

using namespace matriline;
using namespace std::chrono_literals;

namespace {

/// Writes a plugin that asks for `probe` and answers with what it says.
void write_needy(const DataFolder &data, const char *key) {
    const auto folder = data.path() / "orca_plugins" / key;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / (std::string(key) + ".py"))
        << "# /// script\n# dependencies = [\"probe==1.0\"]\n# [tool.orcaslicer.plugin]\n# name = \"" << key
        << "\"\n# version = \"1.0.0\"\n# ///\nimport orca\n"
           "class Edit(orca.gcode.GCodePluginCapabilityBase):\n    def get_name(self): return 'edit'\n"
           "    def execute(self, ctx):\n        import probe\n"
           "        return orca.ExecutionResult.success(probe.WORD)\n"
           "@orca.plugin\nclass Package(orca.base):\n"
           "    def register_capabilities(self): orca.register_capability(Edit)\n";
}

/// A folder with a wheel of `probe` 1.0.
std::string write_wheels(const DataFolder &data) {
    const auto folder = data.path() / "wheels";
    std::filesystem::create_directories(folder);
    const auto script = data.write_file(
        "wheel.py",
        "import base64, hashlib, sys, zipfile\n"
        "files = {'probe.py': 'WORD = \"found\"\\n',\n"
        "    'probe-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\\nName: probe\\nVersion: 1.0\\n',\n"
        "    'probe-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'}\n"
        "def row(name, text):\n"
        "    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()\n"
        "    return f'{name},sha256={digest},{len(text)}\\n'\n"
        "record = ''.join(row(*file) for file in files.items())\n"
        "files['probe-1.0.dist-info/RECORD'] = record + 'probe-1.0.dist-info/RECORD,,\\n'\n"
        "with zipfile.ZipFile(sys.argv[1] + '/probe-1.0-py3-none-any.whl', 'w') as wheel:\n"
        "    for name, text in files.items(): wheel.writestr(name, text)\n");
    const std::string command = std::string("'") + MATRILINE_PYTHON + "' '" + script + "' '" + folder.string() + "'";
    REQUIRE(std::system(command.c_str()) == 0);
    return folder.string();
}

/// The uv of `MATRILINE_UV`, or one on `PATH`.
std::optional<std::string> find_uv() {
    if (const char *given = std::getenv("MATRILINE_UV")) {
        return given;
    }
    if (std::system("uv --version > /dev/null 2>&1") == 0) {
        return std::string();
    }
    return std::nullopt;
}

} // namespace

TEST_CASE("without uv a plugin with dependencies says so, and the others load") {
    const DataFolder data;
    data.install("good");
    write_needy(data, "needy");
    ManagerOptions options;
    options.dependencies.uv = "/nowhere/uv";
    start(data, {}, {}, options);
    const auto loads = manager().load_plugins({"good", "needy"});
    loads.wait();
    REQUIRE(loads.failures().size() == 1);
    const PluginLoad failed = loads.failures()[0];
    CHECK(failed.plugin_key == "needy");
    CHECK(failed.error->code() == ErrorCode::EnvironmentFailed);
    const std::string text = failed.error->what();
    CHECK(text.find("Failed to install plugin dependencies: ") == 0);
    CHECK(text.find("`/nowhere/uv` does not exist") != std::string::npos);
    CHECK(loader().get_plugin_load_error("needy") == text);
    CHECK(edit("good")->execute(context()).message == "ok");

    std::string error;
    CHECK_FALSE(loader().install_packages({"probe"}, error));
    CHECK(error.find("/nowhere/uv") != std::string::npos);

    // nobody installs, and the plugin misses its package when it is called
    loader().load_plugin(manager().get_catalog(), "needy", true);
    CHECK(loader().wait_for_plugin_load("needy", 60s, error));
    const auto missing = error_of([] { edit("needy")->execute(context()); });
    CHECK(std::string(missing.what()).find("probe") != std::string::npos);
    manager().shutdown();
}

TEST_CASE("dependencies are installed from a folder of wheels") {
    const auto uv = find_uv();
    if (!uv) {
        WARN("Skipped: there is no uv; put it on `PATH`, or name it in `MATRILINE_UV`");
        return;
    }
    const DataFolder data;
    write_needy(data, "needy");
    write_needy(data, "too");
    ManagerOptions options;
    options.dependencies.uv = *uv;
    options.dependencies.python = MATRILINE_PYTHON;
    options.dependencies.wheel_folders = {write_wheels(data)};
    options.dependencies.index = std::nullopt;
    start(data, {"needy", "too"}, {}, options);
    CHECK(edit("needy")->execute(context()).message == "found");
    CHECK(edit("too")->execute(context()).message == "found");
    CHECK(manager().timings("needy").of(PluginPhase::Environment).count == 1);

    std::string error = "old";
    CHECK(loader().install_packages({"probe>=1"}, error));
    CHECK(error.empty());
    CHECK_FALSE(loader().install_packages({"no-such-package"}, error));
    CHECK(error.find("no-such-package") != std::string::npos);
    CHECK(manager().collect_environments(24h).removed.empty());
    manager().shutdown();
}

TEST_CASE("options that make no sense are refused") {
    const DataFolder data;
    ManagerOptions options;
    options.data_dir = data.path().string();
    options.dependencies.wheel_folders = {"\xff"};
    manager().configure(options);
    CHECK_FALSE(manager().initialize());
    CHECK(manager().last_error().find("`wheel_folders` is not UTF-8") != std::string::npos);
}
