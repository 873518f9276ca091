#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "generated/bridge.hpp"
#include "generated/values.hpp"
#include "matriline/answered.hpp"

namespace matriline::detail {

/// A call whose arguments go as values, one after the other, and that never throws.
class Call {
public:
    Call(const CapabilityHandle &handle, std::size_t method) : handle_(handle), method_(method) {}

    void text(std::string_view value, const char *argument) {
        try {
            leaf().text = detail::text(value, argument);
        } catch (const Error &error) {
            error_ = error;
        }
    }
    void number(std::int64_t value) { leaf().number = value; }
    void real(double value) { leaf().real = value; }
    void function(std::shared_ptr<FunctionSink> value) { leaf().function = std::move(value); }

    Answered<void> nothing() { return {run()}; }

    Answered<int> code() {
        auto error = run();
        return {error ? -1 : static_cast<int>(reply_.number), std::move(error)};
    }

    Answered<bool> flag() {
        auto error = run();
        return {!error && reply_.number != 0, std::move(error)};
    }

    template <class Member>
    Answered<Member> member() {
        auto error = run();
        return {error ? Member{} : static_cast<Member>(reply_.number), std::move(error)};
    }

    Answered<std::string> text() {
        auto error = run();
        return {error ? std::string() : texts().at(0), std::move(error)};
    }

    /// The texts of the answer, and then those of what was filled in; none when the call failed.
    const std::vector<std::string> &texts() const { return reply_.texts; }

    std::optional<Error> run() {
        if (!error_) {
            Failure failure;
            call_values(handle_, method_, {leaves_.data(), leaves_.size()}, reply_, failure);
            error_ = failure.error();
        }
        return error_;
    }

private:
    LeafData &leaf() {
        leaves_.push_back({rust::Str(), 0, 0.0, nullptr});
        return leaves_.back();
    }

    const CapabilityHandle &handle_;
    std::size_t method_;
    std::vector<LeafData> leaves_;
    Reply reply_;
    std::optional<Error> error_;
};

} // namespace matriline::detail
