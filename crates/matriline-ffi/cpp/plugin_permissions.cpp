// What plugins are allowed, and looking back at what they did.

#include "audit.hpp"
#include "matriline/permission.hpp"
#include "matriline/plugin_manager.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

std::vector<Permission> copied(const rust::Vec<PermissionData> &list) {
    std::vector<Permission> permissions;
    permissions.reserve(list.size());
    for (const PermissionData &data : list) {
        permissions.push_back({static_cast<PermissionKind>(data.kind), std::string(data.target)});
    }
    return permissions;
}

} // namespace

std::vector<Permission> PluginManager::permissions(std::string_view key) const {
    return copied(
        checked([&](Failure &failure) { return list_permissions(started_host(), text(key, "key"), failure); }));
}

std::vector<Permission> PluginManager::wanted_permissions(std::string_view key) const {
    return copied(
        checked([&](Failure &failure) { return list_wanted_permissions(started_host(), text(key, "key"), failure); }));
}

bool PluginManager::ask_permissions(std::string_view key) {
    return checked(
        [&](Failure &failure) { return detail::ask_permissions(started_host(), text(key, "key"), failure); });
}

bool PluginManager::revoke_permission(std::string_view key, const Permission &permission) {
    const PermissionData data{static_cast<std::uint8_t>(permission.kind), owned(permission.target, "target")};
    return checked(
        [&](Failure &failure) { return detail::revoke_permission(started_host(), text(key, "key"), data, failure); });
}

std::vector<AuditViolation> PluginManager::violations(std::string_view key) const {
    std::vector<AuditViolation> violations;
    for (const ViolationData &data :
         checked([&](Failure &failure) { return detail::violations(started_host(), text(key, "key"), failure); })) {
        violations.push_back(violation_of(data));
    }
    return violations;
}

std::uint64_t PluginManager::violation_count(std::string_view key) const {
    return checked(
        [&](Failure &failure) { return detail::violation_count(started_host(), text(key, "key"), failure); });
}

void PluginManager::export_activity(const std::filesystem::path &file) const {
    checked([&](Failure &failure) { detail::export_activity(started_host(), owned(file), failure); });
}

bool PluginManager::set_audit_mode(std::string_view key, AuditMode mode) {
    return checked([&](Failure &failure) {
        return set_plugin_audit_mode(started_host(), text(key, "key"), static_cast<std::uint8_t>(mode), failure);
    });
}

MATRILINE_END_NAMESPACE
