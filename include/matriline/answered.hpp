#pragma once

#include <optional>
#include <utility>

#include "matriline/error.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The answer of a call that never throws: what the plugin answered, or what stands in its place when the call failed (-1
/// for a code, false, an empty text), and the error beside it. It can be used as its value.
template <class Value>
struct Answered {
    Value value{};
    /// Why it failed, if it did: the plugin raised, answered another kind, or is unloaded.
    std::optional<Error> error;

    operator const Value &() const noexcept { return value; }
};

/// The same of a method that answers nothing.
template <>
struct Answered<void> {
    std::optional<Error> error;
};

MATRILINE_END_NAMESPACE
