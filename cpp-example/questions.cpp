#include "questions.hpp"

#include <array>
#include <cstdio>
#include <iostream>
#include <utility>

#include <unistd.h>

namespace {

using matriline::PermissionAnswer;
using matriline::PermissionKind;

constexpr std::array<std::pair<PermissionKind, const char *>, 5> kinds{{
    {PermissionKind::FsRead, "fs_read"},
    {PermissionKind::FsReadWrite, "fs_readwrite"},
    {PermissionKind::NetworkHttp, "network_http"},
    {PermissionKind::NetworkSocket, "network_socket"},
    {PermissionKind::Process, "process"},
}};

/// The first letter of a line from the terminal; `n` at its end.
char letter_after(const std::string &question) {
    std::fprintf(stderr, "%s ", question.c_str());
    std::fflush(stderr);
    std::string line;
    return std::getline(std::cin, line) && !line.empty() ? line.front() : 'n';
}

PermissionAnswer ask(const matriline::AuditQuestion &question) {
    const char *const choices = question.can_be_kept ? "[y]es, [a]lways, [n]o?" : "[y]es, [n]o?";
    switch (letter_after(question.text + ". Allow it: " + choices)) {
    case 'a':
        return PermissionAnswer::Always;
    case 'y':
        return PermissionAnswer::Once;
    default:
        return PermissionAnswer::No;
    }
}

std::string shown(matriline::PermissionRequest request) {
    std::string text = "Plugin `" + request.plugin_key + "` asks to be allowed:\n";
    for (const auto &[kind, word] : kinds) {
        for (const std::string &target : request.of(kind)) {
            text += std::string("  ") + word + "  " + target + "\n";
        }
    }
    return text + "All of it, from now on: [y]es, [n]o?";
}

} // namespace

void answer_questions(matriline::ManagerOptions &start, const Options &options) {
    if (options.has("--allow") && options.has("--deny")) {
        throw UsageError{"The options `--allow` and `--deny` exclude each other"};
    }
    if (options.has("--allow")) {
        start.questions = [](const matriline::AuditQuestion &) { return PermissionAnswer::Always; };
        start.permissions = [](const matriline::PermissionRequest &) { return true; };
    } else if (options.has("--deny")) {
        start.questions = [](const matriline::AuditQuestion &) { return PermissionAnswer::No; };
        start.permissions = [](const matriline::PermissionRequest &) { return false; };
    } else if (isatty(STDIN_FILENO) != 0) {
        start.questions = ask;
        start.permissions = [](const matriline::PermissionRequest &request) {
            return letter_after(shown(request)) == 'y';
        };
    }
}

bool has_somebody_to_ask(const Options &options) {
    return options.has("--allow") || options.has("--deny") || isatty(STDIN_FILENO) != 0;
}

void print_permission(const char *what, const std::string &key, const matriline::Permission &permission) {
    std::printf("%s\t%s\t%s\t%s\n", what, key.c_str(), kinds.at(static_cast<std::size_t>(permission.kind)).second,
                permission.target.c_str());
    std::fflush(stdout);
}

PermissionKind kind_of(const std::string &word) {
    std::string known;
    for (const auto &[kind, name] : kinds) {
        if (word == name) {
            return kind;
        }
        known += (known.empty() ? "`" : ", `") + std::string(name) + "`";
    }
    throw UsageError{"`" + word + "` is no permission: give one of " + known};
}
