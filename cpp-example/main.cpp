#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <stdexcept>

#include "commands.hpp"
#include "matriline/plugin_manager.hpp"
#include "report.hpp"

namespace {

const char *const usage =
    "Usage: mini-slicer list\n"
    "       mini-slicer install FILE\n"
    "       mini-slicer roll-back KEY\n"
    "       mini-slicer remove KEY\n"
    "       mini-slicer enable KEY [CAPABILITY]\n"
    "       mini-slicer disable KEY [CAPABILITY]\n"
    "       mini-slicer permissions [list [KEY]]\n"
    "       mini-slicer permissions revoke KEY [PERMISSION TARGET]\n"
    "       mini-slicer run KEY [SCRIPT]\n"
    "       mini-slicer try KEY [SCRIPT]\n"
    "       mini-slicer export --preset P.json [--printer-preset X.json] [--filament-preset F.json]...\n"
    "                          --gcode in.gcode --output out.gcode\n"
    "       mini-slicer probe PATH... [--offer spec|newer|newest] [--run] [--gcode in.gcode] [--time-limit SECONDS]\n"
    "                          [--model M.stl|M.3mf] [--presets FOLDER] [--format json]\n"
    "       mini-slicer preset save --preset P.json [--type print|printer|filament] [--output Q.json]\n"
    "       mini-slicer printers KEY\n"
    "       mini-slicer print KEY HOST --gcode FILE [--port N] [--password CODE] [--printer ID]\n"
    "each with  --data-dir D [--uv PROGRAM] [--wheels FOLDER]... [--allow|--deny] (`probe` has data folders of its "
    "own)\n"
    "With `--wheels`, what plugins depend on comes from these folders alone.\n"
    "What plugins ask is allowed for good with `--allow`, refused with `--deny`, and asked at a terminal.\n";

/// A sub-command: its words, what it does, and what it takes besides the common options.
struct Command {
    std::vector<std::string> words;
    int (*run)(const Options &options);
    std::vector<Parameter> parameters;
    /// Whether it works on the data folder of the command line, as most do.
    enum class Data { Given, Own } data = Data::Given;
};

std::vector<Command> commands() {
    using Kind = Parameter::Kind;
    const Parameter key{"KEY", Kind::Word};
    const Parameter script{"SCRIPT", Kind::OptionalWord};
    const Parameter capability{"CAPABILITY", Kind::OptionalWord};
    const Parameter preset{"--preset", Kind::Path};
    const Parameter offer{"--offer", Kind::OptionalWord};
    const Parameter run{"--run", Kind::Flag};
    const Parameter gcode{"--gcode", Kind::OptionalPath};
    const Parameter model{"--model", Kind::OptionalPath};
    const Parameter presets{"--presets", Kind::OptionalPath};
    return {
        {{"list"}, list, {}},
        {{"install"}, install, {{"FILE", Kind::Path}}},
        {{"roll-back"}, roll_back, {key}},
        {{"remove"}, remove_plugin, {key}},
        {{"enable"}, enable, {key, capability}},
        {{"disable"}, disable, {key, capability}},
        {{"permissions", "list"}, list_permissions, {{"KEY", Kind::OptionalWord}}},
        {{"permissions", "revoke"},
         revoke_permissions,
         {key, {"PERMISSION", Kind::OptionalWord}, {"TARGET", Kind::OptionalWord}}},
        {{"permissions"}, list_permissions, {{"KEY", Kind::OptionalWord}}},
        {{"run"}, run_script, {key, script}},
        {{"try"}, try_script, {key, script}},
        {{"export"},
         export_gcode,
         {preset,
          {"--printer-preset", Kind::OptionalPath},
          {"--filament-preset", Kind::Paths},
          {"--gcode", Kind::Path},
          {"--output", Kind::Path}}},
        {{"probe"},
         probe,
         {{"PATH", Kind::Paths},
          offer,
          run,
          gcode,
          model,
          presets,
          {"--time-limit", Kind::OptionalWord},
          {"--format", Kind::OptionalWord}},
         Command::Data::Own},
        {{"probe-plugin"},
         probe_plugin,
         {{"PATH", Kind::Path}, {"--report", Kind::Path}, offer, run, gcode, model, presets}},
        {{"printers"}, find_printers, {key}},
        {{"print"},
         print,
         {key,
          {"HOST", Kind::Word},
          {"--gcode", Kind::Path},
          {"--port", Kind::OptionalWord},
          {"--password", Kind::OptionalWord},
          {"--printer", Kind::OptionalWord}}},
        {{"preset", "save"}, save_preset, {preset, {"--type", Kind::OptionalWord}, {"--output", Kind::OptionalPath}}},
    };
}

/// The words before the options.
std::string words_of(const std::vector<std::string> &arguments) {
    std::string words;
    for (const std::string &argument : arguments) {
        if (argument.rfind("--", 0) == 0) {
            break;
        }
        words += (words.empty() ? "" : " ") + argument;
    }
    return words;
}

int run(const char *program, const std::vector<std::string> &arguments) {
    for (Command &command : commands()) {
        const std::size_t count = command.words.size();
        const bool is_meant =
            arguments.size() >= count && std::equal(command.words.begin(), command.words.end(), arguments.begin());
        if (is_meant) {
            using Kind = Parameter::Kind;
            auto &parameters = command.parameters;
            if (command.data == Command::Data::Given) {
                parameters.push_back({"--data-dir", Kind::Path});
            }
            parameters.push_back({"--uv", Kind::OptionalPath});
            parameters.push_back({"--wheels", Kind::Paths});
            parameters.push_back({"--allow", Kind::Flag});
            parameters.push_back({"--deny", Kind::Flag});
            return command.run(Options(
                program, {arguments.begin() + static_cast<std::ptrdiff_t>(count), arguments.end()}, parameters));
        }
    }
    const std::string words = words_of(arguments);
    throw UsageError{words.empty() ? "A sub-command is missing" : "There is no sub-command `" + words + "`"};
}

} // namespace

int main(int argc, char **argv) {
    int status = 0;
    try {
        status = run(argv[0], {argv + 1, argv + argc});
    } catch (const UsageError &error) {
        std::fprintf(stderr, "mini-slicer: %s\n%s", error.problem.c_str(), usage);
        status = 2;
    } catch (const std::exception &error) {
        complain(error);
        status = 1;
    }
    try {
        matriline::PluginManager::instance().shutdown();
    } catch (const std::exception &error) {
        complain(error);
        status = 1;
    }
    return status;
}
