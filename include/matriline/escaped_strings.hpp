#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A list of texts as INI files hold it: joined by `;`, in quotes where a text holds a blank, a tab, a line end, `;`,
/// `\` or `"`. Threads: any.
MATRILINE_EXPORT std::string escape_strings_cstyle(const std::vector<std::string> &texts);

/// Reads such a list into `out`; false, and `out` as it was, for a text that is none. Threads: any.
MATRILINE_EXPORT bool unescape_strings_cstyle(std::string_view text, std::vector<std::string> &out);

MATRILINE_END_NAMESPACE
