#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "host.hpp"

using namespace matriline;
using namespace std::chrono_literals;

namespace {

/// What was told, in order, by any thread.
class Told {
public:
    void operator()(const std::string &text) {
        const std::lock_guard lock(mutex_);
        texts_.push_back(text);
    }
    std::vector<std::string> all() const {
        const std::lock_guard lock(mutex_);
        return texts_;
    }
    bool has(const std::string &part) const {
        const auto texts = all();
        return std::any_of(texts.begin(), texts.end(),
                           [&](const std::string &text) { return text.find(part) != std::string::npos; });
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> texts_;
};

/// An event loop.
class Loop {
public:
    void post(std::function<void()> task) {
        if (on_post) {
            return on_post(std::move(task));
        }
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
        more_.notify_all();
    }
    /// Runs one task; false when none has come in time.
    bool run_one(std::chrono::milliseconds timeout = 10s) {
        std::unique_lock lock(mutex_);
        if (!more_.wait_for(lock, timeout, [&] { return !tasks_.empty(); })) {
            return false;
        }
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        return true;
    }
    void run_all() {
        while (run_one(200ms)) {
        }
    }

    /// What posting does instead, if anything.
    std::function<void(std::function<void()>)> on_post;

private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::deque<std::function<void()>> tasks_;
};

LogCallback log_to(Told &told) {
    return [&told](LogLevel, std::string_view, std::string_view, std::string_view text) { told(std::string(text)); };
}

} // namespace

TEST_CASE("subscribers are told of everything, in order") {
    const DataFolder data;
    data.install("good");
    data.install("raises_at_import");
    start(data);
    Told told;
    const auto name = [](const PluginCapabilityIdentifier &id) { return id.plugin_key + "/" + id.name; };
    loader().subscribe_on_load_callback([&](const std::string &key) { told("load " + key); });
    loader().subscribe_on_load_callback([&](const std::string &key) { told("second " + key); });
    loader().subscribe_on_unload_callback([&](const std::string &key) { told("unload " + key); });
    loader().subscribe_on_capability_load_callback([&](const auto &id) { told("on " + name(id)); });
    loader().subscribe_on_capability_unload_callback([&](const auto &id) { told("off " + name(id)); });
    Told changed;
    loader().subscribe_on_changed_callback([&](const std::string &key) { changed(key); });
    constexpr auto type = PluginCapabilityType::PostProcessing;
    load("good");
    loader().disable_capability("good", "edit", type);
    loader().enable_capability("good", "edit", type);
    loader().unload_plugin("good");
    load("raises_at_import");
    load("nobody");
    CHECK(told.all() == std::vector<std::string>{"load good", "second good", "on good/edit", "off good/edit",
                                                 "on good/edit", "off good/edit", "unload good",
                                                 "load raises_at_import", "second raises_at_import", "load nobody",
                                                 "second nobody"});
    CHECK(changed.has("good"));

    load("good");
    const auto before = told.all().size();
    manager().shutdown();
    CHECK(told.all().size() == before);
}

TEST_CASE("what a subscriber throws is logged and harms nobody") {
    const DataFolder data;
    data.install("good");
    Told log, told;
    start(data, {}, log_to(log));
    loader().subscribe_on_load_callback([](const std::string &) { throw std::runtime_error("no window"); });
    loader().subscribe_on_load_callback([](const std::string &) { throw 7; });
    loader().subscribe_on_load_callback([&](const std::string &key) { told(key); });
    load("good");
    CHECK(told.all() == std::vector<std::string>{"good"});
    CHECK(log.has("Plugin load completion callback failed for `good`: no window"));
    const auto fail = [](const auto &) { throw std::runtime_error("all wrong"); };
    loader().subscribe_on_unload_callback(fail);
    loader().subscribe_on_capability_load_callback(fail);
    loader().subscribe_on_capability_unload_callback(fail);
    loader().subscribe_on_changed_callback(fail);
    loader().subscribe_on_over_budget_callback(fail);
    PluginBudgets budgets;
    budgets.call = 1ns;
    manager().set_budgets(budgets);
    edit("good")->execute(context());
    loader().unload_plugin("good");
    CHECK(load("good").empty());
    for (const char *what : {"unload completion", "capability load", "capability unload", "change", "budget"}) {
        INFO(what);
        CHECK(log.has(std::string("Plugin ") + what + " callback failed for `good"));
    }
    CHECK(log.has("An exception that is no `std::exception`"));
    CHECK(error_of([] { loader().subscribe_on_load_callback({}); }).code() == ErrorCode::InvalidArgument);
    manager().shutdown();
}

TEST_CASE("a subscription ends when it is told to, also from inside") {
    const DataFolder data;
    data.install("good");
    data.install("echo_plugin");
    start(data);
    Told told;
    Subscription own{};
    auto held = std::make_shared<int>(1);
    own = loader().subscribe_on_load_callback([&, held](const std::string &key) {
        told("once " + key);
        loader().unsubscribe(own);
    });
    const auto other = loader().subscribe_on_load_callback([&](const std::string &key) { told("other " + key); });
    CHECK(own != other);
    load("good");
    CHECK(held.use_count() == 1);
    CHECK_FALSE(loader().unsubscribe(own));
    CHECK(loader().unsubscribe(other));
    CHECK_FALSE(loader().unsubscribe(other));
    CHECK_FALSE(loader().unsubscribe(Subscription{12345678}));
    load("Echo_Plugin");
    CHECK(told.all() == std::vector<std::string>{"once good", "other good"});
    manager().shutdown();
    CHECK_FALSE(loader().unsubscribe(other));
}

TEST_CASE("a subscriber may load, unload and subscribe") {
    const DataFolder data;
    data.install("good");
    data.install("echo_plugin");
    start(data);
    Told told;
    loader().subscribe_on_load_callback([&](const std::string &key) {
        told("load " + key);
        if (key == "good") {
            loader().load_plugin(manager().get_catalog(), "Echo_Plugin");
            loader().subscribe_on_unload_callback([&](const std::string &gone) { told("unload " + gone); });
            loader().unload_plugin("good");
        }
    });
    load("good");
    loader().wait_for_all_plugin_loads();
    CHECK(told.all().size() == 3);
    CHECK(told.has("unload good"));
    CHECK(told.has("load Echo_Plugin"));
    CHECK_FALSE(loader().is_plugin_loaded("good"));
    CHECK(loader().is_plugin_loaded("Echo_Plugin"));
    manager().shutdown();
}

TEST_CASE("the application chooses the thread") {
    const DataFolder data;
    data.install("good");
    Loop loop;
    Told told;
    ManagerOptions options;
    options.post = [&](std::function<void()> task) { loop.post(std::move(task)); };
    start(data, {}, {}, options);
    const auto here = std::this_thread::get_id();
    loader().subscribe_on_load_callback([&](const std::string &key) {
        CHECK(std::this_thread::get_id() == here);
        told("load " + key);
    });
    loader().subscribe_on_capability_load_callback([&](const PluginCapabilityIdentifier &id) {
        CHECK(std::this_thread::get_id() == here);
        told("on " + id.name);
    });
    loader().load_plugin(manager().get_catalog(), "good");
    CHECK(loop.run_one());
    loop.run_all();
    loader().wait_for_all_plugin_loads();
    CHECK(told.all() == std::vector<std::string>{"load good", "on edit"});

    // a task that is run twice does nothing the second time; one that is dropped, nothing at all
    {
        std::function<void()> task;
        loop.on_post = [&](std::function<void()> posted) { task = std::move(posted); };
        manager().set_plugin_error("good", "noisy");
        loader().load_plugin(manager().get_catalog(), "nobody");
        loop.on_post = nullptr;
        REQUIRE(task);
        task();
        task();
    }
    CHECK(told.all() == std::vector<std::string>{"load good", "on edit", "load nobody"});

    // nobody is told of an event that is still in the loop when the manager has gone
    loader().load_plugin(manager().get_catalog(), "nobody else");
    manager().shutdown();
    CHECK(loop.run_one());
    loop.run_all();
    CHECK(told.all().size() == 3);
}

TEST_CASE("a post function that throws loses the event and nothing else") {
    const DataFolder data;
    data.install("good");
    Told log, told;
    ManagerOptions options;
    options.post = [](const std::function<void()> &) { throw std::runtime_error("the loop is full"); };
    start(data, {}, log_to(log), options);
    loader().subscribe_on_load_callback([&](const std::string &key) { told(key); });
    CHECK(load("good").empty());
    CHECK(told.all().empty());
    CHECK(log.has("the loop is full"));
    manager().shutdown();
}

TEST_CASE("what takes too long is told") {
    const DataFolder data;
    data.write_plugin("slow", "import time; time.sleep(0.02); return orca.ExecutionResult.success('ok')");
    start(data);
    std::mutex mutex;
    std::vector<OverBudget> told;
    loader().subscribe_on_over_budget_callback([&](const OverBudget &over) {
        const std::lock_guard lock(mutex);
        told.push_back(over);
    });
    PluginBudgets budgets;
    budgets.of(PluginPhase::Import) = 1ns;
    budgets.call = 1ms;
    manager().set_budgets(budgets);
    load("slow");
    edit("slow")->execute(context());
    manager().set_budgets({});
    edit("slow")->execute(context());
    REQUIRE(told.size() == 2);
    CHECK(told[0].plugin_key == "slow");
    CHECK(told[0].phase == PluginPhase::Import);
    CHECK_FALSE(told[0].capability);
    CHECK(told[0].budget == 1ns);
    CHECK(told[0].elapsed > 1ns);
    CHECK_FALSE(told[1].phase);
    REQUIRE(told[1].capability);
    CHECK(told[1].capability->name == "edit");
    CHECK(told[1].method == "execute");
    CHECK(told[1].elapsed >= 20ms);
    CHECK(told[1].text.find("slow") != std::string::npos);

    const PluginTimings timings = manager().timings("slow");
    CHECK(timings.of(PluginPhase::Import).count == 1);
    CHECK(timings.of(PluginPhase::OnUnload).count == 0);
    REQUIRE(timings.methods.size() == 1);
    CHECK(timings.methods[0].capability.plugin_key == "slow");
    CHECK(timings.methods[0].method == "execute");
    CHECK(timings.methods[0].timing.count == 2);
    CHECK(timings.methods[0].timing.worst >= 20ms);
    CHECK(manager().timings("nobody").methods.empty());
    manager().shutdown();
}

TEST_CASE("12.5: subscribers are called in order, and late ones from the next event on") {
    const DataFolder data;
    start(data);
    Told told;
    const auto tell = [&](const char *key) { loader().load_plugin(manager().get_catalog(), key); };
    bool added = false;
    int calls = 0;
    loader().subscribe_on_load_callback([&](const std::string &) {
        told("original " + std::to_string(++calls));
        if (!std::exchange(added, true)) {
            loader().subscribe_on_load_callback([&](const std::string &) { told("added"); });
        }
    });
    tell("nobody");
    CHECK(told.all() == std::vector<std::string>{"original 1"});
    tell("nobody");
    CHECK(told.all() == std::vector<std::string>{"original 1", "original 2", "added"});
    manager().shutdown();
}

TEST_CASE("12.5: another thread subscribes while a callback is blocked") {
    const DataFolder data;
    start(data);
    std::promise<void> entered, release;
    std::atomic<int> late{0};
    const auto first = loader().subscribe_on_load_callback([&](const std::string &) {
        entered.set_value();
        release.get_future().wait();
    });
    std::thread blocked([] { loader().load_plugin(manager().get_catalog(), "nobody"); });
    entered.get_future().wait();
    auto subscribed = std::async(
        std::launch::async, [&] { return loader().subscribe_on_load_callback([&](const std::string &) { ++late; }); });
    REQUIRE(subscribed.wait_for(5s) == std::future_status::ready);
    // a call that has begun goes on
    CHECK(loader().unsubscribe(first));
    release.set_value();
    blocked.join();
    CHECK(late == 0);
    loader().load_plugin(manager().get_catalog(), "nobody");
    CHECK(late == 1);
    manager().shutdown();
}

TEST_CASE("a subscriber ends another before it is called") {
    const DataFolder data;
    start(data);
    Told told;
    Subscription second{};
    loader().subscribe_on_load_callback(
        [&](const std::string &) { told(loader().unsubscribe(second) ? "yes" : "no"); });
    second = loader().subscribe_on_load_callback([&](const std::string &) { told("second"); });
    loader().load_plugin(manager().get_catalog(), "nobody");
    CHECK(told.all() == std::vector<std::string>{"yes"});
    manager().shutdown();
}

TEST_CASE("a shutdown ends the subscriptions and lets go of what they hold") {
    const DataFolder data;
    data.install("good");
    start(data, {"good"});
    Told told;
    auto held = std::make_shared<int>(1);
    const auto own = loader().subscribe_on_unload_callback([&, held](const std::string &key) { told(key); });
    CHECK(held.use_count() == 2);
    manager().shutdown();
    CHECK(told.all().empty());
    CHECK(held.use_count() == 1);
    CHECK_FALSE(loader().unsubscribe(own));
    CHECK(error_of([&] { loader().subscribe_on_load_callback([](const std::string &) {}); }).code() ==
          ErrorCode::NotStarted);

    start(data, {"good"});
    CHECK(loader().unload_plugin("good"));
    CHECK(told.all().empty());
    manager().shutdown();
}

TEST_CASE("a subscriber waits for other loads without blocking them") {
    const DataFolder data;
    data.install("good");
    data.install("echo_plugin");
    start(data);
    std::atomic<bool> waited{false};
    loader().subscribe_on_load_callback([&](const std::string &key) {
        if (key == "good") {
            waited = load("Echo_Plugin").empty() && loader().is_plugin_loaded("Echo_Plugin");
        }
    });
    CHECK(load("good").empty());
    loader().wait_for_all_plugin_loads();
    CHECK(waited);
    manager().shutdown();
}

TEST_CASE("a subscriber may install, and may shut the manager down") {
    const DataFolder data;
    data.install("good");
    start(data);
    const auto file = std::filesystem::path(MATRILINE_FIXTURES) / "echo_plugin" / "Echo_Plugin.py";
    std::string error = "old";
    std::atomic<bool> begun{false}, done{false};
    loader().subscribe_on_load_callback([&](const std::string &key) {
        // installing over it loads it again
        if (key == "good" && !begun.exchange(true)) {
            manager().install_plugin(file, error);
            CHECK(loader().install_plugin(std::filesystem::path(MATRILINE_FIXTURES) / "good" / "good.py", error));
            manager().shutdown();
            done = true;
        }
    });
    loader().load_plugin(manager().get_catalog(), "good");
    while (!done) {
        std::this_thread::sleep_for(1ms);
    }
    CHECK(error.empty());
    CHECK_FALSE(manager().is_initialized());
    start(data);
    CHECK(manager().get_catalog().has_valid_plugin_descriptor("Echo_Plugin"));
    manager().shutdown();
}

TEST_CASE("threads subscribe, unsubscribe, load and unload at once") {
    const DataFolder data;
    std::vector<std::string> keys;
    for (int number = 0; number < 6; ++number) {
        keys.push_back("plugin_" + std::to_string(number));
        data.write_plugin(keys.back(), "return orca.ExecutionResult.success('ok')");
    }
    std::atomic<int> told{0}, wrong{0};
    start(data, {}, [&](LogLevel level, std::string_view, std::string_view, std::string_view text) {
        wrong += level == LogLevel::Error && text.find("callback failed") != std::string_view::npos;
    });
    std::vector<std::thread> threads;
    for (int number = 0; number < 8; ++number) {
        threads.emplace_back([&, number] {
            for (int round = 0; round < 25; ++round) {
                const auto held = std::make_shared<int>(number);
                const auto count = [&told, held](const auto &) { told += *held >= 0; };
                const std::vector<Subscription> mine{loader().subscribe_on_load_callback(count),
                                                     loader().subscribe_on_unload_callback(count),
                                                     loader().subscribe_on_capability_load_callback(count)};
                const std::string &key = keys[static_cast<std::size_t>(number + round) % keys.size()];
                const auto is_expected = [](ErrorCode code) {
                    return code == ErrorCode::Busy || code == ErrorCode::UnloadFailed;
                };
                try {
                    const auto loads = manager().load_plugins({key});
                    loads.wait();
                    loader().reload_plugin(key);
                    loader().unload_plugin(key);
                } catch (const Error &error) {
                    wrong += !is_expected(error.code());
                }
                for (const Subscription subscription : mine) {
                    wrong += !loader().unsubscribe(subscription);
                }
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    loader().wait_for_all_plugin_loads();
    CHECK(wrong == 0);
    CHECK(told > 100);
    for (const std::string &key : keys) {
        CHECK(load(key).empty());
        CHECK(edit(key.c_str())->execute(context()).message == "ok");
    }
    manager().shutdown();
}
