#include "host.hpp"

using namespace matriline;

namespace {

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("execute") {
    const DataFolder data;
    for (const char *fixture :
         {"good", "echo_plugin", "shows_context", "skipped_result", "raises_in_execute", "execute_returns_none"}) {
        data.install(fixture);
    }
    data.write_plugin("texts", "return orca.ExecutionResult.success('Größe\\x00' + 'x' * 100000, '')");
    data.write_plugin("surrogate", "return orca.ExecutionResult.success('\\ud800')");
    start(data, {"good", "Echo_Plugin", "shows_context", "skipped_result", "raises_in_execute", "execute_returns_none",
                 "texts", "surrogate"});

    SECTION("answers with status, message and data") {
        const ExecutionResult result = edit("good")->execute(context());
        CHECK(result.status == PluginResult::Success);
        CHECK(result.message == "ok");
        CHECK(result.data.empty());
        CHECK(edit("skipped_result")->execute(context()).status == PluginResult::Skipped);
    }

    SECTION("takes a script without a context") {
        const auto script = loader().get_plugin_capability_by_name("Echo_Plugin", PluginCapabilityType::Script, "Echo");
        CHECK(std::dynamic_pointer_cast<ScriptPluginCapability>(script->instance)->execute().message == "echo");
    }

    SECTION("gives the plugin its context") {
        CHECK(edit("shows_context")->execute(context()).message == "2.4.0\na.gcode\nFile\nb.gcode");
    }

    SECTION("carries any text") {
        const std::string message = edit("texts")->execute(context()).message;
        CHECK(message.size() == 7 + 1 + 100000);
        CHECK(message.substr(0, 8) == std::string("Größe\0", 8));
    }

    SECTION("turns an exception into an Error") {
        const auto error = error_of([] { edit("raises_in_execute")->execute(context()); });
        CHECK(error.code() == ErrorCode::PluginRaised);
        CHECK(error.plugin() == "raises_in_execute");
        CHECK(contains(error.what(), "the layer table is empty"));
        CHECK(contains(error.what(), "ValueError"));
        CHECK(contains(error.traceback(), "KeyError: 'layers'"));
        CHECK(contains(error.traceback(), "The above exception was the direct cause"));
        CHECK(contains(error.traceback(), "raises_in_execute.py"));
    }

    SECTION("an Error is a std::exception and may be copied") {
        const auto error = error_of([] { edit("raises_in_execute")->execute(context()); });
        const Error copy = error;
        CHECK(std::string(static_cast<const std::exception &>(copy).what()) == error.what());
        CHECK(copy.traceback() == error.traceback());
    }

    SECTION("refuses an answer of another kind") {
        const auto error = error_of([] { edit("execute_returns_none")->execute(context()); });
        CHECK(error.code() == ErrorCode::WrongAnswer);
        CHECK(error.plugin() == "execute_returns_none");
    }

    SECTION("text of a plugin that is no UTF-8 does not crash") {
        try {
            CHECK_FALSE(edit("surrogate")->execute(context()).message.empty());
        } catch (const Error &error) {
            CHECK(error.plugin() == "surrogate");
        }
    }

    SECTION("text of the application that is no UTF-8 is an error") {
        auto wrong = context();
        wrong.gcode_path = "caf\xe9.gcode";
        const auto error = error_of([&] { edit("good")->execute(wrong); });
        CHECK(error.code() == ErrorCode::InvalidArgument);
        CHECK(contains(error.what(), "`gcode_path` is not UTF-8"));
    }

    SECTION("a capability held across its unload throws, and the next one is new") {
        const auto found = loader().get_plugin_capability_by_name("good", PluginCapabilityType::PostProcessing, "edit");
        const auto held = edit("good");
        CHECK(loader().unload_plugin("good"));
        const auto error = error_of([&] { held->execute(context()); });
        CHECK(error.code() == ErrorCode::CapabilityUnloaded);
        CHECK(error.plugin() == "good");
        CHECK(held->get_name() == "edit");
        CHECK_FALSE(found->enabled);

        load("good");
        CHECK(edit("good") != held);
        CHECK(edit("good")->execute(context()).message == "ok");
        CHECK_THROWS_AS(held->execute(context()), Error);
    }

    manager().shutdown();
}
