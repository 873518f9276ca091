#include "matriline/plugin_capability_ref.hpp"

#include <string>

#include "catch.hpp"
#include "matriline/error.hpp"

using matriline::create_full_ref;
using matriline::parse_capability_ref;
using matriline::PluginCapabilityRef;

namespace {

void check(const char *text, const PluginCapabilityRef &expected) {
    INFO(text);
    const auto found = parse_capability_ref(text);
    REQUIRE(found);
    CHECK(*found == expected);
    CHECK(found->to_string() == text);
}

void check_none(const char *text) {
    INFO(text);
    CHECK_FALSE(parse_capability_ref(text));
}

} // namespace

TEST_CASE("a local reference has no uuid") {
    check("local_plugin;;post_process", {"local_plugin", "post_process", ""});
}

TEST_CASE("a uuid is kept, and is the key") {
    check("cloud;550e8400-e29b-41d4-a716-446655440000;pp", {"cloud", "pp", "550e8400-e29b-41d4-a716-446655440000"});
    CHECK(parse_capability_ref("cloud;u;pp")->plugin_key() == "u");
    CHECK(parse_capability_ref("local;;pp")->plugin_key() == "local");
}

TEST_CASE("further semicolons belong to the capability") {
    check("a;b;c;d", {"a", "c;d", "b"});
}
TEST_CASE("blanks are kept") {
    check(" ;;x", {" ", "x", ""});
}

TEST_CASE("what has an empty part is no reference") {
    for (const char *text :
         {"", "plugin", "plugin;uuid", ";;capability", ";uuid;capability", "plugin;;", "plugin;uuid;"}) {
        check_none(text);
    }
}

TEST_CASE("a reference is built of its parts") {
    CHECK(create_full_ref("local", "", "pp") == "local;;pp");
    CHECK(create_full_ref("Cloud plugin", "u", "a;b") == "Cloud plugin;u;a;b");
    CHECK(PluginCapabilityRef{"local", "pp", ""}.to_string() == "local;;pp");
}

TEST_CASE("what would not read back is refused") {
    const auto check_refused = [](const PluginCapabilityRef &reference, const char *part) {
        try {
            reference.to_string();
            FAIL("nothing was thrown");
        } catch (const matriline::Error &error) {
            CHECK(error.code() == matriline::ErrorCode::InvalidArgument);
            CHECK(std::string(error.what()).find(part) != std::string::npos);
        }
    };
    check_refused({"", "pp", ""}, "name");
    check_refused({"a;b", "pp", ""}, "`a;b`");
    check_refused({"a", "", ""}, "capability");
    check_refused({"a", "pp", "u;v"}, "`u;v`");
}
