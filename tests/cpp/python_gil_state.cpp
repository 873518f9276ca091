#include "matriline/python_gil_state.hpp"

#include <Python.h>

#include <atomic>
#include <functional>
#include <thread>

#include "host.hpp"

using namespace matriline;

TEST_CASE("without Python the guard holds nothing") {
    CHECK_FALSE(PythonInterpreter::is_initialized());
    CHECK_FALSE(PythonGILState());
}

TEST_CASE("functions of the application are called without the GIL") {
    const DataFolder data;
    data.install("good");
    data.write_plugin("slow", "import time; time.sleep(0.01); return orca.ExecutionResult.success('ok')");
    std::atomic<int> calls{0}, held{0};
    const auto look = [&] {
        ++calls;
        held += PyGILState_Check();
    };
    ManagerOptions options;
    options.post = [&](const std::function<void()> &task) {
        look();
        task();
    };
    start(
        data, {}, [&](LogLevel, std::string_view, std::string_view, std::string_view) { look(); }, options);
    const auto key = [&](const std::string &) { look(); };
    const auto capability = [&](const PluginCapabilityIdentifier &) { look(); };
    loader().subscribe_on_load_callback(key);
    loader().subscribe_on_unload_callback(key);
    loader().subscribe_on_changed_callback(key);
    loader().subscribe_on_capability_load_callback(capability);
    loader().subscribe_on_capability_unload_callback(capability);
    loader().subscribe_on_over_budget_callback([&](const OverBudget &) { look(); });
    PluginBudgets budgets;
    budgets.of(PluginPhase::Import) = std::chrono::nanoseconds(1);
    budgets.call = std::chrono::nanoseconds(1);
    manager().set_budgets(budgets);

    // from a thread that holds the GIL, each waits without it
    const PythonGILState gil;
    CHECK(load("good").empty());
    manager().load_plugins({"slow"}).wait();
    edit("slow")->execute(context());
    CHECK(loader().unload_plugin("good"));
    CHECK(calls > 10);
    CHECK(held == 0);
    CHECK(PyGILState_Check() == 1);
    manager().shutdown();
}

// This one stands last: it ends Python.
TEST_CASE("the guard holds the GIL while Python runs") {
    const DataFolder data;
    data.install("good");
    start(data, {"good"});
    CHECK(PythonInterpreter::is_initialized());

    const auto touch = [] {
        PyThreadState *state = nullptr;
        for (int turn = 0; turn < 3; ++turn) {
            const PythonGILState gil;
            CHECK(gil);
            CHECK(PyGILState_Check() == 1);
            CHECK(PyRun_SimpleString("assert 1 + 1 == 2") == 0);
            // the state is kept between two guards
            CHECK((state == nullptr || state == PyThreadState_Get()));
            state = PyThreadState_Get();
            const PythonGILState inner;
            CHECK(inner);
        }
        CHECK(edit("good")->execute(context()).message == "ok");
    };
    touch();
    std::thread(touch).join();

    CHECK_THROWS_AS(PythonInterpreter::shutdown(), Error);
    manager().shutdown();
    PythonInterpreter::shutdown();
    CHECK_FALSE(PythonInterpreter::is_initialized());
    CHECK_FALSE(PythonGILState());
}
