#pragma once

#include <string>
#include <vector>

/// The part of a preset that plugins are concerned with.
struct Preset {
    /// Names of capabilities, in the order they run.
    std::vector<std::string> post_process_plugin;
    /// References, through which those names are resolved.
    std::vector<std::string> plugins;
};

/// Reads a preset file, which is a JSON object. Throws `std::runtime_error`.
Preset read_preset(const std::string &path);
