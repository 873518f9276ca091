#include <Python.h>

#include "host.hpp"

using namespace matriline;

namespace {

PyObject *twice(PyObject *, PyObject *argument) {
    const long number = PyLong_AsLong(argument);
    return PyErr_Occurred() != nullptr ? nullptr : PyLong_FromLong(2 * number);
}

PyMethodDef methods[] = {{"twice", twice, METH_O, "Twice a number."}, {nullptr, nullptr, 0, nullptr}};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "sums", "Made by the application.", -1, methods, nullptr, nullptr, nullptr, nullptr};

std::string refused(Submodule submodule) {
    const DataFolder data;
    ManagerOptions options;
    options.data_dir = data.path().string();
    options.submodules.push_back(std::move(submodule));
    manager().configure(std::move(options));
    REQUIRE_FALSE(manager().initialize());
    return manager().last_error();
}

} // namespace

PyMODINIT_FUNC PyInit_sums() {
    return PyModule_Create(&definition);
}

TEST_CASE("plugins find an extension module of the application") {
    const DataFolder data;
    data.write_plugin("uses", "from orca.sums import twice; "
                              "return orca.ExecutionResult.success(f'{twice(21)} {twice.__module__}')");
    ManagerOptions options;
    options.submodules.push_back({"sums", PyInit_sums});
    start(data, {"uses"}, {}, options);
    CHECK(edit("uses")->execute(context()).message == "42 orca.sums");
    manager().shutdown();
}

TEST_CASE("a module that cannot be is refused") {
    CHECK(refused({"host", PyInit_sums}).find("another module or name of `orca` is called so") != std::string::npos);
    CHECK(refused({"other", nullptr}).find("has no function that makes it") != std::string::npos);
}
