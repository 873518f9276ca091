#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What went wrong. The numbers are those of `matriline_result` in C and never change.
enum class ErrorCode : int {
    InvalidArgument = 1,
    NotStarted = 2,
    StartFailed = 3,
    PluginNotFound = 10,
    PluginInvalid = 11,
    LoadFailed = 12,
    UnloadFailed = 13,
    LoadCancelled = 14,
    NoCapability = 15,
    InstallFailed = 16,
    EnvironmentFailed = 17,
    Busy = 18,
    ConfigFailed = 19,
    CapabilityUnloaded = 20,
    CapabilityDisabled = 21,
    ShuttingDown = 22,
    PluginRaised = 23,
    WrongAnswer = 24,
    TimedOut = 25,
    PostProcessFailed = 30,
    ExportCancelled = 31,
    Io = 40,
    Panic = 90,
};

/// The one exception of this library. `what()` is the message.
class MATRILINE_EXPORT Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string &message, std::string plugin = {}, std::string traceback = {});
    Error(const Error &) noexcept;
    Error &operator=(const Error &) noexcept;
    ~Error() override;

    ErrorCode code() const noexcept;

    /// The key of the plugin it happened in, or empty.
    const std::string &plugin() const noexcept;

    /// The whole Python traceback with its chained causes, or empty when no plugin raised.
    const std::string &traceback() const noexcept;

private:
    struct Details;
    std::shared_ptr<const Details> details_;
};

MATRILINE_END_NAMESPACE
