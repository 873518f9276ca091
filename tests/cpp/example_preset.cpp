// The preset reader of the example application.
#include "../../cpp-example/preset.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <unistd.h>

#include "catch.hpp"

namespace {

Preset read(const std::string &json) {
    std::string name = (std::filesystem::temp_directory_path() / "matriline-preset-XXXXXX").string();
    close(mkstemp(name.data()));
    std::ofstream(name) << json;
    try {
        Preset preset = read_preset(name);
        std::remove(name.c_str());
        return preset;
    } catch (...) {
        std::remove(name.c_str());
        throw;
    }
}

} // namespace

TEST_CASE("the two settings are found among others") {
    const Preset preset = read(R"( {"name": "x", "layers": [1, -2.5e3, null, true, {"plugins": ["no"]}], "o": {},
        "post_process_plugin": ["a", "b"], "plugins": ["p;;a", "q;u;b"], "end": []} )");
    CHECK(preset.post_process_plugin == std::vector<std::string>{"a", "b"});
    CHECK(preset.plugins == std::vector<std::string>{"p;;a", "q;u;b"});
}

TEST_CASE("settings may be missing") {
    CHECK(read("{}").plugins.empty());
}

TEST_CASE("escapes are read") {
    const Preset preset = read(R"({"plugins": ["\"\\\/\n", "\u0047r\u00f6\u00dfe", "\ud83d\udc0b"]})");
    CHECK(preset.plugins == std::vector<std::string>{"\"\\/\n", "Größe", "🐋"});
}

TEST_CASE("a file that ends too early says so") {
    for (const char *json : {"", "{", "{\"plugins\": [\"a", "{\"a\":\"\\u12"}) {
        INFO(json);
        try {
            read(json);
            FAIL("nothing was thrown");
        } catch (const std::runtime_error &error) {
            CHECK(std::string(error.what()).find("ends too early") != std::string::npos);
        }
    }
}

TEST_CASE("what is no JSON object is refused") {
    for (const char *json : {"", "[]", "{", "{\"a\"", "{\"a\":}", "{\"a\":1,}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}",
                             "{} x", "{\"a\":[1 2]}"}) {
        INFO(json);
        CHECK_THROWS_AS(read(json), std::runtime_error);
    }
}
