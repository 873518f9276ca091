#include "matriline/types.hpp"

#include <atomic>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "host.hpp"

using namespace matriline;
using namespace matriline::types;

namespace {

/// Every plugin has one capability `it`, whose base class this is and that has these methods.
std::string source(const std::string &base, const std::string &methods) {
    return "class It(orca." + base + "):\n    def get_name(self):\n        return 'it'\n" + methods +
           "@orca.plugin\nclass Package(orca.base):\n    def register_capabilities(self):\n"
           "        orca.register_capability(It)\n";
}

const char *const import_file = R"(
    def import_file(self, path, progress):
        if path == 'wrong':
            return ['no mesh']
        if path == 'raises':
            raise ValueError('broken')
        if path == 'threads':
            import threading
            threads = [threading.Thread(target=progress, args=(0.5,)) for _ in range(4)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            return []
        for place in range(4):
            if not progress(place / 4, f'Layer {place}'):
                return []
        self.kept = progress
        corners = [(x, y, z) for z in (0, 2) for y in (0, 1) for x in (0, 1)]
        cube = orca.host.TriangleMesh(corners, ((0, 2, 1), (1, 2, 3)))
        flat = orca.host.TriangleMesh([(0, 0, 0), (1, 0, 0), (0, 1, 0.5)], [(0, 1, 2)])
        return [('Würfel', cube), ('', flat), cube]

    def get_extensions(self):
        if hasattr(self, 'kept'):
            return ['.vox', str(self.kept(1))]
        return ['.vox', 1]

)";

const char *const export_file = R"(
    def export_file(self, model, path, progress):
        names = [f'{object.name}/{volume.name} {volume.mesh().triangle_count()}'
                 for object in model.objects() for volume in object.volumes()]
        with open(path, 'w') as file:
            file.write(' '.join(names))
        progress(1)
        return orca.ExecutionResult.success(f'{model.object_count()} objects', data=model.objects()[0].name)

    def get_extensions(self):
        return ('.a', '.Größe')

)";

const char *const analyze_model = R"(
    def analyze_model(self, model, progress):
        return {'height': model.max_z(), 'names': [object.name for object in model.objects()]}

)";

const char *const analyze_gcode = R"(
    def analyze_gcode(self, path, progress):
        return len(open(path).readlines())

)";

const char *const execute = R"(
    def execute(self, event, ctx):
        if event is not orca.LifecycleEvent.ObjectAdded:
            return orca.ExecutionResult.skipped('')
        assert ctx.code is orca.LifecycleEvtCode.Warn and ctx.dirty
        if ctx.name == 'wrong':
            return 'done'
        return orca.ExecutionResult.success(f'{event.name} {ctx.name} {ctx.index} {ctx.msg} {ctx.source}')

)";

/// The manager with all four types, and one plugin.
class Running {
public:
    Running(const std::string &base, const char *methods) {
        data_.write_source("package", source(base, methods));
        ManagerOptions options;
        options.capability_types = {Importer::declaration(), Exporter::declaration(), Analysis::declaration(),
                                    Automation::declaration()};
        start(data_, {"package"}, {}, std::move(options));
    }
    ~Running() { manager().shutdown(); }

    template <class Type>
    std::shared_ptr<const Type> it() const {
        auto typed = Type::of(loader().get_plugin_capability_by_name("package", Type::type(), "it"));
        REQUIRE(typed);
        return typed;
    }

private:
    DataFolder data_;
};

host::Model model() {
    host::ModelVolume part;
    part.name = "Teil ä";
    part.mesh = host::TriangleMesh({{0, 0, 0}, {10, 0, 0}, {0, 20, 30}}, {{0, 1, 2}});
    host::ModelObject box;
    box.name = "box";
    box.volumes.push_back(std::move(part));
    box.instances.emplace_back();
    host::Model model;
    model.objects.push_back(std::move(box));
    return model;
}

ErrorCode code_of_import(const Importer &importer, const char *path) {
    return error_of([&] { importer.import_file(path, nullptr); }).code();
}

} // namespace

TEST_CASE("a shipped type has its number before it is declared") {
    CHECK(Importer::type() == PluginCapabilityType::Importer);
    CHECK(Exporter::type() == PluginCapabilityType::Exporter);
    CHECK(Analysis::type() == PluginCapabilityType::Analysis);
    CHECK(Automation::type() == PluginCapabilityType::Automation);
}

TEST_CASE("an importer gives meshes") {
    const Running running("importer.ImporterPluginCapabilityBase", import_file);
    const auto importer = running.it<Importer>();
    CHECK(error_of([&] { importer->get_extensions(); }).code() == ErrorCode::WrongAnswer);

    std::vector<std::pair<double, std::string>> told;
    const std::vector<ImportedMesh> meshes =
        importer->import_file("cube.vox", [&](double done, std::string_view message) {
            told.emplace_back(done, message);
            return true;
        });
    REQUIRE(meshes.size() == 3);
    CHECK(meshes[0].name == "Würfel");
    CHECK(meshes[1].name.empty());
    const host::TriangleMesh &cube = meshes[0].mesh;
    REQUIRE(cube.vertex_count() == 8);
    CHECK(cube.vertices()[7] == host::TriangleMesh::Vertex{1, 1, 2});
    REQUIRE(cube.triangle_count() == 2);
    CHECK(cube.triangles()[1] == host::TriangleMesh::Triangle{1, 2, 3});
    REQUIRE(meshes[1].mesh.vertex_count() == 3);
    CHECK(meshes[1].mesh.vertices()[2] == host::TriangleMesh::Vertex{0, 1, 0.5});
    REQUIRE(told.size() == 4);
    CHECK(told[2] == std::pair<double, std::string>(0.5, "Layer 2"));

    CHECK(importer->get_extensions() == std::vector<std::string>{".vox", "False"});
    CHECK(told.size() == 4);
    CHECK(importer->import_file("cube.vox", nullptr).size() == 3);
    CHECK(code_of_import(*importer, "wrong") == ErrorCode::WrongAnswer);
    CHECK(code_of_import(*importer, "raises") == ErrorCode::PluginRaised);
    CHECK(code_of_import(*importer, "caf\xe9") == ErrorCode::InvalidArgument);
    CHECK(Exporter::of(loader().get_plugin_capability_by_name("package", Importer::type(), "it")) == nullptr);
}

TEST_CASE("progress cancels") {
    const Running running("importer.ImporterPluginCapabilityBase", import_file);
    const auto importer = running.it<Importer>();
    std::atomic<int> count = 0;
    const Progress until_two = [&](double, std::string_view) { return ++count < 2; };
    CHECK(importer->import_file("cube.vox", until_two).empty());
    CHECK(count == 2);

    count = 0;
    const Progress throws = [&](double, std::string_view) -> bool {
        ++count;
        throw std::out_of_range("no more");
    };
    CHECK_THROWS_AS(importer->import_file("cube.vox", throws), std::out_of_range);
    CHECK(count == 1);
    CHECK_THROWS_AS(importer->import_file("threads", throws), std::out_of_range);
}

TEST_CASE("an exporter writes a file") {
    const DataFolder jobs;
    const Running running("exporter.ExporterPluginCapabilityBase", export_file);
    const auto exporter = running.it<Exporter>();
    const std::string path = (jobs.path() / "out.a").string();
    double last = 0;
    const ExecutionResult result = exporter->export_file(model(), FilePath{path}, [&](double done, std::string_view) {
        last = done;
        return true;
    });
    CHECK(result.status == PluginResult::Success);
    CHECK(result.message == "1 objects");
    CHECK(result.data == "box");
    CHECK(read_file(path) == "box/Teil ä 1");
    CHECK(last == 1);
    CHECK(exporter->get_extensions() == std::vector<std::string>{".a", ".Größe"});
    const Error raised = error_of([&] { exporter->export_file({}, FilePath{path}, {}); });
    CHECK(raised.code() == ErrorCode::PluginRaised);
    CHECK(raised.plugin() == "package");

    const CapabilityValue nulls[] = {{ValueKind::Model}, {ValueKind::File, path}, {ValueKind::Progress}};
    const Error error = error_of([&] { exporter->capability()->call(0, nulls, 3); });
    CHECK(error.code() == ErrorCode::InvalidArgument);
    CHECK(std::string(error.what()).find("place 0 is null") != std::string::npos);
}

TEST_CASE("an analysis reports") {
    const Running running("analysis.AnalysisPluginCapabilityBase", analyze_model);
    const auto analysis = running.it<Analysis>();
    CHECK(analysis->analyze_model.is_written());
    CHECK_FALSE(analysis->analyze_gcode.is_written());
    CHECK(analysis->analyze_model(model(), nullptr).text == R"({"height":30.0,"names":["box"]})");
}

TEST_CASE("an analysis reads G-code") {
    const DataFolder jobs;
    const Running running("analysis.AnalysisPluginCapabilityBase", analyze_gcode);
    const auto analysis = running.it<Analysis>();
    CHECK_FALSE(analysis->analyze_model.is_written());
    CHECK(analysis->analyze_gcode(jobs.write_file("a.gcode", "G28\nG1\n"), nullptr).text == "2");
}

TEST_CASE("an automation takes events") {
    const Running running("automation.AutomationPluginCapabilityBase", execute);
    const auto automation = running.it<Automation>();
    LifecycleEventContext context;
    context.name = "Würfel";
    context.code = LifecycleEvtCode::Warn;
    context.msg = "too big";
    context.source = "menu";
    context.index = 3;
    context.dirty = true;
    CHECK(automation->execute(LifecycleEvent::ObjectAdded, context).message == "ObjectAdded Würfel 3 too big menu");
    CHECK(automation->execute(LifecycleEvent::NewProject, {}).status == PluginResult::Skipped);
    context.name = "wrong";
    CHECK(error_of([&] { automation->execute(LifecycleEvent::ObjectAdded, context); }).code() ==
          ErrorCode::WrongAnswer);
    context.code = static_cast<LifecycleEvtCode>(9);
    CHECK(error_of([&] { automation->execute(LifecycleEvent::ObjectAdded, context); }).code() ==
          ErrorCode::InvalidArgument);
    context.name = "caf\xe9";
    CHECK(error_of([&] { automation->execute(LifecycleEvent::ObjectAdded, context); }).code() ==
          ErrorCode::InvalidArgument);
}

namespace {

/// What the types of the library take is there for those of an application as well.
struct Repair : CapabilityType<Repair> {
    static constexpr const char *text = "repair";
    static constexpr const char *doc = "Repairs models.";
    static constexpr const char *module = "repair";
    static constexpr const char *base_class = "RepairPluginCapabilityBase";

    Method<std::vector<ImportedMesh>(const host::Model &, double, const Progress &)> repair{
        this, "repair", {"model", "tolerance", "progress"}, "Gives the meshes of a model, repaired."};
};

} // namespace

TEST_CASE("a type of the application takes models and gives meshes") {
    const DataFolder data;
    data.write_source("fixer", source("repair.RepairPluginCapabilityBase", R"(
    def repair(self, model, tolerance, progress):
        return [(f'{volume.name} {tolerance}', volume.mesh()) for object in model.objects() for volume in object.volumes()]

)"));
    ManagerOptions options;
    options.capability_types.push_back(Repair::declaration());
    start(data, {"fixer"}, {}, std::move(options));
    const auto repair = Repair::of(loader().get_plugin_capability_by_name("fixer", Repair::type(), "it"));
    REQUIRE(repair);
    const host::Model given = model();
    const std::vector<ImportedMesh> meshes = repair->repair(given, 0.25, nullptr);
    REQUIRE(meshes.size() == 1);
    CHECK(meshes[0].name == "Teil ä 0.25");
    CHECK(meshes[0].mesh.vertices() == given.objects[0].volumes[0].mesh.vertices());
    manager().shutdown();
    CHECK(meshes[0].mesh.vertices()[1] == host::TriangleMesh::Vertex{10, 0, 0});
}

TEST_CASE("kinds stand where they can") {
    CapabilityTypeDeclaration declaration = Repair::declaration();
    declaration.text = "other";
    declaration.methods[0].returns = ValueKind::LifecycleEventContext;
    const DataFolder data;
    ManagerOptions options;
    options.data_dir = data.path().string();
    options.capability_types.push_back(std::move(declaration));
    manager().configure(std::move(options));
    REQUIRE_FALSE(manager().initialize());
    CHECK(manager().last_error().find("has the record `LifecycleEventContext` as its answer") != std::string::npos);
}
