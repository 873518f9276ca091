#include "options.hpp"

#include <algorithm>
#include <filesystem>

namespace {

using Kind = Parameter::Kind;

bool is_option(const std::string &word) {
    return word.rfind("--", 0) == 0;
}

std::string named(const std::string &name) {
    return (is_option(name) ? "The option `" : "The operand `") + name + "`";
}

} // namespace

Options::Options(std::string program, const std::vector<std::string> &words, const std::vector<Parameter> &parameters)
    : program_(std::move(program)) {
    std::vector<Parameter> operands;
    for (const Parameter &parameter : parameters) {
        values_[parameter.name];
        if (!is_option(parameter.name)) {
            operands.push_back(parameter);
        }
    }
    auto operand = operands.begin();
    for (auto word = words.begin(); word != words.end(); ++word) {
        if (!is_option(*word)) {
            if (operand == operands.end()) {
                throw UsageError{"Nothing is done with `" + *word + "` here"};
            }
            add(*operand, *word);
            operand += operand->kind == Kind::Paths ? 0 : 1;
            continue;
        }
        const auto known = std::find_if(parameters.begin(), parameters.end(),
                                        [&word](const Parameter &parameter) { return parameter.name == *word; });
        if (known == parameters.end()) {
            throw UsageError{"There is no option `" + *word + "` here"};
        }
        if (known->kind == Kind::Flag) {
            values_[known->name] = {"yes"};
            continue;
        }
        if (++word == words.end()) {
            throw UsageError{"The option `" + known->name + "` needs a value"};
        }
        add(*known, *word);
    }
    for (const auto &[name, kind] : parameters) {
        if ((kind == Kind::Path || kind == Kind::Word) && values_[name].empty()) {
            throw UsageError{named(name) + " is missing"};
        }
    }
}

void Options::add(const Parameter &parameter, const std::string &word) {
    if (word.empty()) {
        throw UsageError{named(parameter.name) + " needs a value"};
    }
    auto &values = values_[parameter.name];
    if (!values.empty() && parameter.kind != Kind::Paths) {
        throw UsageError{named(parameter.name) + " is given twice"};
    }
    const bool is_word = parameter.kind == Kind::Word || parameter.kind == Kind::OptionalWord;
    values.push_back(is_word ? word : std::filesystem::absolute(word).string());
}
