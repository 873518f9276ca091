#include "raw.hpp"

#include <structmember.h>

#include <cstddef>
#include <stdexcept>

namespace {

struct ContextObject {
    PyObject_HEAD PyObject *fields[4];
};

struct ResultObject {
    PyObject_HEAD int status;
    PyObject *message, *data;
};

PyTypeObject *context_type, *result_type;
PyObject *empty;

void drop_context(PyObject *self) {
    for (PyObject *field : reinterpret_cast<ContextObject *>(self)->fields) {
        Py_XDECREF(field);
    }
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

void drop_result(PyObject *self) {
    Py_XDECREF(reinterpret_cast<ResultObject *>(self)->message);
    Py_XDECREF(reinterpret_cast<ResultObject *>(self)->data);
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

PyObject *success(PyObject *, PyObject *const *args, Py_ssize_t count) {
    auto *result = PyObject_New(ResultObject, result_type);
    result->status = 0;
    result->message = count > 0 ? args[0] : empty;
    result->data = count > 1 ? args[1] : empty;
    Py_INCREF(result->message);
    Py_INCREF(result->data);
    return reinterpret_cast<PyObject *>(result);
}

constexpr auto field(int number) {
    return static_cast<Py_ssize_t>(offsetof(ContextObject, fields) + number * sizeof(PyObject *));
}

PyMemberDef context_members[] = {{"orca_version", T_OBJECT_EX, field(0), READONLY, nullptr},
                                 {"gcode_path", T_OBJECT_EX, field(1), READONLY, nullptr},
                                 {"host", T_OBJECT_EX, field(2), READONLY, nullptr},
                                 {"output_name", T_OBJECT_EX, field(3), READONLY, nullptr},
                                 {nullptr, 0, 0, 0, nullptr}};
PyMethodDef result_methods[] = {{"success", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(success)),
                                 METH_FASTCALL | METH_STATIC, nullptr},
                                {nullptr, nullptr, 0, nullptr}};
PyType_Slot context_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void *>(drop_context)}, {Py_tp_members, context_members}, {0, nullptr}};
PyType_Slot result_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void *>(drop_result)}, {Py_tp_methods, result_methods}, {0, nullptr}};
PyType_Spec context_spec{"raw.Context", sizeof(ContextObject), 0, Py_TPFLAGS_DEFAULT, context_slots};
PyType_Spec result_spec{"raw.ExecutionResult", sizeof(ResultObject), 0, Py_TPFLAGS_DEFAULT, result_slots};

void make_types() {
    context_type = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&context_spec));
    result_type = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&result_spec));
    empty = PyUnicode_FromString("");
}

PyObject *text(const std::string &text) {
    return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

void copy(PyObject *text, std::string &to) {
    Py_ssize_t size = 0;
    const char *bytes = PyUnicode_AsUTF8AndSize(text, &size);
    to.assign(bytes, static_cast<std::size_t>(size));
}

} // namespace

RawPlugin::RawPlugin(const char *body) : name_(PyUnicode_InternFromString("execute")) {
    if (context_type == nullptr) {
        make_types();
    }
    const std::string code = std::string("import types\nraw = types.SimpleNamespace(ExecutionResult=Result)\n"
                                         "class Plugin:\n    def execute(self, ctx):\n        ") +
                             body + "\nplugin = Plugin()\n";
    PyObject *globals = PyDict_New();
    PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
    PyDict_SetItemString(globals, "Result", reinterpret_cast<PyObject *>(result_type));
    PyObject *done = PyRun_String(code.c_str(), Py_file_input, globals, globals);
    if (done == nullptr) {
        PyErr_Print();
        throw std::runtime_error("the raw plugin does not run");
    }
    Py_DECREF(done);
    object_ = PyDict_GetItemString(globals, "plugin");
    Py_INCREF(object_);
}

RawPlugin::Result RawPlugin::execute(const Context &context) const {
    const PyGILState_STATE gil = PyGILState_Ensure();
    auto *object = PyObject_New(ContextObject, context_type);
    object->fields[0] = text(context.orca_version);
    object->fields[1] = text(context.gcode_path);
    object->fields[2] = text(context.host);
    object->fields[3] = text(context.output_name);
    PyObject *args[] = {object_, reinterpret_cast<PyObject *>(object)};
    PyObject *answer = PyObject_VectorcallMethod(name_, args, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
    Py_DECREF(object);
    auto *answered = reinterpret_cast<ResultObject *>(answer);
    Result result;
    result.status = answered->status;
    copy(answered->message, result.message);
    copy(answered->data, result.data);
    Py_DECREF(answer);
    PyGILState_Release(gil);
    return result;
}
