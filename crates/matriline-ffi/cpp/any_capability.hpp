#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "cxx.h"
#include "matriline/capability_type.hpp"

/// What Rust sees of types that the application defines itself.
namespace matriline::detail {

struct CapabilityHandle;

using CapabilityAnswer = matriline::CapabilityAnswer;

void set_answer_text(CapabilityAnswer &answer, rust::Str text);
void set_answer_number(CapabilityAnswer &answer, std::int64_t number);
void set_answer_real(CapabilityAnswer &answer, double real);
void set_answer_flag(CapabilityAnswer &answer, bool flag);
void set_answer_result(CapabilityAnswer &answer, std::uint8_t status, rust::Str message, rust::Str data);

/// The words of a type that was declared; those of `Unknown` for any other number.
std::string_view own_type_text(PluginCapabilityType type) noexcept;
std::string_view own_type_display_name(PluginCapabilityType type) noexcept;

/// The object of a capability whose type has no class of its own.
std::shared_ptr<PluginCapabilityInterface> make_any(rust::Box<CapabilityHandle> handle, PluginCapabilityType type,
                                                    rust::Str name);

} // namespace matriline::detail
