#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

/// How a child process ended.
struct Ending {
    enum class How {
        /// By itself, with a status.
        Exited,
        /// By a signal that it did not get from here.
        Killed,
        /// It took longer than it may and was killed.
        TimedOut,
    };

    How how = How::Exited;
    /// The status, or the signal.
    int number = 0;
};

/// Runs a program with its arguments, the first of which is its name, and waits until it ends, so long at most. What it
/// prints goes to the file `output`. What it has started and left in its process group is killed with it. Throws when
/// it does not start.
Ending run_child(const std::vector<std::string> &arguments, const std::filesystem::path &output,
                 std::chrono::milliseconds limit);
