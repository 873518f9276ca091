#include "any_capability.hpp"

#include <cxxabi.h>

#include <array>
#include <stdexcept>
#include <string>

#include "generated/own_types.hpp"
#include "glue.hpp"
#include "host_config.hpp"
#include "shell.hpp"

MATRILINE_BEGIN_NAMESPACE

AnyCapability::~AnyCapability() = default;

namespace own {

PluginCapabilityType type_of_text(std::string_view text) noexcept {
    return static_cast<PluginCapabilityType>(detail::own_type_number(detail::bytes(text)));
}

} // namespace own

MATRILINE_END_NAMESPACE

namespace matriline::detail {

namespace {

/// The most arguments a method takes.
constexpr std::size_t most_arguments = 15;

class AnyShell final : public Shell<AnyCapability> {
public:
    using Shell::Shell;

    CapabilityAnswer call(std::size_t method, const CapabilityValue *arguments, std::size_t count) const override {
        if (count > most_arguments) {
            throw std::invalid_argument("a method of a capability takes 15 arguments at the most");
        }
        const GivenObjects given{arguments, {}};
        std::array<ValueData, most_arguments> values{};
        for (std::size_t place = 0; place < count; ++place) {
            const CapabilityValue &value = arguments[place];
            values[place] = {static_cast<std::uint8_t>(value.kind), bytes(value.text), value.number, value.real,
                             value.flag};
        }
        CapabilityAnswer answer;
        Failure failure;
        call_any(handle(), method, {values.data(), count}, given, answer, failure);
        for (const auto &sink : given.sinks) {
            sink->rethrow();
        }
        failure.check();
        return answer;
    }

    bool is_written(std::size_t method) const override { return any_is_written(handle(), method); }
};

/// What an argument points to, which Rust asks for where its kind says so.
template <class Object>
const Object &pointed(const Object *object, std::size_t place) {
    if (object == nullptr) {
        throw std::invalid_argument("The argument at place " + std::to_string(place) +
                                    " is null where its kind says that there is an object: set the pointer");
    }
    return *object;
}

} // namespace

bool ProgressSink::report(double done, std::string_view message) const {
    {
        const std::lock_guard lock(mutex_);
        if (thrown_) {
            return false;
        }
    }
    try {
        return !progress_ || progress_(done, message);
    } catch (abi::__forced_unwind &) {
        throw;
    } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!thrown_) {
            thrown_ = std::current_exception();
        }
        return false;
    }
}

void ProgressSink::rethrow() const {
    std::unique_lock lock(mutex_);
    if (const std::exception_ptr thrown = thrown_) {
        lock.unlock();
        std::rethrow_exception(thrown);
    }
}

const HostModel &given_model(const GivenObjects &given, std::size_t place) {
    return pointed(given.values[place].model, place);
}

EventContextData given_context(const GivenObjects &given, std::size_t place) {
    return event_context_data(pointed(given.values[place].context, place));
}

std::shared_ptr<ProgressSink> given_progress(const GivenObjects &given, std::size_t place) {
    return given.sinks.emplace_back(std::make_shared<ProgressSink>(pointed(given.values[place].progress, place)));
}

bool report_progress(const ProgressSink &sink, double done, rust::Str message) {
    return sink.report(done, view(message));
}

void set_answer_text(CapabilityAnswer &answer, rust::Str text) { answer.text.assign(text.data(), text.size()); }
void set_answer_number(CapabilityAnswer &answer, std::int64_t number) { answer.number = number; }
void set_answer_real(CapabilityAnswer &answer, double real) { answer.real = real; }
void set_answer_flag(CapabilityAnswer &answer, bool flag) { answer.flag = flag; }

void set_answer_result(CapabilityAnswer &answer, std::uint8_t status, rust::Str message, rust::Str data) {
    set_result(answer.result, status, message, data);
}

void add_answer_text(CapabilityAnswer &answer, rust::Str text) { answer.texts.emplace_back(text.data(), text.size()); }

void add_answer_mesh(CapabilityAnswer &answer, rust::Str name, rust::Box<Mesh> mesh) {
    answer.meshes.push_back({std::string(name), host::TriangleMesh::State::mesh_of(std::move(mesh))});
}

std::string_view own_type_text(PluginCapabilityType type) noexcept {
    return view(own_type_words(static_cast<std::uint8_t>(type)));
}

std::string_view own_type_display_name(PluginCapabilityType type) noexcept {
    return view(own_type_title(static_cast<std::uint8_t>(type)));
}

std::shared_ptr<PluginCapabilityInterface> make_any(rust::Box<CapabilityHandle> handle, PluginCapabilityType type,
                                                    rust::Str name) {
    return std::make_shared<AnyShell>(std::move(handle), type, name);
}

} // namespace matriline::detail
