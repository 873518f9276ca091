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

std::string or_dash(const std::string &text) {
    return text.empty() ? "-" : field(text);
}

std::string milliseconds(std::chrono::nanoseconds elapsed) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", std::chrono::duration<double, std::milli>(elapsed).count());
    return text;
}

std::string unreferenced_line(const matriline::UnreferencedValue &value) {
    static const char *const types[] = {"print", "printer", "filament"};
    return "`" + value.value + "`, for `" + value.opt + "` of " + types[static_cast<int>(value.opt_type)] +
           " preset `" + value.preset_name + "`: save the preset while the plugin that offers it is loaded";
}

} // namespace

std::string headline(const std::string &message) {
    // the traceback of a syntax error has no head
    return message.substr(0, std::min(message.find("\nTraceback ("), message.find("\n  File \"")));
}

void print_plugin(const matriline::PluginDescriptor &plugin, bool loaded, const std::string &problem) {
    std::printf("plugin\t%s\t%s\t%s\t%s\t%s\n", field(plugin.plugin_key).c_str(),
                plugin.metadata_valid ? "found" : "invalid", loaded ? "loaded" : "not loaded", or_dash(problem).c_str(),
                or_dash(plugin.version).c_str());
    std::fflush(stdout);
}

void print_capability(const matriline::LoadedPluginCapability &capability) {
    print_line(capability.identifier(), capability.enabled ? "-" : "Disabled", "", "-");
}

void print_result(const matriline::PluginCapabilityIdentifier &capability, const matriline::ExecutionResult &result,
                  std::chrono::nanoseconds elapsed) {
    print_line(capability, to_string(result.status), headline(result.message), milliseconds(elapsed));
}

void print_step(const matriline::PostProcessStep &step) {
    if (step.result) {
        print_result(step.capability, *step.result, step.elapsed);
    } else {
        print_line(step.capability, "Error", step.error ? step.error->what() : "", milliseconds(step.elapsed));
    }
}

void print_crash(const matriline::PluginCrash &crash) {
    const std::string fix = "; it stays off until `mini-slicer enable " + crash.plugin_key + "`";
    std::printf("crash\t%s\t%s\n", field(crash.plugin_key).c_str(), field(crash.text + fix).c_str());
    std::fflush(stdout);
}

void print_package(const matriline::PluginDescriptor &package) {
    std::printf("package\t%s\t%s\t%s\n", field(package.plugin_key).c_str(), or_dash(package.name).c_str(),
                or_dash(package.version).c_str());
    std::fflush(stdout);
}

void print_problem(const std::string &key, const std::string &problem) {
    std::printf("problem\t%s\t%s\n", field(key).c_str(), field(problem).c_str());
    std::fflush(stdout);
}

void print_existing(const matriline::ExistingPlugin &existing, bool loaded) {
    std::printf("replaces\t%s\t%s\t%s\t%s\n", field(existing.plugin_key).c_str(), or_dash(existing.version).c_str(),
                existing.enabled ? "enabled" : "disabled", loaded ? "loaded" : "not loaded");
    std::fflush(stdout);
}

void print_change(const char *change, const std::string &key, const std::string &version) {
    std::printf("%s\t%s\t%s\n", change, field(key).c_str(), or_dash(version).c_str());
    std::fflush(stdout);
}

std::string progress_of(const matriline::PluginLoad &load) {
    const std::string plugin = "Plugin `" + load.plugin_key + "` ";
    switch (load.stage) {
    case matriline::LoadStage::Queued:
        return plugin + "waits for its turn";
    case matriline::LoadStage::Environment:
        return plugin + "gets the packages it depends on" + (load.line.empty() ? "" : ": " + field(load.line));
    case matriline::LoadStage::Python:
        return plugin + "starts";
    case matriline::LoadStage::Over:
        break;
    }
    return {};
}

void print_progress(const std::string &text) {
    std::fprintf(stderr, "%s\n", text.c_str());
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

void complain(const std::string &message) {
    const std::string first = headline(message);
    std::fprintf(stderr, "mini-slicer: %s\n", field(first).c_str());
    if (message.size() > first.size()) {
        std::fprintf(stderr, "%s\n", message.c_str() + first.size() + 1);
    }
}

void complain(const std::exception &error) {
    complain(std::string(error.what()));
    if (const auto *failure = dynamic_cast<const matriline::Error *>(&error)) {
        std::fputs(failure->traceback().c_str(), stderr);
    }
}
