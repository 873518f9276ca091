#pragma once

#include <map>
#include <string>
#include <vector>

/// A command line that is not understood.
struct UsageError {
    std::string problem;
};

/// The `--name path` pairs after a sub-command. Paths are absolute, since plugins run with them and a bare file name
/// has no folder.
class Options {
public:
    /// Takes exactly the names it is given, each once.
    Options(const std::vector<std::string> &words, const std::vector<std::string> &names);

    const std::string &operator[](const std::string &name) const { return values_.at(name); }

private:
    std::map<std::string, std::string> values_;
};
