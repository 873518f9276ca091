#include "json.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

namespace {

/// How many bytes the UTF-8 character that begins a text has; 0 where none begins.
std::size_t character(std::string_view text) {
    const auto byte = [text](std::size_t place) { return static_cast<unsigned char>(text[place]); };
    const unsigned first = byte(0);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xc2 && first < 0xe0 ? 2
                               : first >= 0xe0 && first < 0xf0 ? 3
                               : first >= 0xf0 && first < 0xf5 ? 4
                                                               : 0;
    if (length > text.size()) {
        return 0;
    }
    for (std::size_t place = 1; place < length; ++place) {
        if ((byte(place) & 0xc0) != 0x80) {
            return 0;
        }
    }
    // longer than needed, a surrogate, or beyond the last one
    const bool is_wrong = length > 2 && ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
                                         (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f));
    return is_wrong ? 0 : length;
}

std::string escaped(char letter) {
    switch (letter) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\t':
        return "\\t";
    case '\r':
        return "\\r";
    default:
        break;
    }
    std::array<char, 8> code{};
    std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(letter)));
    return code.data();
}

/// The parts with commas between them, in brackets.
std::string joined(char open, const std::vector<std::string> &parts, char close) {
    std::string text(1, open);
    for (const std::string &part : parts) {
        text += (text.size() > 1 ? "," : "") + part;
    }
    return text + close;
}

} // namespace

Json::Json(std::string_view text) : text_("\"") {
    while (!text.empty()) {
        const std::size_t length = character(text);
        if (length == 0) {
            text_ += "\xef\xbf\xbd";
        } else if (length == 1 && (text[0] == '"' || text[0] == '\\' || static_cast<unsigned char>(text[0]) < 0x20)) {
            text_ += escaped(text[0]);
        } else {
            text_ += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    text_ += '"';
}

Json::Json(double number) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.3f", number);
    text_ = text.data();
}

Json Json::object(const Members &members) {
    std::vector<std::string> parts;
    for (const auto &[name, value] : members) {
        parts.push_back(Json(name).text_ + ":" + value.text_);
    }
    return raw(joined('{', parts, '}'));
}

Json Json::array(const std::vector<Json> &values) {
    std::vector<std::string> parts;
    for (const Json &value : values) {
        parts.push_back(value.text_);
    }
    return raw(joined('[', parts, ']'));
}

Json Json::raw(std::string text) {
    Json json;
    json.text_ = std::move(text);
    return json;
}
