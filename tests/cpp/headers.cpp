// Every header is included alone and twice by two generated files beside this one; that they compile and link
// into one program is the test.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "catch.hpp"
#include "matriline/matriline.h"
#include "matriline/matriline.hpp"

TEST_CASE("the C header and the library agree on their version") {
    CHECK(matriline_abi_version() == MATRILINE_ABI_VERSION);
    const matriline_str version = matriline_version();
    CHECK(std::string(version.data, version.len) == MATRILINE_VERSION);
}

TEST_CASE("no public header names the bridge") {
    for (const auto &entry : std::filesystem::directory_iterator(MATRILINE_HEADERS)) {
        std::ifstream file(entry.path());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        INFO(entry.path().string());
        CHECK(text.find("rust::") == std::string::npos);
        CHECK(text.find("cxx.h") == std::string::npos);
    }
}
