/* An extension module that is made at once. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *twice(PyObject *module, PyObject *argument)
{
    long number = PyLong_AsLong(argument);
    (void)module;
    return PyErr_Occurred() ? NULL : PyLong_FromLong(2 * number);
}

static PyMethodDef methods[] = {{"twice", twice, METH_O, "Twice a number."}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "plain", "Made at once.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_plain(void)
{
    return PyModule_Create(&definition);
}
