#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "matriline/execution_result.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A kind of input that a capability can draw, between two versions of its format.
struct VisualizationInputSpec {
    /// What is drawn, such as `toolpath`.
    std::string kind;
    /// The format, such as `gltf-binary`.
    std::string format;
    /// How it comes, such as `file`.
    std::string transport;
    /// The oldest version of the format.
    std::int64_t min_major = 0;
    std::int64_t min_minor = 0;
    /// The newest version of the format.
    std::int64_t max_major = 0;
    std::int64_t max_minor = 0;

    /// Whether a version of a format lies between the two.
    bool takes(std::int64_t major, std::int64_t minor) const {
        const std::pair version(major, minor);
        return std::pair(min_major, min_minor) <= version && version <= std::pair(max_major, max_minor);
    }
};

/// What is to be drawn.
struct VisualizationInput {
    /// What it is, such as `toolpath`.
    std::string kind;
    /// Its format, such as `gltf-binary`.
    std::string format;
    /// How it comes, such as `file`.
    std::string transport;
    /// Where it is: a path, for a file.
    std::string location;
    /// The version of the format.
    std::int64_t major_version = 0;
    std::int64_t minor_version = 0;
};

/// What a plugin is told of what it draws.
struct VisualizationContext {
    /// The version of the application.
    std::string orca_version;
    /// The number of the snapshot; a later one has a higher number.
    std::int64_t revision = 0;
    /// The snapshot.
    VisualizationInput input;
    /// What else is to be known: a JSON object, with `plate_index`.
    std::string metadata = "{}";
};

/// What has become of a snapshot.
struct Drawn {
    /// What the capability answered.
    ExecutionResult result;
    /// The revision that the session shows now, of whose snapshot the file must stay; nothing when there is no session.
    std::optional<std::int64_t> revision;
};

MATRILINE_END_NAMESPACE
