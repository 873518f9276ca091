#include "answers.hpp"

#include "generated/application.hpp"
#include "glue.hpp"
#include "matriline/log.hpp"

MATRILINE_BEGIN_NAMESPACE

PresetConfigs::~PresetConfigs() = default;

MATRILINE_END_NAMESPACE

namespace matriline::detail {

namespace {

PluginCapabilityType type_of(std::uint8_t kind) {
    return static_cast<PluginCapabilityType>(kind);
}

bool write(const std::optional<std::string> &answer, rust::String &text) {
    if (answer) {
        text = rust::String(*answer);
    }
    return answer.has_value();
}

} // namespace

void log_thrown(const char *what) noexcept {
    std::string text = std::string(what) + " threw ";
    try {
        throw;
    } catch (const std::exception &error) {
        text += std::string("an exception: ") + error.what();
    } catch (...) {
        text += "an exception that is no `std::exception`";
    }
    log(LogLevel::Error, "matriline::host", {}, text);
}

bool has_preset_configs(const Application &application) noexcept {
    return application.preset_configs != nullptr;
}

bool read_overrides(const Application &application, std::uint8_t kind, rust::String &text) noexcept {
    return asked("`PresetConfigs::overrides`", false,
                 [&] { return write(application.preset_configs->overrides(type_of(kind)), text); });
}

void write_overrides(const Application &application, std::uint8_t kind, rust::Str text) noexcept {
    asked("`PresetConfigs::set_overrides`", false, [&] {
        application.preset_configs->set_overrides(type_of(kind), std::string(text));
        return true;
    });
}

bool has_permissions(const Application &application) noexcept {
    return static_cast<bool>(application.permissions);
}

bool permit(const Application &application, rust::Str plugin, rust::Str name,
            rust::Slice<const PermissionData> wanted) noexcept {
    return asked("The function that decides on permissions", false, [&] {
        PermissionRequest request;
        request.plugin_key = std::string(plugin);
        request.name = std::string(name);
        for (const PermissionData &one : wanted) {
            request.of(static_cast<PermissionKind>(one.kind)).emplace_back(one.target);
        }
        return application.permissions(request);
    });
}

bool has_questions(const Application &application) noexcept {
    return static_cast<bool>(application.questions);
}

std::uint8_t answer_question(const Application &application, const QuestionData &data) noexcept {
    return asked("The function that answers questions", std::uint8_t{0}, [&] {
        AuditQuestion question;
        question.plugin_key = std::string(data.plugin);
        question.capability = std::string(data.capability);
        question.event_name = std::string(data.event);
        question.category = std::string(data.category);
        for (const rust::String &target : data.targets) {
            question.targets.emplace_back(target);
        }
        question.can_be_kept = data.can_be_kept;
        question.text = std::string(data.text);
        return static_cast<std::uint8_t>(application.questions(question));
    });
}

bool has_pages(const Application &application) noexcept {
    return static_cast<bool>(application.post_to_page);
}

void show_message(const Application &application, std::uint8_t kind, rust::Str name, rust::Str key,
                  rust::Str message) noexcept {
    asked("The function that takes messages to pages", false, [&] {
        application.post_to_page({type_of(kind), std::string(name), std::string(key)}, std::string(message));
        return true;
    });
}

bool slice_value(const SliceSink &slice, rust::Str key, rust::String &value) noexcept {
    return slice.config_value && asked("`PostProcessJob::config_value`", false,
                                       [&] { return write(slice.config_value(std::string(key)), value); });
}

bool slice_cancelled(const SliceSink &slice) noexcept {
    return slice.cancelled && asked("`PostProcessJob::cancelled`", false, [&] { return slice.cancelled(); });
}

bool wait_turn(const Waiter &waiter, std::uint64_t milliseconds) {
    try {
        return waiter.done(std::chrono::milliseconds(milliseconds));
    } catch (...) {
        waiter.thrown = std::current_exception();
        throw;
    }
}

bool is_cancelled(const Cancelled &cancelled) noexcept {
    return cancelled.ask &&
           asked("The function that says whether an event is cancelled", false, [&] { return cancelled.ask(); });
}

} // namespace matriline::detail
