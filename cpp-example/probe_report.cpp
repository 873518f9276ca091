#include "probe_report.hpp"

#include <fstream>

void ProbeReport::set(const std::string &name, const Json &value) {
    const std::lock_guard lock(mutex_);
    members_[name] = value;
    save();
}

void ProbeReport::add(const std::string &list, const Json &value) {
    const std::lock_guard lock(mutex_);
    auto &values = lists_[list];
    values.push_back(value);
    members_[list] = Json::array(values);
    save();
}

void ProbeReport::save() const {
    auto part = file_;
    part += ".part";
    {
        std::ofstream file(part);
        for (const auto &[name, value] : members_) {
            file << name << '\t' << value.text() << '\n';
        }
    }
    // a report that cannot be kept is missed by whoever reads it
    std::error_code ignored;
    std::filesystem::rename(part, file_, ignored);
}

std::map<std::string, Json> read_report(const std::filesystem::path &file) {
    std::map<std::string, Json> members;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        members[line.substr(0, tab)] = Json::raw(line.substr(tab + 1));
    }
    return members;
}

Json error_json(const matriline::Error &error) {
    return Json::object({{"code", static_cast<int>(error.code())},
                         {"message", error.what()},
                         {"traceback", error.traceback().empty() ? Json() : Json(error.traceback())}});
}

Json error_json(const std::string &text) {
    const auto end = text.find("\nTraceback (most recent call last):\n");
    const Json traceback = end == std::string::npos ? Json() : Json(text.substr(end + 1));
    return Json::object({{"code", Json()}, {"message", text.substr(0, end)}, {"traceback", traceback}});
}
