#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What an application offers to plugins. What they read is a snapshot: once the application has handed a model out, it
/// changes nothing in it, and makes another one when something changes. Lengths are millimetres.
namespace host {

/// Options by name, each with its value as a configuration file writes it.
using Config = std::map<std::string, std::string>;

/// A mesh of triangles, in the coordinates of its volume. A value: copies share the memory, and plugins read the same
/// memory. Threads: any.
class MATRILINE_EXPORT TriangleMesh {
public:
    using Vertex = std::array<float, 3>;
    /// The places of the three vertices, counter-clockwise seen from outside.
    using Triangle = std::array<std::int32_t, 3>;

    /// A mesh over vertices and triangles that stay where they are and as they are for as long as `owner` lives.
    /// Throws `Error` with `ErrorCode::InvalidArgument` when a triangle has a vertex that does not exist.
    TriangleMesh(std::shared_ptr<const void> owner, const Vertex *vertices, std::size_t vertex_count,
                 const Triangle *triangles, std::size_t triangle_count);

    /// The same over vectors that are taken.
    TriangleMesh(std::vector<Vertex> vertices, std::vector<Triangle> triangles);

    /// A mesh without vertices.
    TriangleMesh();

    const Vertex *vertices() const;
    std::size_t vertex_count() const;
    const Triangle *triangles() const;
    std::size_t triangle_count() const;

    struct State;
    const State &state() const { return *state_; }

private:
    friend struct State;
    explicit TriangleMesh(std::shared_ptr<const State> state) : state_(std::move(state)) {}

    std::shared_ptr<const State> state_;
};

/// What a volume is in its object. The numbers are those that plugins see.
enum class VolumeType : signed char {
    Invalid = -1,
    /// It is printed.
    ModelPart = 0,
    /// It is cut out of what is printed.
    NegativeVolume = 1,
    /// Other options hold inside of it.
    ParameterModifier = 2,
    /// No support where it is.
    SupportBlocker = 3,
    /// Support where it is.
    SupportEnforcer = 4,
};

/// Where something stands: it is mirrored and scaled, turned about the axes X, Y and Z in that order, and moved.
struct Placement {
    std::array<double, 3> offset{};
    /// In radians.
    std::array<double, 3> rotation{};
    std::array<double, 3> scaling_factor{1, 1, 1};
    /// 1, or -1 where it is mirrored.
    std::array<double, 3> mirror{1, 1, 1};
};

/// What the user has painted on.
struct Painted {
    bool fdm_support = false;
    bool seam = false;
    bool mm = false;
    bool fuzzy_skin = false;
};

/// A part of an object.
struct ModelVolume {
    /// The number that stays the same while the volume exists.
    std::uint64_t id = 0;
    std::string name;
    VolumeType type = VolumeType::ModelPart;
    /// From 1; nothing when it has that of the object.
    std::optional<std::uint32_t> extruder;
    /// Where it stands in the object.
    Placement placement;
    TriangleMesh mesh;
    /// How many errors of the mesh were repaired.
    std::uint32_t mesh_errors = 0;
    Painted painted;
    /// Its own options.
    Config config;
};

/// A copy of an object on a plate.
struct ModelInstance {
    std::uint64_t id = 0;
    /// Whether the user wants it printed.
    bool printable = true;
    /// Whether it stands where it can be printed as well.
    bool is_printable = true;
    Placement placement;
};

struct ModelObject {
    std::uint64_t id = 0;
    std::string name;
    /// The module it belongs to, or empty.
    std::string module_name;
    /// The file it was read from, or empty.
    std::string input_file;
    bool printable = true;
    std::vector<ModelVolume> volumes;
    std::vector<ModelInstance> instances;
    /// Whether it is a piece of a cut object.
    bool is_cut = false;
    /// Whether its layers have heights that the user drew.
    bool has_custom_layering = false;
    Config config;
};

/// The model on the plates.
struct Model {
    std::uint64_t id = 0;
    std::vector<ModelObject> objects;
    std::size_t material_count = 0;
    /// The plate that the user sees, from 0.
    std::size_t current_plate = 0;
    /// Who designed it; empty when nobody knows.
    std::string designer;
    /// The number of the design on the pages it came from, or empty.
    std::string design_id;
};

} // namespace host

MATRILINE_END_NAMESPACE
