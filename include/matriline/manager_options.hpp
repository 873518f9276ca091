#pragma once

#include <string>

#include "matriline/log.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What a `PluginManager` is started with.
struct ManagerOptions {
    /// The folder with the application's data; plugins lie in `orca_plugins` below it.
    std::string data_dir;
    /// The version of the application, as plugins see it in their contexts.
    std::string application_version;
    /// The home of the Python that is linked; empty to find it from the libpython in use.
    std::string python_home;
    /// Whether the output of plugins also goes to the process's own streams.
    bool forward_output = false;
    LogCallback log;
};

MATRILINE_END_NAMESPACE
