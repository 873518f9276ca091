#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "matriline/audit_question.hpp"
#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// An act that was refused.
struct AuditViolation {
    std::string plugin_key;
    /// The audit event of Python, or a word of the application.
    std::string event_name;
    /// What it would have been done to.
    std::string path;
    /// Why it was refused.
    std::string reason;
    /// The capability that was called; empty outside of a call.
    std::string capability;
};

/// What `PluginAuditManager::check_open` answers.
struct AuditCheck {
    bool allowed = true;
    /// Why not: `outside allowed root`, `denied filename`, …; else empty.
    std::string reason;
};

/// The application's own code that acts for a plugin: it says for whom, and asks whether that may be done.
///
/// A context belongs to a thread. What Python code does needs none: the loader has told the audit hook whose code it
/// is. Threads: any.
class MATRILINE_EXPORT PluginAuditManager {
public:
    PluginAuditManager(const PluginAuditManager &) = delete;
    PluginAuditManager &operator=(const PluginAuditManager &) = delete;

    static PluginAuditManager &instance();

    /// Whether the audit hook is there: from the first start of a manager on, until the process ends.
    bool install_hook() const;

    /// Acts for a plugin from now on, or for nobody with an empty key. The capability, the mode and the folders stay.
    void set_current_plugin(std::string_view plugin_key);
    /// Empty for nobody.
    std::string current_plugin() const;
    void clear_current_plugin();

    void set_current_capability(std::string_view name);
    /// Empty for none.
    std::string current_capability() const;
    void clear_current_capability();

    /// Lets every plugin that is loaded from now on write below a folder, less what would let it rule itself or others.
    /// The data folder is one already. An empty path adds nothing.
    void add_global_allowed_root(const std::filesystem::path &folder);

    /// Allows this thread a folder until its context ends. An empty path adds nothing.
    void add_scoped_allowed_root(const std::filesystem::path &folder);

    /// How strict `check_open` is on this thread. How strict the policy is with Python code is said by
    /// `ManagerOptions::audit_mode` and `PluginManager::set_audit_mode`.
    void set_audit_mode(AuditMode mode);
    AuditMode audit_mode() const;

    /// Whether the plugin that this thread acts for may open a file in a mode of Python (`r`, `wb`, …). Nobody is
    /// asked. An empty path is allowed, and so is everything on a thread that acts for nobody.
    AuditCheck check_open(const std::filesystem::path &path, std::string_view mode) const;

    /// Keeps a violation that the application has found itself: as the last of this thread, in the list of the plugin
    /// (`PluginManager::violations`), and as a warning in the log.
    void report_violation(const AuditViolation &violation);

    /// The last violation on this thread, of Python code or reported. False, and `violation` as it was, where there is
    /// none.
    bool last_violation(AuditViolation &violation) const;
    void clear_last_violation();

    /// Whether each act of a plugin is a debug message in the log as well, a little later.
    class MATRILINE_EXPORT VerboseEvents {
    public:
        VerboseEvents &operator=(bool verbose);
        operator bool() const;
    };
    /// Set it while a manager runs; off by default.
    VerboseEvents verbose_events;

private:
    PluginAuditManager() = default;
};

/// This thread acts for a plugin until the context ends; contexts nest. A new one begins without folders of its own, so
/// `add_scoped_allowed_root` comes after it. With an empty key nothing changes.
class MATRILINE_EXPORT ScopedPluginAuditContext {
public:
    explicit ScopedPluginAuditContext(std::string_view plugin_key, std::string_view capability = {},
                                      AuditMode mode = AuditMode::Loading);
    ScopedPluginAuditContext(std::string_view plugin_key, AuditMode mode)
        : ScopedPluginAuditContext(plugin_key, {}, mode) {}
    ~ScopedPluginAuditContext();
    ScopedPluginAuditContext(const ScopedPluginAuditContext &) = delete;
    ScopedPluginAuditContext &operator=(const ScopedPluginAuditContext &) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Stamps this thread with a plugin, as `PluginAuditManager::set_current_plugin` does. Capabilities that are loaded
/// have their plugin from the loader.
MATRILINE_EXPORT void set_audit_plugin_key(std::string_view plugin_key);

/// Whether a path is a folder, or lies in it, once symbolic links and `..` are followed as far as the path exists.
/// Compared by component, with regard to case.
MATRILINE_EXPORT bool is_inside_allowed_root(const std::filesystem::path &candidate, const std::filesystem::path &root);

/// Whether a file has a name that the application keeps secrets under (`ManagerOptions::secrets`), while a manager
/// runs.
MATRILINE_EXPORT bool is_denied_filename(const std::filesystem::path &path);

MATRILINE_END_NAMESPACE
