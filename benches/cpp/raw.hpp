#pragma once

#include <Python.h>

#include <string>

/// What a hand-written binding does at its best: the same work as `GCodePluginCapability::execute` with the C API
/// alone. It has no gate, no audit scope, no checks and no error handling.
class RawPlugin {
public:
    /// Makes the types and an object whose `execute` has that body. The GIL is held.
    explicit RawPlugin(const char *body);

    struct Context {
        std::string orca_version, gcode_path, host, output_name;
    };
    struct Result {
        int status;
        std::string message, data;
    };

    /// Takes the GIL, makes the context object, calls, copies the result out, gives the GIL back.
    Result execute(const Context &context) const;

private:
    PyObject *object_;
    PyObject *name_;
};
