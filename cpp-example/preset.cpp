#include "preset.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

using Texts = std::vector<std::string>;

/// Reads just enough JSON: the members of an object that are texts or arrays of texts.
class Reader {
public:
    explicit Reader(std::string json) : json_(std::move(json)) {}

    /// Hands every member to `member(name, texts)`; members of other kinds have no texts.
    template <class Member>
    void object(Member &&member) {
        expect('{');
        if (!take('}')) {
            do {
                const std::string name = text();
                expect(':');
                member(name, value());
            } while (take(','));
            expect('}');
        }
    }

    void end() {
        space();
        if (at_ != json_.size()) {
            fail("the end");
        }
    }

private:
    Texts value() {
        switch (peek()) {
        case '"':
            return {text()};
        case '[':
            return array();
        case '{':
            object([](const std::string &, const Texts &) {});
            return {};
        default:
            if (json_.find_first_of("-0123456789tfn", at_) != at_) {
                fail("a value");
            }
            at_ = std::min(json_.find_first_of(",]} \t\r\n", at_), json_.size());
            return {};
        }
    }

    Texts array() {
        Texts texts;
        expect('[');
        if (!take(']')) {
            do {
                for (std::string &text : value()) {
                    texts.push_back(std::move(text));
                }
            } while (take(','));
            expect(']');
        }
        return texts;
    }

    std::string text() {
        std::string text;
        expect('"');
        while (next() != '"') {
            const char letter = json_[at_++];
            text += letter == '\\' ? escaped() : std::string(1, letter);
        }
        ++at_;
        return text;
    }

    std::string escaped() {
        static const std::string codes = "\"\\/bfnrt", letters = "\"\\/\b\f\n\r\t";
        const char code = next();
        ++at_;
        if (code == 'u') {
            return unicode();
        }
        const auto place = codes.find(code);
        if (place == std::string::npos) {
            fail("an escape");
        }
        return {letters[place]};
    }

    /// The letter of `\uXXXX`, or of two such halves, as UTF-8.
    std::string unicode() {
        unsigned long letter = number();
        if (letter >= 0xD800 && letter < 0xDC00 && json_.compare(at_, 2, "\\u") == 0) {
            at_ += 2;
            letter = 0x10000 + ((letter - 0xD800) << 10) + (number() - 0xDC00);
        }
        const auto tail = [letter](int shift) { return static_cast<char>(0x80 | ((letter >> shift) & 0x3F)); };
        if (letter < 0x80) {
            return {static_cast<char>(letter)};
        }
        if (letter < 0x800) {
            return {static_cast<char>(0xC0 | (letter >> 6)), tail(0)};
        }
        if (letter < 0x10000) {
            return {static_cast<char>(0xE0 | (letter >> 12)), tail(6), tail(0)};
        }
        return {static_cast<char>(0xF0 | (letter >> 18)), tail(12), tail(6), tail(0)};
    }

    unsigned long number() {
        if (json_.size() - at_ < 4) {
            too_short();
        }
        const std::string digits = json_.substr(at_, 4);
        if (digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
            fail("four hexadecimal digits");
        }
        at_ += 4;
        return std::stoul(digits, nullptr, 16);
    }

    void space() { at_ = std::min(json_.find_first_not_of(" \t\r\n", at_), json_.size()); }

    char next() {
        if (at_ >= json_.size()) {
            too_short();
        }
        return json_[at_];
    }

    char peek() {
        space();
        return next();
    }

    bool take(char letter) {
        if (peek() != letter) {
            return false;
        }
        ++at_;
        return true;
    }

    void expect(char letter) {
        if (!take(letter)) {
            fail(std::string("`") + letter + "`");
        }
    }

    [[noreturn]] void too_short() const {
        throw std::runtime_error("is no JSON object: it ends too early, after " + std::to_string(json_.size()) +
                                 " bytes; save it again");
    }

    [[noreturn]] void fail(const std::string &expected) const {
        throw std::runtime_error("is no JSON object: at byte " + std::to_string(at_) + " stands no " + expected);
    }

    std::string json_;
    std::size_t at_ = 0;
};

} // namespace

Preset read_preset(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("The preset `" + path + "` can't be read: " + std::strerror(errno) +
                                 "; give another file with `--preset`");
    }
    Preset preset;
    try {
        Reader reader({std::istreambuf_iterator<char>(file), {}});
        reader.object([&](const std::string &name, Texts texts) {
            if (name == "post_process_plugin") {
                preset.post_process_plugin = std::move(texts);
            } else if (name == "plugins") {
                preset.plugins = std::move(texts);
            }
        });
        reader.end();
    } catch (const std::runtime_error &error) {
        throw std::runtime_error("The preset `" + path + "` " + error.what());
    }
    return preset;
}
