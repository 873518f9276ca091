#include "matriline/plugin_audit_manager.hpp"

#include <atomic>

#include "audit.hpp"
#include "matriline/python_interpreter.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

std::atomic<bool> is_verbose{false};

rust::String path_text(const std::filesystem::path &path) {
    return owned(path);
}

} // namespace

PluginAuditManager &PluginAuditManager::instance() {
    static PluginAuditManager manager;
    return manager;
}

bool PluginAuditManager::install_hook() const {
    return current_host() != nullptr;
}

void PluginAuditManager::set_current_plugin(std::string_view plugin_key) {
    checked([&](Failure &failure) { audit_set_current_plugin(text(plugin_key, "plugin_key"), failure); });
}

std::string PluginAuditManager::current_plugin() const {
    return std::string(checked([](Failure &failure) { return audit_current_plugin(failure); }));
}

void PluginAuditManager::clear_current_plugin() {
    set_current_plugin({});
}

void PluginAuditManager::set_current_capability(std::string_view name) {
    checked([&](Failure &failure) { audit_set_current_capability(text(name, "name"), failure); });
}

std::string PluginAuditManager::current_capability() const {
    return std::string(checked([](Failure &failure) { return audit_current_capability(failure); }));
}

void PluginAuditManager::clear_current_capability() {
    set_current_capability({});
}

void PluginAuditManager::add_global_allowed_root(const std::filesystem::path &folder) {
    checked([&](Failure &failure) { add_global_root(path_text(folder), failure); });
}

void PluginAuditManager::add_scoped_allowed_root(const std::filesystem::path &folder) {
    checked([&](Failure &failure) { add_scoped_root(path_text(folder), failure); });
}

void PluginAuditManager::set_audit_mode(AuditMode mode) {
    checked([&](Failure &failure) { audit_set_mode(static_cast<std::uint8_t>(mode), failure); });
}

AuditMode PluginAuditManager::audit_mode() const {
    return static_cast<AuditMode>(checked([](Failure &failure) { return audit_current_mode(failure); }));
}

AuditCheck PluginAuditManager::check_open(const std::filesystem::path &path, std::string_view mode) const {
    const auto check =
        checked([&](Failure &failure) { return audit_check_open(path_text(path), text(mode, "mode"), failure); });
    return {check.allowed, std::string(check.reason)};
}

void PluginAuditManager::report_violation(const AuditViolation &violation) {
    const ViolationData data{true,
                             owned(violation.plugin_key, "plugin_key"),
                             owned(violation.capability, "capability"),
                             owned(violation.event_name, "event_name"),
                             owned(violation.path, "path"),
                             owned(violation.reason, "reason")};
    checked([&](Failure &failure) { audit_report_violation(data, failure); });
}

bool PluginAuditManager::last_violation(AuditViolation &violation) const {
    const auto data = checked([](Failure &failure) { return audit_last_violation(failure); });
    if (data.found) {
        violation = violation_of(data);
    }
    return data.found;
}

void PluginAuditManager::clear_last_violation() {
    checked([](Failure &failure) { forget_last_violation(failure); });
}

PluginAuditManager::VerboseEvents &PluginAuditManager::VerboseEvents::operator=(bool verbose) {
    checked([&](Failure &failure) { detail::set_verbose_events(started_host(), verbose, failure); });
    is_verbose = verbose;
    return *this;
}

PluginAuditManager::VerboseEvents::operator bool() const {
    return is_verbose;
}

struct ScopedPluginAuditContext::State {
    rust::Box<AuditContextGuard> guard;
};

ScopedPluginAuditContext::ScopedPluginAuditContext(std::string_view plugin_key, std::string_view capability,
                                                   AuditMode mode) {
    auto guard = checked([&](Failure &failure) {
        return enter_audit_context(text(plugin_key, "plugin_key"), text(capability, "capability"),
                                   static_cast<std::uint8_t>(mode), failure);
    });
    state_ = std::make_unique<State>(State{std::move(guard)});
}

ScopedPluginAuditContext::~ScopedPluginAuditContext() = default;

void set_audit_plugin_key(std::string_view plugin_key) {
    PluginAuditManager::instance().set_current_plugin(plugin_key);
}

bool is_inside_allowed_root(const std::filesystem::path &candidate, const std::filesystem::path &root) {
    return checked([&](Failure &failure) { return audit_is_inside(path_text(candidate), path_text(root), failure); });
}

bool is_denied_filename(const std::filesystem::path &path) {
    return checked([&](Failure &failure) { return audit_is_denied_filename(path_text(path), failure); });
}

MATRILINE_END_NAMESPACE
