#pragma once

#include "generated/offer.hpp"
#include "host.hpp"

/// What snapshots of the application are made of.
struct matriline::host::TriangleMesh::State {
    rust::Box<matriline::detail::Mesh> mesh;

    /// A mesh that Rust has made.
    static TriangleMesh mesh_of(rust::Box<matriline::detail::Mesh> made) {
        return TriangleMesh(std::make_shared<State>(State{std::move(made)}));
    }
};

namespace matriline::detail {

/// Text of the application; bytes that are not UTF-8 become replacement characters.
inline rust::String lossy(const std::string &text) {
    return rust::String::lossy(text);
}

rust::Vec<SettingPair> settings_of(const host::Config &config);

} // namespace matriline::detail
