// Capabilities that draw: what they can, their sessions, outcomes.

#include "host.hpp"

using namespace matriline;

namespace {

/// A plugin with one capability `view`, whose answers to `open` and `update` are those of a list, in turn.
std::string plugin(const std::string &answers) {
    return R"(
from orca.visualization import *

class View(VisualizationPluginCapabilityBase):
    def __init__(self):
        super().__init__()
        self.answers = [)" +
           answers + R"(]
    def get_name(self): return 'view'
    def get_supported_inputs(self):
        return [VisualizationInputSpec(INPUT_TOOLPATH, FORMAT_GLTF_BINARY, TRANSPORT_FILE, 2, 0, 2, 5),
                VisualizationInputSpec(INPUT_TOOLPATH, FORMAT_STL, TRANSPORT_FILE)]
    def answer(self, what, ctx):
        status = self.answers.pop(0)
        if status is None:
            raise ValueError('no window')
        return orca.ExecutionResult(status, f'{what} {ctx.revision} {ctx.input.location} {ctx.metadata}', '')
    def open(self, ctx): return self.answer('open', ctx)
    def update(self, ctx): return self.answer('update', ctx)

@orca.plugin
class Package(orca.base):
    def register_capabilities(self): orca.register_capability(View)
)";
}

void start_drawing(const DataFolder &data, const std::string &answers) {
    data.write_source("draws", plugin(answers));
    start(data, {"draws"});
}

Drawn draw(std::int64_t revision, std::string metadata = "{}") {
    VisualizationContext context;
    context.orca_version = "2.4.0";
    context.revision = revision;
    context.input = {"toolpath", "gltf-binary", "file", "/größer.glb", 2, 0};
    context.metadata = std::move(metadata);
    return manager().draw("draws", "view", context);
}

} // namespace

TEST_CASE("it says what it can draw") {
    const DataFolder data;
    start_drawing(data, "");
    const auto inputs = manager().drawable_inputs("draws", "view");
    REQUIRE(inputs.size() == 2);
    CHECK(inputs[0].kind == "toolpath");
    CHECK(inputs[0].format == "gltf-binary");
    CHECK(inputs[0].transport == "file");
    CHECK(inputs[0].takes(2, 5));
    CHECK_FALSE(inputs[0].takes(2, 6));
    CHECK_FALSE(inputs[0].takes(1, 9));
    CHECK(inputs[1].format == "stl");
    CHECK(error_of([] { manager().drawable_inputs("draws", "other"); }).code() == ErrorCode::NoCapability);
    manager().shutdown();
}

TEST_CASE("a session begins, goes on and ends") {
    const DataFolder data;
    start_drawing(data, "orca.PluginResult.Success, orca.PluginResult.Success, orca.PluginResult.RecoverableError, "
                        "orca.PluginResult.FatalError, orca.PluginResult.Success, orca.PluginResult.Success");
    const Drawn opened = draw(1, R"({"plate_index": 3})");
    CHECK(opened.result.message == "open 1 /größer.glb {'plate_index': 3}");
    CHECK(opened.revision == 1);
    CHECK(draw(2).result.message == "update 2 /größer.glb {}");
    const Drawn missed = draw(3);
    CHECK(missed.result.status == PluginResult::RecoverableError);
    CHECK(missed.revision == 2);
    const Drawn ended = draw(4);
    CHECK(ended.result.status == PluginResult::FatalError);
    CHECK(ended.revision == std::nullopt);
    CHECK(draw(5).result.message.find("open 5") == 0);
    manager().end_drawing("draws", "view");
    manager().end_drawing("draws", "view");
    CHECK(draw(6).result.message.find("open 6") == 0);
    manager().shutdown();
}

TEST_CASE("what fails leaves the session as it was") {
    const DataFolder data;
    start_drawing(data, "orca.PluginResult.Success, None, orca.PluginResult.Success");
    CHECK(draw(1).revision == 1);
    CHECK(error_of([] { draw(2); }).code() == ErrorCode::PluginRaised);
    CHECK(error_of([] { draw(2, "{"); }).code() == ErrorCode::InvalidArgument);
    CHECK(error_of([] { draw(2, "caf\xe9"); }).code() == ErrorCode::InvalidArgument);
    CHECK(draw(2).result.message.find("update 2") == 0);
    loader().unload_plugin("draws");
    CHECK(error_of([] { draw(3); }).code() == ErrorCode::NoCapability);
    CHECK(error_of([] { manager().end_drawing("draws", "view"); }).code() == ErrorCode::NoCapability);
    manager().shutdown();
}

TEST_CASE("nothing is drawn before the start") {
    CHECK(error_of([] { draw(1); }).code() != ErrorCode::Panic);
    CHECK(error_of([] { manager().drawable_inputs("draws", "view"); }).code() != ErrorCode::Panic);
}
