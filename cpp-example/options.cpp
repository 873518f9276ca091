#include "options.hpp"

#include <algorithm>
#include <filesystem>

Options::Options(const std::vector<std::string> &words, const std::vector<std::string> &names) {
    for (std::size_t i = 0; i < words.size(); i += 2) {
        const std::string &name = words[i];
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            throw UsageError{"There is no option `" + name + "` here"};
        }
        if (i + 1 == words.size() || words[i + 1].empty()) {
            throw UsageError{"The option `" + name + "` needs a value"};
        }
        if (!values_.emplace(name, std::filesystem::absolute(words[i + 1]).string()).second) {
            throw UsageError{"The option `" + name + "` is given twice"};
        }
    }
    for (const std::string &name : names) {
        if (values_.count(name) == 0) {
            throw UsageError{"The option `" + name + "` is missing"};
        }
    }
}
