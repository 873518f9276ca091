#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

/// The event loop of an application without windows: runs what is posted to it, on the thread that has it. A copy is
/// the same loop.
class MainLoop {
public:
    using Task = std::function<void()>;

    /// Threads: any.
    void post(Task task) const {
        const std::lock_guard lock(queue_->mutex);
        queue_->tasks.push_back(std::move(task));
        queue_->posted.notify_one();
    }

    /// Runs what is posted until `done` answers true, or until nothing has been for that long.
    template <class Done>
    void run_until(Done &&done, std::chrono::milliseconds quiet) const {
        auto deadline = std::chrono::steady_clock::now() + quiet;
        while (!done() && std::chrono::steady_clock::now() < deadline) {
            if (const Task task = next()) {
                task();
                deadline = std::chrono::steady_clock::now() + quiet;
            }
        }
    }

    /// Runs what is posted until nothing has been for that long.
    void run_until_quiet(std::chrono::milliseconds quiet) const {
        run_until([] { return false; }, quiet);
    }

private:
    struct Queue {
        std::mutex mutex;
        std::condition_variable posted;
        std::deque<Task> tasks;
    };

    /// The next task; after a moment without one, none.
    Task next() const {
        std::unique_lock lock(queue_->mutex);
        const auto some = [this] { return !queue_->tasks.empty(); };
        if (!queue_->posted.wait_for(lock, std::chrono::milliseconds(5), some)) {
            return {};
        }
        Task task = std::move(queue_->tasks.front());
        queue_->tasks.pop_front();
        return task;
    }

    std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
};
