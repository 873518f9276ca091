#include "child.hpp"

#include <csignal>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>

#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

void check(int problem, const std::string &act) {
    if (problem != 0) {
        throw std::runtime_error(act + ": " + std::generic_category().message(problem));
    }
}

/// Where a child's streams lead.
class Streams {
public:
    explicit Streams(const std::filesystem::path &output) {
        check(posix_spawn_file_actions_init(&actions_), "A child process can't be prepared");
        const int how = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
        add(STDIN_FILENO, "/dev/null", O_RDONLY);
        add(STDOUT_FILENO, output.c_str(), how);
        check(posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO),
              "A child process can't be prepared");
    }
    Streams(const Streams &) = delete;
    Streams &operator=(const Streams &) = delete;
    ~Streams() { posix_spawn_file_actions_destroy(&actions_); }

    const posix_spawn_file_actions_t *get() const { return &actions_; }

private:
    void add(int stream, const char *path, int how) {
        check(posix_spawn_file_actions_addopen(&actions_, stream, path, how, 0600),
              "A child process can't be prepared");
    }

    posix_spawn_file_actions_t actions_{};
};

/// Starts the program in a process group of its own, whose number is the process's.
pid_t start(const std::vector<std::string> &arguments, const std::filesystem::path &output) {
    std::vector<char *> words;
    for (const std::string &word : arguments) {
        words.push_back(const_cast<char *>(word.c_str()));
    }
    words.push_back(nullptr);
    const Streams streams(output);
    posix_spawnattr_t attributes;
    check(posix_spawnattr_init(&attributes), "A child process can't be prepared");
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    pid_t process = 0;
    const int problem = posix_spawnp(&process, words[0], streams.get(), &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    check(problem, "The program `" + arguments[0] + "` can't be started");
    return process;
}

Ending ending_of(int status) {
    if (WIFSIGNALED(status)) {
        return {Ending::How::Killed, WTERMSIG(status)};
    }
    return {Ending::How::Exited, WEXITSTATUS(status)};
}

} // namespace

Ending run_child(const std::vector<std::string> &arguments, const std::filesystem::path &output,
                 std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const pid_t process = start(arguments, output);
    bool is_late = false;
    int status = 0;
    while (true) {
        const pid_t ended = waitpid(process, &status, is_late ? 0 : WNOHANG);
        if (ended == process) {
            break;
        }
        if (ended < 0 && errno != EINTR) {
            check(errno, "A child process can't be waited for");
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            is_late = true;
            kill(-process, SIGKILL);
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    // what it has started
    kill(-process, SIGKILL);
    return is_late ? Ending{Ending::How::TimedOut, 0} : ending_of(status);
}
