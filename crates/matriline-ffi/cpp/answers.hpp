#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "rust/cxx.h"
#include "matriline/audit_question.hpp"
#include "matriline/capability_config.hpp"
#include "matriline/manager_options.hpp"
#include "matriline/permission_request.hpp"

/// What the application answers plugins with, as Rust asks it.
namespace matriline::detail {

struct PermissionData;
struct QuestionData;

struct Application {
    std::shared_ptr<PresetConfigs> preset_configs;
    PermissionCallback permissions;
    PageMessageCallback post_to_page;
    QuestionCallback questions;
};

/// What capabilities may ask of an export.
struct SliceSink {
    std::function<std::optional<std::string>(const std::string &key)> config_value;
    std::function<bool()> cancelled;
};

/// Whether whoever raises an event has cancelled what it tells of.
struct Cancelled {
    const std::function<bool()> &ask;
};

/// What the main thread waits for.
struct Waiter {
    const std::function<bool(std::chrono::milliseconds limit)> &done;
    /// What the function threw.
    mutable std::exception_ptr thrown;
};

bool has_preset_configs(const Application &application) noexcept;
bool read_overrides(const Application &application, std::uint8_t kind, rust::String &text) noexcept;
void write_overrides(const Application &application, std::uint8_t kind, rust::Str text) noexcept;
bool has_permissions(const Application &application) noexcept;
bool permit(const Application &application, rust::Str plugin, rust::Str name,
            rust::Slice<const PermissionData> wanted) noexcept;
bool has_questions(const Application &application) noexcept;
std::uint8_t answer_question(const Application &application, const QuestionData &question) noexcept;
bool has_pages(const Application &application) noexcept;
void show_message(const Application &application, std::uint8_t kind, rust::Str name, rust::Str key,
                  rust::Str message) noexcept;
bool slice_value(const SliceSink &slice, rust::Str key, rust::String &value) noexcept;
bool slice_cancelled(const SliceSink &slice) noexcept;
bool is_cancelled(const Cancelled &cancelled) noexcept;
bool wait_turn(const Waiter &waiter, std::uint64_t milliseconds);

/// Calls the application: what it throws is logged with the words of `what` in front, and the answer is `otherwise`.
/// Cancelling a thread in here ends the process.
void log_thrown(const char *what) noexcept;

template <class Answer, class Call>
Answer asked(const char *what, Answer otherwise, Call &&call) noexcept {
    try {
        return call();
    } catch (...) {
        log_thrown(what);
    }
    return otherwise;
}

} // namespace matriline::detail
