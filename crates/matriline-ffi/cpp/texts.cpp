#include "host.hpp"

namespace matriline::detail {

std::string full_text(const Error &error) {
    std::string text = error.what();
    if (!error.traceback().empty()) {
        text.append("\n").append(error.traceback());
    }
    return text;
}

std::vector<std::string> copied(const rust::Vec<rust::String> &texts) {
    std::vector<std::string> copy;
    copy.reserve(texts.size());
    for (const rust::String &text : texts) {
        copy.emplace_back(text);
    }
    return copy;
}

rust::Vec<rust::String> texts(const std::vector<std::string> &values, const char *argument) {
    rust::Vec<rust::String> list;
    list.reserve(values.size());
    for (const std::string &value : values) {
        list.push_back(owned(value, argument));
    }
    return list;
}

TextList optional_texts(const std::vector<std::string> *values, const char *argument) {
    return {values != nullptr, values != nullptr ? texts(*values, argument) : rust::Vec<rust::String>()};
}

} // namespace matriline::detail
