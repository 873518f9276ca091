#pragma once

#include <string>
#include <utility>

#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// How a call ended. The numbers are those of `orca.PluginResult`.
enum class PluginResult : unsigned char { Success = 0, Skipped = 1, RecoverableError = 2, FatalError = 3 };

/// The name of the Python member: `Success`, `Skipped`, …
inline const char *to_string(PluginResult status) {
    switch (status) {
    case PluginResult::Success:
        return "Success";
    case PluginResult::Skipped:
        return "Skipped";
    case PluginResult::RecoverableError:
        return "RecoverableError";
    case PluginResult::FatalError:
        return "FatalError";
    }
    return "Unknown";
}

/// What an `execute` answers: a status, a message for the user, data for the application.
struct ExecutionResult {
    PluginResult status = PluginResult::Success;
    std::string message;
    std::string data;

    static ExecutionResult success(std::string message = {}, std::string data = {}) {
        return {PluginResult::Success, std::move(message), std::move(data)};
    }

    static ExecutionResult skipped(std::string message = {}, std::string data = {}) {
        return {PluginResult::Skipped, std::move(message), std::move(data)};
    }

    static ExecutionResult failure(PluginResult status, std::string message, std::string data = {}) {
        return {status, std::move(message), std::move(data)};
    }
};

MATRILINE_END_NAMESPACE
