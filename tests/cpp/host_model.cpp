#include "host.hpp"

using namespace matriline;

namespace {

/// A plugin whose script runs this, with `host` at hand, and answers `answer`.
std::string runs(const std::string &body) {
    return "host = orca.host\n"
           "class Run(orca.script.ScriptPluginCapabilityBase):\n"
           "    def get_name(self): return 'run'\n"
           "    def execute(self):\n        answer = None\n        " +
           body +
           "\n        return orca.ExecutionResult.success(str(answer))\n"
           "@orca.plugin\n"
           "class Package(orca.base):\n"
           "    def register_capabilities(self): orca.register_capability(Run)\n";
}

std::shared_ptr<host::Model> a_model() {
    auto model = std::make_shared<host::Model>();
    host::ModelVolume part;
    part.id = 7;
    part.name = "part";
    part.mesh =
        host::TriangleMesh({{0, 0, 0}, {1, 0, 0}, {0, 2, 0}, {0, 0, 3}}, {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}});
    part.extruder = 2;
    part.config["brim_width"] = "5";
    host::ModelInstance instance;
    instance.placement.offset = {10, 0, 0};
    host::ModelObject object;
    object.name = "object";
    object.volumes = {part};
    object.instances = {instance};
    model->objects = {object};
    model->designer = "caf\xe9";
    return model;
}

class Application : public host::Host {
public:
    std::vector<host::Feature> features() override { return offered; }
    std::shared_ptr<const host::Model> model() override {
        ++asked;
        return shown;
    }
    std::shared_ptr<const host::PresetBundle> preset_bundle() override { return presets; }
    std::optional<host::PlaterState> plater() override {
        if (throws) {
            throw 7;
        }
        return host::PlaterState{true, false, false};
    }
    std::string app_language() override { return "de_DE"; }
    bool reload_local_bundle(const std::string &bundle_id) override {
        if (bundle_id == "broken") {
            throw std::runtime_error("The bundle is broken");
        }
        return bundle_id == "local";
    }

    std::vector<host::Feature> offered{host::Feature::Language, host::Feature::LocalBundles};
    std::shared_ptr<const host::Model> shown = a_model();
    std::shared_ptr<const host::PresetBundle> presets;
    bool throws = false;
    int asked = 0;
};

struct Answered {
    std::string message;
    std::string error;
};

/// What a plugin with this body answers to an application.
Answered with(const std::shared_ptr<host::Host> &application, const std::string &body) {
    const DataFolder data;
    data.write_source("run", runs(body));
    ManagerOptions options;
    options.host = application;
    start(data, {"run"}, {}, options);
    std::string error;
    const auto result = manager().run_script_capability("run", "run", error);
    manager().shutdown();
    return {result.message, error};
}

} // namespace

TEST_CASE("plugins read the model") {
    const auto application = std::make_shared<Application>();
    SECTION("objects, volumes and meshes") {
        const auto answered = with(application, R"(o = host.model().objects()[0]
        v = o.volumes()[0]
        m = v.mesh()
        answer = (o.name, v.id(), v.extruder_id(), v.config_value('brim_width'), m.vertex_count(), m.triangle(3),
                  m.vertex(3), m.is_manifold(), m.volume(), o.bounding_box().min, host.model().designer()))");
        CHECK(answered.error.empty());
        CHECK(answered.message == "('object', 7, 2, '5', 4, (1, 2, 3), (0.0, 0.0, 3.0), True, 1.0, (10.0, 0.0, 0.0), "
                                  "'caf\xef\xbf\xbd')");
    }
    SECTION("a model that is given out again is the same") {
        const auto answered = with(application, R"(first, second = host.model(), host.model()
        answer = first.object(0).volume(0).mesh().volume() == second.object(0).volume(0).mesh().volume())");
        CHECK(answered.message == "True");
        CHECK(application->asked == 2);
    }
    SECTION("memory is lent, for as long as a plugin holds it") {
        std::weak_ptr<const void> lent;
        {
            const std::array<float, 3> vertices[] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 10}};
            const auto memory = std::make_shared<std::vector<std::array<float, 3>>>(vertices, vertices + 3);
            const auto triangles = std::make_shared<std::vector<std::array<std::int32_t, 3>>>(
                std::initializer_list<std::array<std::int32_t, 3>>{{0, 1, 2}});
            const auto both = std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>>(
                memory, triangles);
            lent = both;
            const host::TriangleMesh mesh(both, memory->data(), 3, triangles->data(), 1);
            CHECK(mesh.vertices() == memory->data());
            CHECK(mesh.triangles() == triangles->data());
            CHECK((mesh.vertex_count() == 3 && mesh.triangle_count() == 1));
            auto model = a_model();
            model->objects[0].volumes[0].mesh = mesh;
            application->shown = model;
        }
        const auto answered = with(application, R"(import builtins
        builtins.kept = host.model().object(0).volume(0).mesh()
        answer = builtins.kept.vertex(2))");
        CHECK(answered.message == "(7.0, 8.0, 10.0)");
        application->shown = nullptr;
        CHECK_FALSE(lent.expired());
        with(application, "import builtins; del builtins.kept");
        CHECK(lent.expired());
    }
    SECTION("a vertex that does not exist") {
        const auto error = error_of([] { host::TriangleMesh({{0, 0, 0}}, {{0, 0, 1}}); });
        CHECK(error.code() == ErrorCode::InvalidArgument);
        CHECK(std::string(error.what()).find("vertex 1") != std::string::npos);
    }
    SECTION("no plater") {
        application->shown = nullptr;
        CHECK(with(application, "host.model()").error.find("Plater is not available") != std::string::npos);
        CHECK(with(nullptr, "host.model()").error.find("application is not initialized") != std::string::npos);
    }
}

TEST_CASE("plugins read presets") {
    const auto application = std::make_shared<Application>();
    CHECK(with(application, "host.preset_bundle()").error.find("Preset bundle is not available") != std::string::npos);
    const auto presets = std::make_shared<host::PresetBundle>();
    host::Preset preset;
    preset.type = host::PresetType::Print;
    preset.name = "fine";
    preset.is_system = true;
    preset.config = {{"layer_height", "0.1"}};
    presets->prints.presets = {preset};
    presets->prints.selected = 0;
    preset.config["layer_height"] = "0.12";
    preset.is_dirty = true;
    presets->prints.edited = preset;
    presets->current_filaments = {"PLA"};
    presets->full_config = {{"nozzle_diameter", "0.4"}};
    application->presets = presets;
    const auto answered = with(application, R"(b = host.preset_bundle()
        p = b.prints
        answer = (p.size(), p.preset(0).config_value('layer_height'), b.current_process_preset().label(),
                  p.get_edited_preset().config_value('layer_height'), p.find_preset('fine').type == host.PresetType.Print,
                  b.current_filament_preset_names(), b.full_config_value('nozzle_diameter')))");
    CHECK(answered.error.empty());
    CHECK(answered.message == "(1, '0.1', '* fine', '0.12', True, ['PLA'], '0.4')");
}

TEST_CASE("what else an application offers") {
    const auto application = std::make_shared<Application>();
    const auto answered = with(application, R"(answer = (sorted(orca.host_features()), host.app_language(),
                  host.reload_local_bundle('local'), host.reload_local_bundle('other'), host.plater().is_project_dirty()))");
    CHECK(answered.error.empty());
    CHECK(answered.message == "(['language', 'local-bundles', 'storage'], 'de_DE', True, False, True)");
    CHECK(with(application, "host.reload_local_bundle('broken')").error.find("RuntimeError: The bundle is broken") !=
          std::string::npos);
    application->throws = true;
    CHECK(with(application, "host.plater().is_project_dirty()").error.find("Plater is not available") !=
          std::string::npos);
    application->offered.clear();
    CHECK(with(application, "answer = hasattr(host, 'app_language')").message == "False");
}
