/* An extension module that is made in phases (PEP 489). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *twice(PyObject *module, PyObject *argument)
{
    long number = PyLong_AsLong(argument);
    (void)module;
    return PyErr_Occurred() ? NULL : PyLong_FromLong(2 * number);
}

static int execute(PyObject *module)
{
    return PyModule_AddIntConstant(module, "executed", 1);
}

static PyMethodDef methods[] = {{"twice", twice, METH_O, "Twice a number."}, {NULL, NULL, 0, NULL}};

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "phases", "Made in phases.", 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_phases(void)
{
    return PyModuleDef_Init(&definition);
}
