#pragma once

#include <map>
#include <string>
#include <vector>

/// A command line that is not understood.
struct UsageError {
    std::string problem;
};

/// What a sub-command takes: an option if the name begins with `--`, else an operand, in the order of the list.
struct Parameter {
    enum class Kind {
        /// A path that must be given, once.
        Path,
        /// A path that may be given, once.
        OptionalPath,
        /// A path that may be given any number of times; an option.
        Paths,
        /// A word that must be given, once.
        Word,
        /// A word that may be given, once.
        OptionalWord,
    };

    std::string name;
    Kind kind;
};

/// The operands and the `--name value` pairs after a sub-command. Paths are absolute, since plugins run with them and a
/// bare file name has no folder.
class Options {
public:
    Options(const std::vector<std::string> &words, const std::vector<Parameter> &parameters);

    /// The value of a name that must be given.
    const std::string &operator[](const std::string &name) const { return values_.at(name).front(); }

    /// The value, or the default where none is given.
    std::string get(const std::string &name, const std::string &otherwise = {}) const {
        const auto &values = all(name);
        return values.empty() ? otherwise : values.front();
    }

    /// Every value, in order.
    const std::vector<std::string> &all(const std::string &name) const { return values_.at(name); }

private:
    void add(const Parameter &parameter, const std::string &word);

    std::map<std::string, std::vector<std::string>> values_;
};
