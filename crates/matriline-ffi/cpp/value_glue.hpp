#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "rust/cxx.h"
#include "matriline/loaded_plugin_capability.hpp"
#include "trycatch.hpp"

/// What Rust sees of calls whose arguments go as values.
namespace matriline::detail {

struct GivenData;
struct PluginTask;

/// A function of the application, as the table calls it.
struct FunctionSink {
    std::function<bool(rust::Slice<const GivenData>)> call;
    /// Instead of that for one that takes a task.
    std::function<void(rust::Box<PluginTask>)> give;
};

/// Where an answer goes: its number, and its texts in the order of the table.
struct Reply {
    std::int64_t number = 0;
    std::vector<std::string> texts;
};

bool call_function(const FunctionSink &sink, rust::Slice<const GivenData> args);
void give_task(const FunctionSink &sink, rust::Box<PluginTask> task);
void set_number(Reply &reply, std::int64_t number);
void add_text(Reply &reply, rust::Str text);

} // namespace matriline::detail
