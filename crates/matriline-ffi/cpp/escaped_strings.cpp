#include "matriline/escaped_strings.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

std::string escape_strings_cstyle(const std::vector<std::string> &texts) {
    return std::string(checked([&](Failure &failure) { return escape_texts(detail::texts(texts, "texts"), failure); }));
}

bool unescape_strings_cstyle(std::string_view text, std::vector<std::string> &out) {
    const TextList list = unescape_texts(detail::text(text, "text"));
    if (list.given) {
        out = copied(list.texts);
    }
    return list.given;
}

MATRILINE_END_NAMESPACE
