#pragma once

#include <memory>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// Holds the GIL for as long as it lives, for applications that touch Python themselves. The thread's state is
/// kept between two guards, as it is between two calls of plugins.
///
/// ```
/// if (matriline::PythonGILState gil; gil) PyRun_SimpleString("…");
/// ```
///
/// It is false, and holds nothing, when Python was never started or is going. Use it on the thread that made it.
class MATRILINE_EXPORT PythonGILState {
public:
    PythonGILState();
    ~PythonGILState();
    PythonGILState(const PythonGILState &) = delete;
    PythonGILState &operator=(const PythonGILState &) = delete;

    explicit operator bool() const noexcept;

private:
    struct Guard;
    std::unique_ptr<Guard> guard_;
};

MATRILINE_END_NAMESPACE
