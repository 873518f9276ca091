#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "matriline/error.hpp"
#include "matriline/execution_result.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// One run of the post-processing plugins over a G-code file.
struct PostProcessJob {
    /// The G-code file.
    std::string source;
    /// Whether the plugins work on `<source>.pp`, so that `source` stays as it is.
    bool make_copy = true;
    /// Where the G-code goes: `File`, `OctoPrint`, …
    std::string host = "File";
    /// The name the output will have.
    std::string output_name;
    /// The setting: names of capabilities, in the order they run. A name listed twice runs twice.
    std::vector<std::string> post_process_plugin;
    /// The names of the slicing capabilities that take part in this last step (`psGCodePostProcess`), in order, after
    /// those of `post_process_plugin`. A recoverable error of one is a warning.
    std::vector<std::string> slicing_pipeline_plugin;
    /// The value of an option of the whole print configuration, as presets spell it; nothing for an unknown one.
    /// Without the function every option is unknown. Slicing capabilities ask it on any thread, without the GIL; what
    /// it throws is logged and is nothing.
    std::function<std::optional<std::string>(const std::string &key)> config_value;
    /// Whether the user has cancelled the export: it is asked between two capabilities, and by slicing capabilities as
    /// `config_value` is. A cancelled run throws `Error` with `ErrorCode::ExportCancelled`.
    std::function<bool()> cancelled;
    /// The preset's `plugins` array; without one no name resolves.
    std::optional<std::vector<std::string>> plugins;
};

/// What one capability of a run did. Either `result` or `error` is set.
struct PostProcessStep {
    PluginCapabilityIdentifier capability;
    std::optional<ExecutionResult> result;
    std::optional<Error> error;
    std::chrono::nanoseconds elapsed{0};
};

/// Is told of each step of a run when it is done, on the thread of the run. What it throws is thrown again once
/// the run has ended.
using PostProcessReport = std::function<void(const PostProcessStep &)>;

MATRILINE_END_NAMESPACE
