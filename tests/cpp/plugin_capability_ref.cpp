#include "matriline/plugin_capability_ref.hpp"

#include "catch.hpp"

using matriline::parse_capability_ref;
using matriline::PluginCapabilityRef;

namespace {

void check(const char *text, const PluginCapabilityRef &expected) {
    INFO(text);
    const auto found = parse_capability_ref(text);
    REQUIRE(found);
    CHECK(*found == expected);
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
