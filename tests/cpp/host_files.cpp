#include "host.hpp"

using namespace matriline;

TEST_CASE("a model from a file") {
    const DataFolder data;
    const auto path = data.write_file("plate.stl", "solid\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\n"
                                                   "vertex 1 0 0\nvertex 0 2 0\nendloop\nendfacet\nendsolid\n");
    const host::Model model = host::read_model(path);
    REQUIRE(model.objects.size() == 1);
    const host::ModelObject &object = model.objects[0];
    CHECK((object.name == "plate" && object.input_file == path && object.printable));
    REQUIRE((object.volumes.size() == 1 && object.instances.size() == 1));
    const host::TriangleMesh &mesh = object.volumes[0].mesh;
    CHECK((mesh.vertex_count() == 3 && mesh.triangle_count() == 1));
    CHECK(mesh.vertices()[2] == host::TriangleMesh::Vertex{0, 2, 0});
    CHECK(mesh.triangles()[0] == host::TriangleMesh::Triangle{0, 1, 2});

    const auto error = error_of([&] { host::read_model(data.write_file("bad.3mf", "no archive")); });
    CHECK(error.code() == ErrorCode::Io);
    CHECK(std::string(error.what()).find("bad.3mf` is no 3MF") != std::string::npos);
    CHECK(error_of([] { host::read_model("/nowhere.stl"); }).code() == ErrorCode::Io);
}

TEST_CASE("presets from a folder") {
    const DataFolder data;
    data.write_file("base.json", R"({"type": "process", "name": "base", "from": "system", "instantiation": "false",
                                     "layer_height": "0.2", "speed": ["50", "60"]})");
    data.write_file("fine.json", R"({"type": "process", "name": "fine", "inherits": "base", "layer_height": "0.1"})");
    data.write_file("pla.json", R"({"type": "filament", "name": "PLA", "filament_type": ["PLA"]})");
    const host::PresetBundle bundle = host::read_presets(data.path());
    REQUIRE(bundle.prints.presets.size() == 1);
    CHECK(bundle.prints.selected == std::size_t{0});
    const host::Preset &fine = bundle.prints.presets[0];
    CHECK((fine.type == host::PresetType::Print && fine.name == "fine" && !fine.is_system));
    CHECK(fine.config == host::Config{{"layer_height", "0.1"}, {"speed", "50,60"}});
    CHECK(bundle.current_filaments == std::vector<std::string>{"PLA"});
    CHECK(bundle.full_config.at("filament_type") == "PLA");
    CHECK(bundle.printers.presets.empty());

    data.write_file("lost.json", R"({"type": "process", "name": "lost", "inherits": "nobody"})");
    const auto error = error_of([&] { host::read_presets(data.path()); });
    CHECK(error.code() == ErrorCode::Io);
    CHECK(std::string(error.what()).find("lost.json` inherits from `nobody`") != std::string::npos);
}
