#pragma once

#include <functional>
#include <string>
#include <vector>

#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What happens to an act of a plugin that neither a place nor a permission covers.
enum class AuditMode : unsigned char {
    /// Reading, network and processes as they come; writing elsewhere is refused.
    Loading = 0,
    /// It is refused.
    Enforcing = 1,
    /// The user is asked; while nobody answers, it is refused.
    Ask = 2,
};

/// What a plugin is about to do.
struct AuditQuestion {
    std::string plugin_key;
    /// The capability that was called; empty outside of a call.
    std::string capability;
    /// The audit event of Python.
    std::string event_name;
    /// What kind of act it is: `fs_read`, `fs_readwrite`, `fs_create`, `fs_delete`, `http`, `socket`, `process`, …
    std::string category;
    /// What it is done to, as far as nothing allows it yet: paths, hosts, programs.
    std::vector<std::string> targets;
    /// Whether `PermissionAnswer::Always` can be kept; else it counts for this time.
    bool can_be_kept = false;
    /// All of it, in an English sentence.
    std::string text;
};

/// What a user says to a question.
enum class PermissionAnswer : unsigned char {
    /// Not now.
    No = 0,
    /// This time.
    Once = 1,
    /// From now on; it is kept.
    Always = 2,
};

/// Answers a question. Called where the host is (`host::Host`), without `ManagerOptions::post` on a thread of its own;
/// it may wait for the user. What it throws is logged and is a no.
using QuestionCallback = std::function<PermissionAnswer(const AuditQuestion &question)>;

MATRILINE_END_NAMESPACE
