#pragma once

#include <functional>
#include <string>
#include <vector>

#include "matriline/permission.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What a plugin asks to be allowed, without what it has: while it is loaded, or in its metadata
/// (`PluginManager::ask_permissions`).
struct PermissionRequest {
    std::string plugin_key;
    /// What users call the plugin.
    std::string name;
    /// The paths that it wants to read.
    std::vector<std::string> fs_read;
    /// The paths that it wants to read and write.
    std::vector<std::string> fs_readwrite;
    /// The hosts that it wants to ask by HTTP.
    std::vector<std::string> network_http;
    /// The hosts that it wants to open sockets to.
    std::vector<std::string> network_socket;
    /// The programs that it wants to start.
    std::vector<std::string> process;

    /// The list of a kind.
    std::vector<std::string> &of(PermissionKind kind) {
        switch (kind) {
        case PermissionKind::FsReadWrite:
            return fs_readwrite;
        case PermissionKind::NetworkHttp:
            return network_http;
        case PermissionKind::NetworkSocket:
            return network_socket;
        case PermissionKind::Process:
            return process;
        case PermissionKind::FsRead:
            break;
        }
        return fs_read;
    }
};

/// Decides whether a plugin is allowed what it asks for. While it is loaded (`orca.request_permissions`), a refusal
/// ends the load. What is granted is kept in the sidecar and not asked again. Called where the host is (`host::Host`);
/// it may wait for the user. What it throws is logged and is a refusal.
using PermissionCallback = std::function<bool(const PermissionRequest &request)>;

MATRILINE_END_NAMESPACE
