#include "host.hpp"

using namespace matriline;

namespace {

using Texts = std::vector<std::string>;

const char *const cloud_reference = "cloud_plugin;550e8400-e29b-41d4-a716-446655440000;post_process";

std::string refused(const std::string &json) {
    const Error error = error_of([&] { PresetDocument::parse(json); });
    CHECK(error.code() == ErrorCode::InvalidArgument);
    return error.what();
}

} // namespace

// 12.1, C1
TEST_CASE("c1: a preset without plugins gets none") {
    const auto document = PresetDocument::parse(R"({"post_process_plugin": ["local_plugin;;post_process", ")" +
                                                std::string(cloud_reference) + R"("]})");
    const std::string json = document.to_json();
    CHECK(json.find("\"plugins\"") == std::string::npos);
    const auto again = PresetDocument::parse(json);
    CHECK(again.strings("post_process_plugin") == Texts{"local_plugin;;post_process", cloud_reference});
    CHECK(again.plugins().empty());
}

// 12.1, C2
TEST_CASE("c2: references in a list are escaped, and read back") {
    const Texts plugins{"master_plugin;;header-stamp",
                        "Sample Plugin;1f998ea9-0183-4cc5-957f-4eef659ba4e6;G-code Benchmark (.py)"};
    const std::string escaped = escape_strings_cstyle(plugins);
    CHECK(escaped.find("\"master_plugin;;header-stamp\"") != std::string::npos);
    Texts read;
    REQUIRE(unescape_strings_cstyle(escaped, read));
    CHECK(read == plugins);
}

TEST_CASE("what is no escaped list leaves the output alone") {
    Texts out{"untouched"};
    CHECK_FALSE(unescape_strings_cstyle("\"never closed", out));
    CHECK(out == Texts{"untouched"});
    CHECK(unescape_strings_cstyle("", out));
    CHECK(out.empty());
}

TEST_CASE("only the plugins change") {
    auto document = PresetDocument::parse(
        R"({"layer_height": 0.20, "big": 123456789012345678901, "plugins": ["a;;b"], "x": {"y" : [1 ,2]}})");
    document.set_plugins({"p;;\"x\""});
    CHECK(document.to_json() == "{\n\t\"layer_height\": 0.20,\n\t\"big\": 123456789012345678901,\n\t\"plugins\": [\n"
                                "\t\t\"p;;\\\"x\\\"\"\n\t],\n\t\"x\": {\"y\" : [1 ,2]}\n}\n");
    document.set_plugins({});
    CHECK(document.to_json().find("plugins") == std::string::npos);
}

TEST_CASE("a preset has its options and its plugins") {
    const auto document = PresetDocument::parse(
        R"({"name": "Fine", "post_process_plugin": "a;\"b c\"", "printer_agent": "x;y", "plugins": ["p;;a"], "o": "z"})");
    const Preset preset = document.preset(PresetType::Printer);
    CHECK(preset.type == PresetType::Printer);
    CHECK(preset.name == "Fine");
    CHECK(preset.plugins == Texts{"p;;a"});
    CHECK(preset.options.size() == 2);
    CHECK(preset.options.at("post_process_plugin") == Texts{"a", "b c"});
    CHECK(preset.options.at("printer_agent") == Texts{"x;y"});
    const std::vector<PluginOption> options{{"o", PluginCapabilityType::Script, PluginOptionValue::CapabilityName}};
    CHECK(document.preset(PresetType::Print, options).options == std::map<std::string, Texts>{{"o", {"z"}}});
    CHECK_FALSE(document.strings("nobody"));
}

TEST_CASE("a document can be moved") {
    auto first = PresetDocument::parse(R"({"plugins": ["a;;b"]})");
    const PresetDocument second = std::move(first);
    CHECK(second.plugins() == Texts{"a;;b"});
}

TEST_CASE("what is no preset is refused and says where") {
    CHECK(refused("[]").find("no preset (line 1") != std::string::npos);
    CHECK(refused("{\"a\": ").find("line 1") != std::string::npos);
    CHECK(refused("{\"a\": " + std::string(1000, '[')).find("deeper") != std::string::npos);
    CHECK(refused("\xff").find("not UTF-8") != std::string::npos);
}
