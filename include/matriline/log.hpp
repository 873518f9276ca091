#pragma once

#include <functional>
#include <string_view>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

enum class LogLevel : unsigned char { Trace = 0, Debug = 1, Info = 2, Warn = 3, Error = 4 };

/// Receives what the library logs. `target` names the part of the library; `plugin` is a plugin key or empty.
///
/// It is called on the thread that logs, which may be inside a plugin. It must not call a plugin. What it throws
/// is dropped.
using LogCallback =
    std::function<void(LogLevel level, std::string_view target, std::string_view plugin, std::string_view text)>;

/// Adds a line to the library's log, that is, to the callback of `ManagerOptions`. Without one it does nothing.
/// Threads: any.
MATRILINE_EXPORT void log(LogLevel level, std::string_view target, std::string_view plugin, std::string_view text);

MATRILINE_END_NAMESPACE
