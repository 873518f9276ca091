#include <string>

#include "commands.hpp"
#include "matriline/plugin_manifest.hpp"
#include "plugins.hpp"
#include "presets.hpp"
#include "report.hpp"

namespace {

matriline::PresetType preset_type(const std::string &word) {
    if (word == "print") {
        return matriline::PresetType::Print;
    }
    if (word == "printer") {
        return matriline::PresetType::Printer;
    }
    if (word == "filament") {
        return matriline::PresetType::Filament;
    }
    throw UsageError{"The type `" + word + "` is none of `print`, `printer` and `filament`"};
}

} // namespace

int save_preset(const Options &options) {
    const std::string &path = options["--preset"];
    const auto type = preset_type(options.get("--type", "print"));
    auto document = read_document(path, "--preset");
    start_plugins(options);
    // only what is loaded can be referred to
    load_all_that_are_on();
    const auto update = matriline::update_plugin_manifest(preset_of(document, type, path));
    print_update(update);
    document.set_plugins(update.plugins);
    document.save(options.get("--output", path));
    return 0;
}
