#pragma once

#include <string>

#include "matriline/manager_options.hpp"
#include "options.hpp"

/// Who answers what plugins ask: `--allow` and `--deny` do; else somebody at the terminal, if there is one. Without any
/// of them plugins are asked nothing, and may read and connect as they like.
void answer_questions(matriline::ManagerOptions &start, const Options &options);

/// Whether somebody answers.
bool has_somebody_to_ask(const Options &options);

/// The line of a permission: what it is, key, kind, target.
void print_permission(const char *what, const std::string &key, const matriline::Permission &permission);

/// The kind of a word. Throws `UsageError` for another.
matriline::PermissionKind kind_of(const std::string &word);
