#include "files.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace fs = std::filesystem;

std::string read_file(const std::string &path, const std::string &option) {
    std::error_code problem;
    if (fs::is_directory(path, problem)) {
        problem = std::make_error_code(std::errc::is_a_directory);
    }
    std::ifstream file;
    if (!problem) {
        file.open(path, std::ios::binary);
        if (!file) {
            problem = std::error_code(errno, std::generic_category());
        }
    }
    if (problem) {
        throw std::runtime_error("The file `" + path + "` can't be read: " + problem.message() +
                                 "; give another one with `" + option + "`");
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

void replace_file(const std::string &path, const std::string &text) {
    const std::string beside = path + ".part";
    std::error_code problem;
    {
        std::ofstream file(beside, std::ios::binary | std::ios::trunc);
        file << text;
        file.close();
        if (!file) {
            problem = std::error_code(errno, std::generic_category());
        }
    }
    if (!problem) {
        fs::rename(beside, path, problem);
    }
    if (problem) {
        std::error_code ignored;
        fs::remove(beside, ignored);
        throw std::runtime_error("The file `" + path + "` can't be written: " + problem.message());
    }
}
