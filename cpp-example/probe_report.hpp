#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "json.hpp"
#include "matriline/error.hpp"

/// What a probed plugin has done so far. Every change is on the disk before the plugin does the next thing, so that it
/// is known of one that ends the process, too. Threads: any.
class ProbeReport {
public:
    /// One that is kept in a file, a line for each member.
    explicit ProbeReport(std::filesystem::path file) : file_(std::move(file)) {}

    void set(const std::string &name, const Json &value);

    /// Adds to a member that is a list.
    void add(const std::string &list, const Json &value);

private:
    void save() const;

    std::filesystem::path file_;
    std::mutex mutex_;
    std::map<std::string, Json> members_;
    std::map<std::string, std::vector<Json>> lists_;
};

/// The members of a report that another process has kept.
std::map<std::string, Json> read_report(const std::filesystem::path &file);

/// An error, with code, message and traceback.
Json error_json(const matriline::Error &error);
/// The same of a text that goes on with a traceback where there is one.
Json error_json(const std::string &text);
