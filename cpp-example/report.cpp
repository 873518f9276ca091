#include "report.hpp"

#include <algorithm>
#include <cstdio>

#include "matriline/error.hpp"
#include "matriline/plugin_capability_type.hpp"

namespace {

/// Text as one field of a line.
std::string field(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return letter == '\t' || letter == '\n' || letter == '\r'; }, ' ');
    return text;
}

void print_line(const matriline::PluginCapabilityIdentifier &capability, const std::string &result,
                const std::string &message, const std::string &milliseconds) {
    const std::string type(matriline::plugin_capability_type_to_string(capability.type));
    std::printf("capability\t%s\t%s\t%s\t%s\t%s\t%s\n", field(capability.plugin_key).c_str(), type.c_str(),
                field(capability.name).c_str(), result.c_str(), field(message).c_str(), milliseconds.c_str());
    std::fflush(stdout);
}

std::string unreferenced_line(const matriline::UnreferencedValue &value) {
    static const char *const types[] = {"print", "printer", "filament"};
    return "`" + value.value + "`, for `" + value.opt + "` of " + types[static_cast<int>(value.opt_type)] +
           " preset `" + value.preset_name + "`: save the preset while the plugin that offers it is loaded";
}

} // namespace

void print_plugin(const matriline::PluginDescriptor &plugin, bool loaded, const std::string &problem) {
    std::printf("plugin\t%s\t%s\t%s\t%s\n", field(plugin.plugin_key).c_str(), plugin.has_error() ? "invalid" : "found",
                loaded ? "loaded" : "not loaded", problem.empty() ? "-" : field(problem).c_str());
    std::fflush(stdout);
}

void print_capability(const matriline::PluginCapabilityIdentifier &capability) {
    print_line(capability, "-", "", "-");
}

void print_step(const matriline::PostProcessStep &step) {
    char milliseconds[32];
    const double elapsed = std::chrono::duration<double, std::milli>(step.elapsed).count();
    std::snprintf(milliseconds, sizeof milliseconds, "%.3f", elapsed);
    if (step.result) {
        print_line(step.capability, to_string(step.result->status), step.result->message, milliseconds);
    } else {
        print_line(step.capability, "Error", step.error ? step.error->what() : "", milliseconds);
    }
}

void print_missing(const matriline::PluginResolver &resolver) {
    for (const auto &message : resolver.messages()) {
        std::printf("%s\n", message.text.c_str());
    }
    if (!resolver.unreferenced().empty()) {
        std::printf("Values that no entry of `plugins` refers to:\n");
    }
    for (const auto &value : resolver.unreferenced()) {
        std::printf("- %s\n", unreferenced_line(value).c_str());
    }
    std::fflush(stdout);
}

std::string summary(const matriline::PluginResolver &resolver) {
    std::string text;
    const auto add = [&text](const std::string &line) { text += (text.empty() ? "" : "; ") + line; };
    for (const auto *bucket : {&resolver.get_missing_cloud_plugins(), &resolver.get_missing_local_plugins(),
                               &resolver.get_inactive_plugins(), &resolver.get_broken_plugins()}) {
        for (const auto &missing : *bucket) {
            add(missing.text);
        }
    }
    for (const auto &value : resolver.unreferenced()) {
        add(unreferenced_line(value));
    }
    return text;
}

void print_update(const matriline::ManifestUpdate &update) {
    for (const std::string &reference : update.added) {
        std::printf("added\t%s\n", field(reference).c_str());
    }
    for (const std::string &reference : update.pruned) {
        std::printf("pruned\t%s\n", field(reference).c_str());
    }
    for (const auto &it : update.ambiguous) {
        const bool by_preset = it.decided_by == matriline::AmbiguousCapability::DecidedBy::Preset;
        std::printf("ambiguous\t%s\t%s\t%s\t%s\n", field(it.opt).c_str(), field(it.value).c_str(),
                    field(it.chosen).c_str(), by_preset ? "as the preset had it" : "the first by plugin key");
    }
    for (const auto &it : update.unresolved) {
        std::printf("unresolved\t%s\t%s\n", field(it.opt).c_str(), field(it.value).c_str());
    }
    std::fflush(stdout);
}

void print_log(matriline::LogLevel level, std::string_view plugin, std::string_view text) {
    static const char *const levels[] = {"trace", "debug", "info", "warning", "error"};
    const std::string from = plugin.empty() ? "" : " in plugin `" + std::string(plugin) + "`";
    std::fprintf(stderr, "%s%s: %.*s\n", levels[static_cast<int>(level)], from.c_str(), static_cast<int>(text.size()),
                 text.data());
}

void complain(const std::exception &error) {
    std::fprintf(stderr, "mini-slicer: %s\n", field(error.what()).c_str());
    if (const auto *failure = dynamic_cast<const matriline::Error *>(&error)) {
        std::fputs(failure->traceback().c_str(), stderr);
    }
}
