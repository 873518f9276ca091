#pragma once

#include <functional>
#include <string>
#include <vector>

#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What a plugin asks to be allowed while it is loaded.
struct PermissionRequest {
    std::string plugin_key;
    /// What users call the plugin.
    std::string name;
    /// The paths that it wants to read, without those that were granted before.
    std::vector<std::string> fs_read;
};

/// Decides whether a plugin is allowed what it asks for (`orca.request_permissions`). A refusal ends the load; what is
/// granted is kept in the sidecar and not asked again. Called where the host is (`host::Host`); it may wait for the user.
/// What it throws is logged and is a refusal.
using PermissionCallback = std::function<bool(const PermissionRequest &request)>;

MATRILINE_END_NAMESPACE
