#pragma once

#include <string>

#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What a plugin can be allowed: the lists of its sidecar.
enum class PermissionKind : unsigned char {
    /// To read paths.
    FsRead = 0,
    /// To read and write paths.
    FsReadWrite = 1,
    /// To ask hosts by HTTP.
    NetworkHttp = 2,
    /// To open sockets to hosts.
    NetworkSocket = 3,
    /// To start programs.
    Process = 4,
};

/// One thing that a plugin is allowed, or asks for.
struct Permission {
    PermissionKind kind = PermissionKind::FsRead;
    /// A path (`/folder/**` with everything below), a host (`example.com:443`, `*.example.com`), a program.
    std::string target;

    friend bool operator==(const Permission &one, const Permission &other) {
        return one.kind == other.kind && one.target == other.target;
    }
    friend bool operator!=(const Permission &one, const Permission &other) { return !(one == other); }
};

MATRILINE_END_NAMESPACE
