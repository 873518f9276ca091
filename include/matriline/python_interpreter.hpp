#pragma once

#include <string>

#include "matriline/export.hpp"
#include "matriline/python_gil_state.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The one CPython of the process. `PluginManager::initialize` starts it.
class MATRILINE_EXPORT PythonInterpreter {
public:
    PythonInterpreter() = delete;

    /// Whether Python runs. Threads: any.
    static bool is_initialized();

    /// Ends Python. Only needed by applications that must; a process may simply exit.
    ///
    /// Throws `Error` when a plugin's call or thread still runs, off the main thread, and before
    /// `PluginManager::shutdown`; Python then goes on.
    /// Threads: the main thread.
    static void shutdown();
};

MATRILINE_END_NAMESPACE
