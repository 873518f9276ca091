#include "matriline/host_model.hpp"

#include "host_config.hpp"

namespace matriline::detail {

rust::Vec<SettingPair> settings_of(const host::Config &config) {
    rust::Vec<SettingPair> pairs;
    pairs.reserve(config.size());
    for (const auto &[key, value] : config) {
        pairs.push_back(SettingPair{lossy(key), lossy(value)});
    }
    return pairs;
}

namespace {

PlacementData placement_of(const host::Placement &placement) {
    return {placement.offset, placement.rotation, placement.scaling_factor, placement.mirror};
}

VolumeData volume_of(const host::ModelVolume &volume) {
    return {volume.id,
            lossy(volume.name),
            static_cast<std::int8_t>(volume.type),
            volume.extruder.has_value(),
            volume.extruder.value_or(0),
            placement_of(volume.placement),
            volume.mesh_errors,
            volume.painted.fdm_support,
            volume.painted.seam,
            volume.painted.mm,
            volume.painted.fuzzy_skin,
            settings_of(volume.config)};
}

} // namespace

void read_host_model(const HostModel &model, ModelBuilder &into) noexcept {
    into.set({model.id, model.material_count, model.current_plate, lossy(model.designer), lossy(model.design_id)});
    for (const host::ModelObject &object : model.objects) {
        into.add_object({object.id, lossy(object.name), lossy(object.module_name), lossy(object.input_file),
                         object.printable, object.is_cut, object.has_custom_layering, settings_of(object.config)});
        for (const host::ModelVolume &volume : object.volumes) {
            into.add_volume(volume_of(volume), *volume.mesh.state().mesh);
        }
        for (const host::ModelInstance &instance : object.instances) {
            into.add_instance(
                {instance.id, instance.printable, instance.is_printable, placement_of(instance.placement)});
        }
    }
}

} // namespace matriline::detail

MATRILINE_BEGIN_NAMESPACE

namespace host {

using namespace matriline::detail;

namespace {

/// The numbers of rows of three.
template <class Row>
auto numbers(const Row *rows, std::size_t count) {
    using Number = typename Row::value_type;
    static_assert(sizeof(Row) == 3 * sizeof(Number));
    return rust::Slice<const Number>(reinterpret_cast<const Number *>(rows), 3 * count);
}

/// The vectors of a mesh that owns them.
struct Vectors {
    std::vector<TriangleMesh::Vertex> vertices;
    std::vector<TriangleMesh::Triangle> triangles;
};

} // namespace

TriangleMesh::TriangleMesh(std::shared_ptr<const void> owner, const Vertex *vertices, std::size_t vertex_count,
                           const Triangle *triangles, std::size_t triangle_count)
    : state_(std::make_shared<State>(State{checked([&](Failure &failure) {
          return new_mesh(std::make_shared<MeshMemory>(MeshMemory{std::move(owner)}), numbers(vertices, vertex_count),
                          numbers(triangles, triangle_count), failure);
      })})) {}

TriangleMesh::TriangleMesh(std::vector<Vertex> vertices, std::vector<Triangle> triangles) {
    const auto owner = std::make_shared<Vectors>(Vectors{std::move(vertices), std::move(triangles)});
    *this = TriangleMesh(owner, owner->vertices.data(), owner->vertices.size(), owner->triangles.data(),
                         owner->triangles.size());
}

TriangleMesh::TriangleMesh() {
    static const TriangleMesh &empty = *new TriangleMesh({}, {});
    *this = empty;
}

const TriangleMesh::Vertex *TriangleMesh::vertices() const {
    return reinterpret_cast<const Vertex *>(state_->mesh->vertices().data());
}

std::size_t TriangleMesh::vertex_count() const {
    return state_->mesh->vertices().size() / 3;
}

const TriangleMesh::Triangle *TriangleMesh::triangles() const {
    return reinterpret_cast<const Triangle *>(state_->mesh->triangles().data());
}

std::size_t TriangleMesh::triangle_count() const {
    return state_->mesh->triangles().size() / 3;
}

} // namespace host

MATRILINE_END_NAMESPACE
