#include "any_capability.hpp"

#include <array>
#include <stdexcept>

#include "generated/own_types.hpp"
#include "glue.hpp"
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
        std::array<ValueData, most_arguments> values{};
        for (std::size_t place = 0; place < count; ++place) {
            const CapabilityValue &value = arguments[place];
            values[place] = {static_cast<std::uint8_t>(value.kind), bytes(value.text), value.number, value.real,
                             value.flag};
        }
        CapabilityAnswer answer;
        Failure failure;
        call_any(handle(), method, {values.data(), count}, answer, failure);
        failure.check();
        return answer;
    }
};

} // namespace

void set_answer_text(CapabilityAnswer &answer, rust::Str text) { answer.text.assign(text.data(), text.size()); }
void set_answer_number(CapabilityAnswer &answer, std::int64_t number) { answer.number = number; }
void set_answer_real(CapabilityAnswer &answer, double real) { answer.real = real; }
void set_answer_flag(CapabilityAnswer &answer, bool flag) { answer.flag = flag; }

void set_answer_result(CapabilityAnswer &answer, std::uint8_t status, rust::Str message, rust::Str data) {
    set_result(answer.result, status, message, data);
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
