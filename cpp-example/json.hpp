#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A JSON value, as text on one line. It is put together from its parts and never read again.
class Json {
public:
    /// `null`.
    Json() : text_("null") {}
    /// Bytes that are not UTF-8 become replacement characters.
    Json(std::string_view text);
    Json(const std::string &text) : Json(std::string_view(text)) {}
    Json(const char *text) : Json(std::string_view(text)) {}
    Json(bool flag) : text_(flag ? "true" : "false") {}
    Json(int number) : text_(std::to_string(number)) {}
    Json(std::int64_t number) : text_(std::to_string(number)) {}
    Json(std::uint64_t number) : text_(std::to_string(number)) {}
    /// With three decimals.
    Json(double number);

    using Members = std::vector<std::pair<std::string, Json>>;
    static Json object(const Members &members);
    static Json array(const std::vector<Json> &values);
    /// What is JSON on one line already.
    static Json raw(std::string text);

    const std::string &text() const { return text_; }

private:
    std::string text_;
};
