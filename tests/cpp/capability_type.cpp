#include "matriline/capability_type.hpp"

#include <cstdint>
#include <limits>

#include "host.hpp"

using namespace matriline;

namespace {

struct Simulator : CapabilityType<Simulator> {
    static constexpr const char *text = "flow-simulator";
    static constexpr const char *doc = "Simulates a print.";
    static constexpr const char *module = "simulation";
    static constexpr const char *base_class = "SimulatorPluginCapabilityBase";

    Method<ExecutionResult(std::string_view, double)> simulate{
        this, "simulate", {"gcode", "speed"}, "Simulates the G-code, so many times as fast."};
    Method<std::int64_t(std::int64_t, bool)> count_layers{
        this, "count_layers", {"start", "exact"}, "How many layers it has found.", Duty::Optional};
    Method<JsonText(JsonText)> echo{this, "echo", {"value"}, "Gives back what it got.", Duty::Optional};
    Method<void(FilePath)> write{this, "write", {"path"}, "Writes a file.", Duty::Optional};
    Method<double()> get_distance{this, "get_distance", {}, "How far it went, in mm.", Duty::Optional};
    Method<std::string()> get_label{this, "get_label", {}, "What the user chooses it by.", Duty::Optional};
    Method<bool()> is_quick{this, "is_quick", {}, "Whether it is quick.", Duty::Optional};
};

const char *const plugin = R"(
import orca

class It(orca.simulation.SimulatorPluginCapabilityBase):
    def get_name(self):
        return 'it'

    def simulate(self, gcode, speed):
        if speed < 0:
            raise ValueError('backwards')
        return orca.ExecutionResult.success(f'{gcode} {speed}', data='Größe')

    def count_layers(self, start, exact):
        return start + 1 if exact else 'many'

    def echo(self, value):
        return value

    def write(self, path):
        open(path, 'w').write('written')

    def get_label(self):
        return 'Größe'

    def is_quick(self):
        return True

@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        orca.register_capability(It)
)";

ManagerOptions with(CapabilityTypeDeclaration declaration) {
    ManagerOptions options;
    options.capability_types.push_back(std::move(declaration));
    return options;
}

std::string refused(CapabilityTypeDeclaration declaration) {
    const DataFolder data;
    ManagerOptions options = with(std::move(declaration));
    options.data_dir = data.path().string();
    manager().configure(std::move(options));
    REQUIRE_FALSE(manager().initialize());
    return manager().last_error();
}

} // namespace

TEST_CASE("a declaration holds the methods in their order") {
    const CapabilityTypeDeclaration declaration = Simulator::declaration();
    REQUIRE(declaration.methods.size() == 7);
    CHECK(declaration.methods[0].name == "simulate");
    CHECK(declaration.methods[0].arguments[1].name == "speed");
    CHECK(declaration.methods[0].arguments[1].kind == ValueKind::Real);
    CHECK(declaration.methods[3].returns == ValueKind::Nothing);
    CHECK(declaration.methods[4].optional);
}

TEST_CASE("a type of the application is called with types") {
    const DataFolder data, jobs;
    const auto folder = data.path() / "orca_plugins" / "flow";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "flow.py") << plugin;
    data.install("good");
    start(data, {"flow", "good"}, {}, with(Simulator::declaration()));

    const PluginCapabilityType type = Simulator::type();
    CHECK(plugin_capability_type_to_string(type) == "flow-simulator");
    CHECK(plugin_capability_type_display_name(type) == "Flow simulator");
    CHECK(plugin_capability_type_from_string("Flow-Simulator") == type);
    CHECK(plugin_capability_type_to_string(static_cast<PluginCapabilityType>(200)) == "unknown");

    const auto found = loader().get_plugin_capability_by_name("flow", type, "it");
    const auto simulator = Simulator::of(found);
    REQUIRE(simulator);
    const ExecutionResult result = simulator->simulate("a.gcode", 1.5);
    CHECK(result.message == "a.gcode 1.5");
    CHECK(result.data == "Größe");
    CHECK(simulator->count_layers(std::numeric_limits<std::int64_t>::max() - 1, true) ==
          std::numeric_limits<std::int64_t>::max());
    CHECK(simulator->echo(JsonText{R"({"a":[1,null]})"}).text == R"({"a":[1,null]})");
    const std::string path = (jobs.path() / "out.txt").string();
    simulator->write(FilePath{path});
    CHECK(read_file(path) == "written");
    CHECK(simulator->get_distance() == 0);
    CHECK(simulator->get_label() == "Größe");
    CHECK(simulator->is_quick());

    CHECK(error_of([&] { simulator->simulate("a", -1); }).code() == ErrorCode::PluginRaised);
    CHECK(error_of([&] { simulator->count_layers(0, false); }).code() == ErrorCode::WrongAnswer);
    CHECK(error_of([&] { simulator->echo(JsonText{"{no json"}); }).code() == ErrorCode::InvalidArgument);
    CHECK(error_of([&] { simulator->simulate("caf\xe9", 1); }).code() == ErrorCode::InvalidArgument);
    CHECK(error_of([&] { simulator->capability()->call(99, nullptr, 0); }).code() == ErrorCode::InvalidArgument);
    const CapabilityValue wrong[] = {{ValueKind::Number}, {ValueKind::Real}};
    CHECK(error_of([&] { simulator->capability()->call(0, wrong, 2); }).code() == ErrorCode::InvalidArgument);

    CHECK(Simulator::of(nullptr) == nullptr);
    for (const auto &other : loader().get_loaded_plugin_capabilities("good")) {
        CHECK(Simulator::of(other) == nullptr);
    }
    manager().shutdown();
    CHECK(error_of([&] { simulator->simulate("a", 1); }).code() == ErrorCode::CapabilityUnloaded);
}

TEST_CASE("a declaration that cannot be is refused") {
    CapabilityTypeDeclaration declaration = Simulator::declaration();
    declaration.methods[0].name = "class";
    declaration.text = "other";
    CHECK(refused(declaration).find("its method `class` is no name") != std::string::npos);
    declaration = Simulator::declaration();
    declaration.methods.pop_back();
    CHECK(refused(declaration).find("was declared otherwise earlier in this process") != std::string::npos);
    declaration = Simulator::declaration();
    declaration.methods[0].returns = static_cast<ValueKind>(99);
    CHECK(refused(declaration).find("No kind of a value has the number 99") != std::string::npos);
}
