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
        /// A path that may be given any number of times; of the operands only the last one.
        Paths,
        /// A word that must be given, once.
        Word,
        /// A word that may be given, once.
        OptionalWord,
        /// An option without a value.
        Flag,
    };

    std::string name;
    Kind kind;
};

/// The operands and the `--name value` pairs after a sub-command. Paths are absolute, since plugins run with them and a
/// bare file name has no folder.
class Options {
public:
    Options(std::string program, const std::vector<std::string> &words, const std::vector<Parameter> &parameters);

    /// The name this program was started with.
    const std::string &program() const { return program_; }

    /// Whether a name is given.
    bool has(const std::string &name) const { return !all(name).empty(); }

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

    std::string program_;
    std::map<std::string, std::vector<std::string>> values_;
};
