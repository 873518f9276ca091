#include "matriline/python_gil_state.hpp"

#include <Python.h>

#include <thread>

#include "host.hpp"

using namespace matriline;

TEST_CASE("the guard holds the GIL while Python runs") {
    CHECK_FALSE(PythonInterpreter::is_initialized());
    CHECK_FALSE(PythonGILState());

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
