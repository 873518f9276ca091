#include "matriline/python_interpreter.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

struct PythonGILState::Guard {
    rust::Box<GilGuard> held;
};

PythonGILState::PythonGILState() : guard_(new Guard{checked([](Failure &failure) { return acquire_gil(failure); })}) {}
PythonGILState::~PythonGILState() = default;

PythonGILState::operator bool() const noexcept {
    return guard_->held->is_held();
}

bool PythonInterpreter::is_initialized() {
    return is_python_running();
}

void PythonInterpreter::shutdown() {
    checked([](Failure &failure) { finalize_python(failure); });
}

MATRILINE_END_NAMESPACE
