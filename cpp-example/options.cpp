#include "options.hpp"

#include <filesystem>

Options::Options(const std::vector<std::string> &words, const std::map<std::string, Kind> &names) {
    for (const auto &[name, kind] : names) {
        values_[name];
    }
    for (std::size_t i = 0; i < words.size(); i += 2) {
        const std::string &name = words[i];
        const auto known = names.find(name);
        if (known == names.end()) {
            throw UsageError{"There is no option `" + name + "` here"};
        }
        if (i + 1 == words.size() || words[i + 1].empty()) {
            throw UsageError{"The option `" + name + "` needs a value"};
        }
        auto &values = values_[name];
        if (!values.empty() && known->second != Kind::Paths) {
            throw UsageError{"The option `" + name + "` is given twice"};
        }
        const bool is_word = known->second == Kind::OptionalWord;
        values.push_back(is_word ? words[i + 1] : std::filesystem::absolute(words[i + 1]).string());
    }
    for (const auto &[name, kind] : names) {
        if (kind == Kind::Path && values_[name].empty()) {
            throw UsageError{"The option `" + name + "` is missing"};
        }
    }
}
