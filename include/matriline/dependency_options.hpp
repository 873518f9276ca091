#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// How packages that plugins depend on are installed, by uv. Texts may be empty.
struct DependencyOptions {
    /// The uv to use; empty to look for it in `uv_folder`, beside the library and on `PATH`.
    std::string uv;
    /// A folder of the application that may hold uv.
    std::string uv_folder;
    /// The executable of the Python that is linked; empty for that in its home.
    std::string python;
    /// Folders of wheels to choose from, asked before the index.
    std::vector<std::string> wheel_folders;
    /// The URL of the index where all else comes from: nothing for none, an empty text for the one that the user has
    /// set.
    std::optional<std::string> index = std::string();
    /// How long installing for one plugin may take.
    std::chrono::milliseconds time_limit = std::chrono::seconds(120);
};

MATRILINE_END_NAMESPACE
